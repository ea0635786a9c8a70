// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "support/outcome.h"
#include "surrogate/training_sample.h"

namespace espalier {

/// A small ensemble of boosted trees over the logarithm of measured / prior. Each member leaves one fold out
/// and stops early on it. The same samples, in the same order, and the same seed give the same model.
class XgboostModel {
 public:
  static constexpr int kMembers = 4;
  static constexpr std::size_t kFewestSamples = 8;  ///< below, only the prior speaks

  explicit XgboostModel(std::uint64_t seed);
  ~XgboostModel();
  XgboostModel(XgboostModel&&) noexcept;
  XgboostModel& operator=(XgboostModel&&) noexcept;

  /// Trains from scratch. Fewer than kFewestSamples leave the model untrained.
  void train(std::span<const TrainingSample> samples);
  [[nodiscard]] bool trained() const { return !members_.empty(); }
  [[nodiscard]] std::size_t samples() const { return samples_; }
  /// Root mean square error of logRatio on the left-out folds.
  [[nodiscard]] double heldOutError() const { return heldOutError_; }
  /// One a row; all zero while untrained.
  [[nodiscard]] std::vector<Correction> predict(std::span<const std::vector<float>> rows) const;

  /// The model as bytes, with the version of the features and of this format.
  [[nodiscard]] std::string save() const;
  /// Refuses bytes of another version in words.
  [[nodiscard]] static Result<XgboostModel> load(const std::string& bytes);

 private:
  class Booster;
  std::uint64_t seed_;
  std::vector<std::unique_ptr<Booster>> members_;
  double bias_ = 0;  ///< mean of logRatio; the trees model what remains
  double heldOutError_ = 0;
  std::size_t samples_ = 0;
};

}  // namespace espalier
