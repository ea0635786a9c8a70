// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/residual_model.h"

#include <algorithm>
#include <utility>

namespace espalier {

namespace {

constexpr double kEqualTrust = 64;  ///< samples at which trees and process count the same
constexpr std::size_t kFewestForTrees = 16;

}  // namespace

ResidualModel::ResidualModel(std::span<const TrainingSample> samples, std::uint64_t seed,
                             const ResidualModel* before) {
  process_.train(samples);
  if (before != nullptr) trees_ = before->trees_;
  const std::size_t known = trees_ ? trees_->samples() : 0;
  if (samples.size() >= kFewestForTrees && samples.size() >= known + std::max<std::size_t>(4, known / 8)) {
    auto trees = std::make_shared<XgboostModel>(seed);
    trees->train(samples);
    if (trees->trained()) trees_ = std::move(trees);
  }
  if (trees_)
    trust_ = static_cast<double>(trees_->samples()) / (static_cast<double>(trees_->samples()) + kEqualTrust);
}

std::vector<Correction> ResidualModel::predict(std::span<const std::vector<float>> rows) const {
  std::vector<Correction> corrections = process_.predict(rows);
  if (!trees_) return corrections;
  const std::vector<Correction> ofTrees = trees_->predict(rows);
  // How far a program is from those measured only the process knows.
  for (std::size_t i = 0; i < corrections.size(); ++i)
    corrections[i].logRatio += trust_ * (ofTrees[i].logRatio - corrections[i].logRatio);
  return corrections;
}

std::string ResidualModel::name() const { return trees_ ? "gaussian process + xgboost" : "gaussian process"; }

}  // namespace espalier
