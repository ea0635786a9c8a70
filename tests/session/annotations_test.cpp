// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/annotations.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "session/session_store.h"

namespace espalier {
namespace {

class AnnotationsTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("espalier-notes-" + std::to_string(::getpid()));
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    path_ = directory_ / "run.espalier";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

TEST_F(AnnotationsTest, AreKeptChangedAndRemoved) {
  ASSERT_TRUE(SessionStore::create(path_).value()->close());
  EXPECT_EQ(readAnnotations(path_).value(), Annotations{});
  const Annotations both{{3, {true, ""}}, {7, {false, "the k loop is too short: „12“"}}};
  for (const auto& [node, annotation] : both) ASSERT_TRUE(writeAnnotation(path_, node, annotation));
  EXPECT_EQ(readAnnotations(path_).value(), both);
  ASSERT_TRUE(writeAnnotation(path_, 3, {true, "again"}));
  ASSERT_TRUE(writeAnnotation(path_, 7, {}));
  EXPECT_EQ(readAnnotations(path_).value(), (Annotations{{3, {true, "again"}}}));
}

TEST_F(AnnotationsTest, AreWrittenBesideARun) {
  auto run = SessionStore::create(path_).value();
  ASSERT_TRUE(run->append(std::vector{Event{1, 1, RunContinued{}}}));
  ASSERT_TRUE(writeAnnotation(path_, 1, {true, "seen"}));
  ASSERT_TRUE(run->append(std::vector{Event{2, 2, RunContinued{}}}));
  ASSERT_TRUE(run->close());
  EXPECT_EQ(readAnnotations(path_).value().at(1).note, "seen");
  EXPECT_EQ(readSession(path_).value().size(), 2U);
}

TEST_F(AnnotationsTest, RefuseWhatIsNoSession) {
  EXPECT_FALSE(writeAnnotation(path_, 1, {true, ""}));
  EXPECT_FALSE(std::filesystem::exists(path_));
  std::ofstream(path_) << "words";
  EXPECT_FALSE(writeAnnotation(path_, 1, {true, ""}));
  EXPECT_FALSE(readAnnotations(path_));
}

}  // namespace
}  // namespace espalier
