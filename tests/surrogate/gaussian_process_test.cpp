// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/gaussian_process.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "support/random.h"
#include "surrogate/feature_rows.h"
#include "surrogate/residual_model.h"

namespace espalier::testing {
namespace {

constexpr std::size_t kColumns = 8;

/// A program of one of two families, which differ in the first four features; the fifth makes it slower.
TrainingSample sampleOf(bool second, double ratio, Random& random) {
  TrainingSample sample;
  for (std::size_t c = 0; c < kColumns; ++c)
    sample.features.push_back(static_cast<float>((c < 4 && second ? 10 : 0) + random.uniform()));
  sample.priorSeconds = 1e-3 * (1 + random.uniform());
  sample.seconds = sample.priorSeconds * ratio * std::exp(0.5 * sample.features[4]);
  return sample;
}

std::vector<TrainingSample> familyOf(bool second, double ratio, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<TrainingSample> samples;
  while (samples.size() < count) samples.push_back(sampleOf(second, ratio, random));
  return samples;
}

double meanCorrection(const GaussianProcess& process, const std::vector<TrainingSample>& samples) {
  double sum = 0;
  for (const Correction& correction : process.predict(rowsOf(samples))) sum += correction.logRatio;
  return sum / static_cast<double>(samples.size());
}

TEST(GaussianProcess, KeepsSilentUntilItHasSamples) {
  GaussianProcess process;
  const auto samples = familyOf(false, 3, GaussianProcess::kFewestSamples - 1, 1);
  process.train(samples);
  EXPECT_FALSE(process.trained());
  for (const Correction& correction : process.predict(rowsOf(samples))) EXPECT_EQ(correction.logRatio, 0);
}

TEST(GaussianProcess, CorrectsTheLikeOfWhatWasMeasuredAndDoubtsTheRest) {
  auto samples = familyOf(false, 4, 12, 2);
  const auto few = familyOf(true, 1, 2, 3);
  samples.insert(samples.end(), few.begin(), few.end());
  GaussianProcess process;
  process.train(samples);
  EXPECT_NEAR(meanCorrection(process, familyOf(false, 4, 40, 4)), std::log(4) + 0.25, 0.2);
  EXPECT_LT(meanCorrection(process, familyOf(true, 1, 40, 5)), 0.7);
  const auto known = process.predict(rowsOf(familyOf(false, 4, 1, 6)));
  std::vector<TrainingSample> strange = familyOf(false, 4, 1, 6);
  for (std::size_t c = 0; c < kColumns; ++c) strange[0].features[c] = c % 2 == 0 ? 40.0F : -40.0F;
  EXPECT_GT(process.predict(rowsOf(strange))[0].uncertainty, 1.5 * known[0].uncertainty);
}

TEST(GaussianProcess, LearnsWhatDistinguishesPrograms) {
  GaussianProcess process;
  process.train(familyOf(false, 2, 80, 7));
  const auto fresh = familyOf(false, 2, 60, 8);
  const auto corrections = process.predict(rowsOf(fresh));
  double error = 0;
  double spread = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const double truth = std::log(fresh[i].seconds / fresh[i].priorSeconds);
    error += std::abs(corrections[i].logRatio - truth);
    spread += std::abs(std::log(2) + 0.25 - truth);
  }
  EXPECT_LT(error, 0.6 * spread);
}

TEST(GaussianProcess, RemembersTheFastestOfManySamples) {
  auto samples = familyOf(true, 0.25, 40, 9);
  const auto later = familyOf(false, 3, 2 * GaussianProcess::kMostPoints, 10);
  samples.insert(samples.end(), later.begin(), later.end());
  GaussianProcess process;
  process.train(samples);
  EXPECT_NEAR(meanCorrection(process, familyOf(true, 0.25, 40, 11)), std::log(0.25) + 0.25, 0.2);
}

TEST(GaussianProcess, TakesFailuresForSlow) {
  auto samples = familyOf(false, 1, 20, 12);
  for (auto failing : familyOf(true, 1, 10, 13)) {
    failing.failed = true;
    failing.seconds = 0;
    samples.push_back(failing);
  }
  GaussianProcess process;
  process.train(samples);
  EXPECT_GT(meanCorrection(process, familyOf(true, 1, 20, 14)), std::log(2));
  EXPECT_LT(meanCorrection(process, familyOf(false, 1, 20, 15)), std::log(2));
}

TEST(ResidualModel, KeepsItsTreesUntilAnEighthMoreIsKnown) {
  const auto samples = familyOf(false, 2, 40, 16);
  const std::span<const TrainingSample> all(samples);
  const ResidualModel few(all.first(6), 1, nullptr);
  EXPECT_TRUE(few.trained());
  EXPECT_EQ(few.trees(), nullptr);
  EXPECT_EQ(few.name(), "gaussian process");
  const ResidualModel first(all.first(32), 1, &few);
  ASSERT_NE(first.trees(), nullptr);
  EXPECT_EQ(first.name(), "gaussian process + xgboost");
  EXPECT_EQ(ResidualModel(all.first(34), 1, &first).trees(), first.trees());
  EXPECT_NE(ResidualModel(all.first(36), 1, &first).trees(), first.trees());
  const auto rows = rowsOf(samples);
  const auto once = ResidualModel(all, 1, nullptr).predict(rows);
  const auto again = ResidualModel(all, 1, nullptr).predict(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(once[i].logRatio, again[i].logRatio);
}

}  // namespace
}  // namespace espalier::testing
