// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/xgboost_model.h"

#include <cmath>

#include <gtest/gtest.h>

#include "support/random.h"
#include "surrogate/feature_rows.h"
#include "surrogate/features.h"

namespace espalier::testing {
namespace {

/// Programs whose true time is the prior times something that two features decide.
std::vector<TrainingSample> samplesOf(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<TrainingSample> samples;
  const std::size_t columns = featureNames().size();
  for (std::size_t i = 0; i < count; ++i) {
    TrainingSample sample;
    for (std::size_t c = 0; c < columns; ++c) sample.features.push_back(static_cast<float>(random.uniform()));
    sample.priorSeconds = 1e-3 * (1 + random.uniform());
    sample.seconds =
        sample.priorSeconds * std::exp(0.5 + (sample.features[3] > 0.5F ? 1.0 : 0.0) + sample.features[7]);
    samples.push_back(std::move(sample));
  }
  return samples;
}

double meanError(const XgboostModel& model, const std::vector<TrainingSample>& samples) {
  const auto corrections = model.predict(rowsOf(samples));
  double sum = 0;
  for (std::size_t i = 0; i < samples.size(); ++i)
    sum += std::abs(corrections[i].logRatio - std::log(samples[i].seconds / samples[i].priorSeconds));
  return sum / static_cast<double>(samples.size());
}

TEST(XgboostModel, KeepsSilentUntilItHasSamples) {
  XgboostModel model(1);
  const auto samples = samplesOf(1, 7);
  model.train(samples);
  EXPECT_FALSE(model.trained());
  for (const Correction& correction : model.predict(rowsOf(samples))) EXPECT_EQ(correction.logRatio, 0);
}

TEST(XgboostModel, LearnsWhatThePriorMisses) {
  XgboostModel few(1);
  few.train(samplesOf(2, 12));
  XgboostModel many(1);
  many.train(samplesOf(2, 200));
  const auto fresh = samplesOf(3, 100);
  const double untrained = meanError(XgboostModel(1), fresh);
  EXPECT_LT(meanError(few, fresh), 0.6 * untrained) << "the mean correction alone is worth that much";
  EXPECT_LT(meanError(many, fresh), 0.25);
  EXPECT_LT(many.heldOutError(), 0.45);
  EXPECT_GT(many.predict(rowsOf(fresh))[0].uncertainty, 0);
}

TEST(XgboostModel, TakesFailuresForSlow) {
  auto samples = samplesOf(4, 80);
  for (auto& sample : samples)
    if (sample.features[11] > 0.6F) {
      sample.failed = true;
      sample.seconds = 0;
    }
  XgboostModel model(1);
  model.train(samples);
  auto fresh = samplesOf(5, 60);
  double failing = 0;
  double sound = 0;
  int failingCount = 0;
  const auto corrections = model.predict(rowsOf(fresh));
  for (std::size_t i = 0; i < fresh.size(); ++i)
    if (fresh[i].features[11] > 0.6F) {
      failing += corrections[i].logRatio;
      ++failingCount;
    } else {
      sound += corrections[i].logRatio;
    }
  EXPECT_GT(failing / failingCount, sound / static_cast<double>(60 - failingCount) + 0.4);
}

TEST(XgboostModel, IsTheSameForTheSameSeedAndSamples) {
  const auto samples = samplesOf(6, 64);
  XgboostModel first(9);
  XgboostModel second(9);
  XgboostModel other(10);
  first.train(samples);
  second.train(samples);
  other.train(samples);
  const auto rows = rowsOf(samplesOf(7, 20));
  const auto a = first.predict(rows);
  const auto b = second.predict(rows);
  const auto c = other.predict(rows);
  bool differs = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(a[i].logRatio, b[i].logRatio);
    EXPECT_EQ(a[i].uncertainty, b[i].uncertainty);
    differs = differs || a[i].logRatio != c[i].logRatio;
  }
  EXPECT_TRUE(differs);
}

TEST(XgboostModel, SurvivesStorageAndRefusesForeignBytes) {
  XgboostModel model(3);
  model.train(samplesOf(8, 40));
  const std::string bytes = model.save();
  const auto loaded = XgboostModel::load(bytes);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  const auto rows = rowsOf(samplesOf(9, 10));
  const auto before = model.predict(rows);
  const auto after = loaded->predict(rows);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(before[i].logRatio, after[i].logRatio);

  EXPECT_FALSE(XgboostModel::load("").has_value());
  EXPECT_FALSE(XgboostModel::load("something else entirely").has_value());
  for (const std::size_t cut : {bytes.size() / 2, bytes.size() - 1, std::size_t{25}})
    EXPECT_FALSE(XgboostModel::load(bytes.substr(0, cut)).has_value()) << cut;
  std::string newer = bytes;
  newer.replace(newer.find('\n') + 1, 1, "9");
  const auto refused = XgboostModel::load(newer);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("version 9"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace espalier::testing
