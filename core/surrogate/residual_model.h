// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "surrogate/gaussian_process.h"
#include "surrogate/training_sample.h"
#include "surrogate/xgboost_model.h"

namespace espalier {

/// What measurements say about the prior: a Gaussian process that knows its way among few samples, and
/// boosted trees that count the more, the more samples there are.
class ResidualModel {
 public:
  static constexpr std::size_t kFewestSamples = GaussianProcess::kFewestSamples;

  /// Learns all samples. The trees of `before`, a model of fewer samples or null, are kept until an eighth
  /// more samples have come: training them takes longest.
  ResidualModel(std::span<const TrainingSample> samples, std::uint64_t seed, const ResidualModel* before);

  [[nodiscard]] bool trained() const { return process_.trained(); }
  [[nodiscard]] std::vector<Correction> predict(std::span<const std::vector<float>> rows) const;
  /// What corrects the prior, in words.
  [[nodiscard]] std::string name() const;
  /// Null while there are none.
  [[nodiscard]] const XgboostModel* trees() const { return trees_.get(); }

 private:
  GaussianProcess process_;
  std::shared_ptr<const XgboostModel> trees_;
  double trust_ = 0;  ///< share of the trees in a correction
};

}  // namespace espalier
