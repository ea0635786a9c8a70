// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "surrogate/training_sample.h"

namespace espalier {

/// Gaussian process regression of ln(measured / prior) with an exponential kernel over the features
/// (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006). A program is corrected by what
/// was measured of its like; one that is like nothing measured keeps its prior and a large uncertainty, so
/// that whoever searches does not go on with a family of programs that the prior flatters. Works from a
/// handful of samples.
class GaussianProcess {
 public:
  static constexpr std::size_t kFewestSamples = 4;  ///< below, it stays untrained
  static constexpr std::size_t kMostPoints = 256;   ///< remembered: the fastest and the latest

  /// Learns from scratch; the same samples in the same order give the same model.
  void train(std::span<const TrainingSample> samples);
  [[nodiscard]] bool trained() const { return !weights_.empty(); }
  /// One a row; all zero while untrained.
  [[nodiscard]] std::vector<Correction> predict(std::span<const std::vector<float>> rows) const;

 private:
  struct Kernel {
    double variance = 0.3;  ///< of what distinguishes programs
    double length = 1;      ///< distance over which likeness falls by e
    double noise = 0.05;    ///< share of the variance that a measurement adds by itself
  };

  void scaleBy(std::span<const TrainingSample> samples, const std::vector<std::size_t>& points);
  [[nodiscard]] std::vector<float> scaled(const std::vector<float>& features) const;
  [[nodiscard]] Kernel likeliestKernel(const std::vector<double>& distances,
                                       const std::vector<double>& targets) const;

  std::vector<std::size_t> columns_;  ///< features that differ between the points
  std::vector<float> means_;          ///< parallel to columns_
  std::vector<float> inverseDeviations_;
  std::vector<float> points_;      ///< scaled, all points of a column side by side
  std::vector<float> squares_;     ///< squared length of each point
  std::vector<double> weights_;    ///< of each point's kernel in a prediction
  std::vector<double> whitening_;  ///< inverse Cholesky factor, column by column
  Kernel kernel_;
};

}  // namespace espalier
