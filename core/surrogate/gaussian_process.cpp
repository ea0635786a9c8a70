// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/gaussian_process.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace espalier {

namespace {

constexpr double kBias = 0.1;        ///< variance of an error that all programs share
constexpr float kFarthest = 4;       ///< deviations from the mean at which a feature is cut off
constexpr std::size_t kJudged = 96;  ///< points that kernels are compared on
constexpr double kJitter = 1e-4;     ///< keeps equal rows from making the matrix singular

/// Square, column by column.
using Matrix = std::vector<double>;

/// Lower Cholesky factor in place; what lies above the diagonal is not looked at. False if the matrix is not
/// positive definite.
bool factorise(Matrix& matrix, std::size_t size) {
  for (std::size_t k = 0; k < size; ++k) {
    double* column = &matrix[k * size];
    if (!(column[k] > 0)) return false;
    const double root = std::sqrt(column[k]);
    for (std::size_t i = k; i < size; ++i) column[i] /= root;
    for (std::size_t j = k + 1; j < size; ++j) {
      double* other = &matrix[j * size];
      const double factor = column[j];
      for (std::size_t i = j; i < size; ++i) other[i] -= factor * column[i];
    }
  }
  return true;
}

/// Solves L x = b in place.
void solveLower(const Matrix& factor, std::size_t size, double* b, std::size_t first = 0) {
  for (std::size_t k = first; k < size; ++k) {
    const double* column = &factor[k * size];
    b[k] /= column[k];
    const double value = b[k];
    for (std::size_t i = k + 1; i < size; ++i) b[i] -= value * column[i];
  }
}

Matrix inverseOf(const Matrix& factor, std::size_t size) {
  Matrix inverse(size * size, 0);
  for (std::size_t k = 0; k < size; ++k) {
    inverse[k * size + k] = 1;
    solveLower(factor, size, &inverse[k * size], k);
  }
  return inverse;
}

std::vector<double> targetsOf(std::span<const TrainingSample> samples) {
  std::vector<double> targets = taughtSeconds(samples);
  for (std::size_t i = 0; i < targets.size(); ++i)
    targets[i] = std::log(targets[i] / samples[i].priorSeconds);
  return targets;
}

/// The fastest half and the latest of the rest, in order of time.
std::vector<std::size_t> rememberedOf(std::span<const TrainingSample> samples) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (samples.size() <= GaussianProcess::kMostPoints) return order;
  const auto half = static_cast<std::ptrdiff_t>(GaussianProcess::kMostPoints / 2);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [&](std::size_t i) { return std::pair(samples[i].failed, samples[i].seconds); };
    return key(a) < key(b);
  });
  std::sort(order.begin() + half, order.end(), std::greater<>());
  order.resize(GaussianProcess::kMostPoints);
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace

void GaussianProcess::scaleBy(std::span<const TrainingSample> samples,
                              const std::vector<std::size_t>& points) {
  columns_.clear();
  means_.clear();
  inverseDeviations_.clear();
  const auto count = static_cast<double>(points.size());
  for (std::size_t column = 0; column < samples.front().features.size(); ++column) {
    double sum = 0;
    for (const std::size_t point : points) sum += samples[point].features[column];
    const double mean = sum / count;
    double squares = 0;
    for (const std::size_t point : points) {
      const double difference = samples[point].features[column] - mean;
      squares += difference * difference;
    }
    const double deviation = std::sqrt(squares / count);
    if (deviation < 1e-6) continue;
    columns_.push_back(column);
    means_.push_back(static_cast<float>(mean));
    inverseDeviations_.push_back(static_cast<float>(1 / deviation));
  }
}

std::vector<float> GaussianProcess::scaled(const std::vector<float>& features) const {
  std::vector<float> values(columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c)
    values[c] =
        std::clamp((features[columns_[c]] - means_[c]) * inverseDeviations_[c], -kFarthest, kFarthest);
  return values;
}

GaussianProcess::Kernel GaussianProcess::likeliestKernel(const std::vector<double>& distances,
                                                         const std::vector<double>& targets) const {
  const std::size_t all = targets.size();
  const std::size_t size = std::min(all, kJudged);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < size; ++i) chosen.push_back(i * all / size);
  const double unit = std::sqrt(static_cast<double>(std::max<std::size_t>(1, columns_.size())));
  Kernel best;
  double highest = -INFINITY;
  Matrix likeness(size * size);
  Matrix covariance(size * size);
  for (const double length : {0.6, 1.8, 5.0}) {
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t i = j; i < size; ++i)
        likeness[j * size + i] = std::exp(-distances[chosen[j] * all + chosen[i]] / (length * unit));
    for (const double variance : {0.03, 0.1, 0.3, 1.0})
      for (const double noise : {0.02, 0.1}) {
        for (std::size_t j = 0; j < size; ++j) {
          for (std::size_t i = j; i < size; ++i)
            covariance[j * size + i] = kBias + variance * likeness[j * size + i];
          covariance[j * size + j] += variance * noise + kJitter;
        }
        if (!factorise(covariance, size)) continue;
        std::vector<double> whitened(size);
        for (std::size_t i = 0; i < size; ++i) whitened[i] = targets[chosen[i]];
        solveLower(covariance, size, whitened.data());
        double likelihood = 0;
        for (std::size_t i = 0; i < size; ++i)
          likelihood -= 0.5 * whitened[i] * whitened[i] + std::log(covariance[i * size + i]);
        if (likelihood > highest) {
          highest = likelihood;
          best = {variance, length * unit, noise};
        }
      }
  }
  return best;
}

void GaussianProcess::train(std::span<const TrainingSample> samples) {
  weights_.clear();
  if (samples.size() < kFewestSamples) return;
  const std::vector<double> all = targetsOf(samples);
  if (all.empty()) return;
  const std::vector<std::size_t> remembered = rememberedOf(samples);
  scaleBy(samples, remembered);

  const std::size_t size = remembered.size();
  points_.assign(columns_.size() * size, 0);
  squares_.assign(size, 0);
  std::vector<double> targets;
  for (std::size_t i = 0; i < size; ++i) {
    const std::vector<float> point = scaled(samples[remembered[i]].features);
    for (std::size_t c = 0; c < point.size(); ++c) {
      points_[c * size + i] = point[c];
      squares_[i] += point[c] * point[c];
    }
    targets.push_back(all[remembered[i]]);
  }
  std::vector<double> distances(size * size, 0);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const float* column = &points_[c * size];
    for (std::size_t j = 0; j < size; ++j)
      for (std::size_t i = 0; i < size; ++i) {
        const double difference = column[i] - column[j];
        distances[j * size + i] += difference * difference;
      }
  }
  for (double& distance : distances) distance = std::sqrt(distance);

  kernel_ = likeliestKernel(distances, targets);
  Matrix covariance(size * size);
  for (std::size_t j = 0; j < size; ++j) {
    for (std::size_t i = j; i < size; ++i)
      covariance[j * size + i] =
          kBias + kernel_.variance * std::exp(-distances[j * size + i] / kernel_.length);
    covariance[j * size + j] += kernel_.variance * kernel_.noise + kJitter;
  }
  if (!factorise(covariance, size)) return;
  whitening_ = inverseOf(covariance, size);
  solveLower(covariance, size, targets.data());
  weights_.assign(size, 0);
  for (std::size_t k = 0; k < size; ++k)
    for (std::size_t i = k; i < size; ++i) weights_[k] += whitening_[k * size + i] * targets[i];
}

std::vector<Correction> GaussianProcess::predict(std::span<const std::vector<float>> rows) const {
  std::vector<Correction> corrections(rows.size());
  if (!trained()) return corrections;
  const std::size_t size = weights_.size();
  std::vector<float> products(size);
  std::vector<double> likeness(size);
  std::vector<double> explained(size);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::vector<float> point = scaled(rows[r]);
    std::fill(products.begin(), products.end(), 0.0F);
    float square = 0;
    for (std::size_t c = 0; c < point.size(); ++c) {
      const float value = point[c];
      const float* column = &points_[c * size];
      square += value * value;
      for (std::size_t i = 0; i < size; ++i) products[i] += value * column[i];
    }
    double mean = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const float squared = square + squares_[i] - 2 * products[i];
      const double distance = std::sqrt(static_cast<double>(std::max(0.0F, squared)));
      likeness[i] = kBias + kernel_.variance * std::exp(-distance / kernel_.length);
      mean += likeness[i] * weights_[i];
    }
    std::fill(explained.begin(), explained.end(), 0.0);
    for (std::size_t k = 0; k < size; ++k) {
      const double value = likeness[k];
      const double* column = &whitening_[k * size];
      for (std::size_t i = k; i < size; ++i) explained[i] += value * column[i];
    }
    double variance = kBias + kernel_.variance;
    for (const double part : explained) variance -= part * part;
    corrections[r] = {mean, std::sqrt(std::max(0.0, variance) + kernel_.variance * kernel_.noise)};
  }
  return corrections;
}

}  // namespace espalier
