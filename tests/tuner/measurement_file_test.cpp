// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/measurement_file.h"

#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reasoning/random_proposer.h"
#include "search/toy_problem.h"
#include "tuner/tuner.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;

const MeasurementConditions kHere{"a machine", 2};

class MeasurementFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("espalier-measurements-" + std::to_string(::getpid()) + "-" +
             ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove(path_);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  [[nodiscard]] std::shared_ptr<MeasurementFile> open(const MeasurementConditions& conditions = kHere) const {
    auto file = MeasurementFile::open(path_, conditions);
    EXPECT_TRUE(file) << file.error().text();
    return file ? *file : nullptr;
  }
  void append(const std::string& text) const { std::ofstream(path_, std::ios::app) << text; }

  std::filesystem::path path_;
};

Measurement valid(double seconds) {
  Measurement measurement;
  measurement.valid = true;
  measurement.seconds = seconds;
  measurement.repeats = {seconds * 1.1, seconds};
  measurement.buildSeconds = 0.01;
  measurement.verified = true;
  measurement.verification = "equal";
  return measurement;
}

const State kState{{"TileSize(block=C, loop=n, factors=[4, 2])"}, 0xfedcba9876543210ULL};

TEST_F(MeasurementFileTest, GivesBackWhatWasAddedInAnEarlierRun) {
  Measurement failed;
  failed.failure = "crash";
  failed.detail = "signal 11";
  const State other{{}, 7};
  {
    const auto file = open();
    ASSERT_TRUE(file->add(kState, valid(0.25)));
    ASSERT_TRUE(file->add(other, failed));
    ASSERT_TRUE(file->add(kState, valid(9)));  // the first one counts
    ASSERT_TRUE(file->addBaseline(3, valid(2)));
  }
  const auto file = open();
  EXPECT_EQ(file->size(), 2U);
  EXPECT_TRUE(file->remark().empty());
  const auto found = file->find(kState.hash);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->valid);
  EXPECT_TRUE(found->recorded);
  EXPECT_EQ(found->seconds, 0.25);
  EXPECT_EQ(found->repeats, valid(0.25).repeats);
  EXPECT_EQ(found->verification, "equal");
  ASSERT_TRUE(file->find(7));
  EXPECT_FALSE(file->find(7)->valid);
  EXPECT_EQ(file->find(7)->failure, "crash");
  EXPECT_FALSE(file->find(3)) << "a baseline is no sample";
  EXPECT_EQ(file->baseline(3)->seconds, 2);
}

TEST_F(MeasurementFileTest, LeavesOtherHostsAndThreadCountsAsideInWords) {
  ASSERT_TRUE(open({"another machine", 2})->add(kState, valid(1)));
  const auto file = open();
  EXPECT_FALSE(file->find(kState.hash));
  EXPECT_THAT(file->remark(), HasSubstr("another machine"));
  EXPECT_FALSE(open({"another machine", 1})->find(kState.hash));
  EXPECT_THAT(open({"another machine", 1})->remark(), HasSubstr("number of threads"));
  ASSERT_TRUE(file->add(kState, valid(3)));
  EXPECT_EQ(open({"another machine", 2})->find(kState.hash)->seconds, 1) << "both stay in the file";
}

TEST_F(MeasurementFileTest, RefusesAnotherVersionAndOtherFilesAndKeepsThemAsTheyAre) {
  append("{\"format\":\"espalier-measurements\",\"version\":99}\n");
  const auto newer = MeasurementFile::open(path_, kHere);
  ASSERT_FALSE(newer);
  EXPECT_THAT(newer.error().message, HasSubstr("version 99"));
  EXPECT_FALSE(newer.error().hint.empty());
  std::filesystem::remove(path_);
  append("holiday pictures\n");
  const auto foreign = MeasurementFile::open(path_, kHere);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().message, HasSubstr("not a file of measurements"));
  EXPECT_EQ(std::filesystem::file_size(path_), std::string("holiday pictures\n").size());
}

TEST_F(MeasurementFileTest, SkipsALineThatWasCutOff) {
  ASSERT_TRUE(open()->add(kState, valid(1)));
  append("{\"kind\":\"sample\",\"program\":\"00");
  const auto file = open();
  EXPECT_TRUE(file->find(kState.hash));
  EXPECT_THAT(file->remark(), HasSubstr("1 lines"));
}

TEST_F(MeasurementFileTest, ARunMeasuresOnlyWhatTheFileLacks) {
  const auto runOnce = [&](int samples) {
    auto problem = std::make_shared<test::ToyProblem>();
    TunerSetup setup;
    setup.problem = problem;
    setup.proposer = std::make_unique<RandomProposer>();
    setup.options.samples = samples;
    setup.options.seed = 5;
    setup.options.confirm = false;
    setup.measurements.attach(open());
    const auto result = tune(std::move(setup));
    EXPECT_TRUE(result);
    return std::pair(result->curve, problem->measurements + problem->baselines);
  };
  const auto first = runOnce(20);
  EXPECT_GT(first.second, 0);
  const auto again = runOnce(20);
  EXPECT_EQ(again.second, 0);
  EXPECT_EQ(again.first, first.first);
  const auto further = runOnce(30);
  EXPECT_GT(further.second, 0);
  EXPECT_LE(further.second, 10 + 10) << "ten samples, some of them verified once more";
  EXPECT_EQ(runOnce(30).second, 0);
}

}  // namespace
}  // namespace espalier
