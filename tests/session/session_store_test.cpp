// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/session_store.h"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace espalier {
namespace {

using Access = SessionStore::Access;
using testing::HasSubstr;

class SessionStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() /
                 ("espalier-session-" + std::to_string(::getpid()) + "-" +
                  testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    path_ = directory_ / "run.espalier";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::filesystem::path& path, const std::string& bytes) const {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  std::string bytesOf(const std::filesystem::path& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

Event notice(std::uint64_t sequence, std::string text) {
  return {sequence, 1000 + static_cast<std::int64_t>(sequence), Notice{"info", std::move(text)}};
}

Event node(std::uint64_t sequence, NodeId number) {
  NodeAdded added;
  added.node = number;
  added.parent = number == 0 ? kNoNode : number - 1;
  added.state.hash = 0xfedcba9876543210ULL + number;
  for (NodeId step = 0; step < number; ++step)
    added.state.trace.push_back("Unroll(loop=n, factor=" + std::to_string(step) + ")");
  added.reasoning = std::string(500, 'r');
  return {sequence, 5, added};
}

TEST_F(SessionStoreTest, GivesBackWhatWasAppended) {
  {
    auto store = SessionStore::create(path_);
    ASSERT_TRUE(store) << store.error().text();
    std::vector<Event> events{notice(1, "short"), notice(2, std::string(100000, 'x') + "\nÄ\0"), node(3, 0),
                              node(4, 1), node(5, 2)};
    ASSERT_TRUE((*store)->append(events));
    EXPECT_EQ(*(*store)->lastSequence(), 5U);
    ASSERT_TRUE((*store)->append(std::vector<Event>{node(6, 3)}));
    EXPECT_EQ((*store)->read(4)->size(), 3U);
    EXPECT_EQ((*store)->read(2, 2)->size(), 2U);
    ASSERT_EQ((*store)->readNode(2)->size(), 1U);
    ASSERT_TRUE((*store)->close());
  }
  const auto events = readSession(path_);
  ASSERT_TRUE(events) << events.error().text();
  ASSERT_EQ(events->size(), 6U);
  EXPECT_EQ(std::get<Notice>((*events)[1].body).text.substr(0, 100003), std::string(100000, 'x') + "\nÄ");
  EXPECT_EQ((*events)[1].milliseconds, 1002);
  const auto& last = std::get<NodeAdded>((*events)[5].body);
  EXPECT_EQ(last.state.hash, 0xfedcba9876543213ULL);
  EXPECT_EQ(last.state.trace.size(), 3U);
  EXPECT_EQ(last.state.trace[2], "Unroll(loop=n, factor=2)");
  EXPECT_EQ(last.reasoning, std::string(500, 'r'));
  EXPECT_EQ(std::get<NodeAdded>((*events)[2].body).parent, kNoNode);
}

TEST_F(SessionStoreTest, IsOnePlainMarkedFileAfterClosing) {
  {
    auto store = SessionStore::create(path_);
    ASSERT_TRUE((*store)->append(std::vector<Event>{notice(1, "a")}));
    EXPECT_TRUE(std::filesystem::exists(path_.string() + "-wal"));
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1U);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  const auto pragma = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    sqlite3_step(statement);
    const auto value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
  };
  EXPECT_EQ(pragma("PRAGMA application_id"), kSessionApplicationId);
  EXPECT_EQ(pragma("PRAGMA user_version"), kSessionVersion);
  EXPECT_EQ(pragma("SELECT count(*) FROM nodes"), 0);
  EXPECT_EQ(pragma("SELECT count(*) FROM samples"), 0);
  sqlite3_close(database);
}

TEST_F(SessionStoreTest, StoresEqualTextsOnceAndSmall) {
  auto store = SessionStore::create(path_);
  std::vector<Event> events;
  for (std::uint64_t i = 1; i <= 200; ++i) events.push_back(notice(i, std::string(20000, 'p')));
  ASSERT_TRUE((*store)->append(events));
  ASSERT_TRUE((*store)->close());
  EXPECT_LT(std::filesystem::file_size(path_), 100000U);
  EXPECT_EQ(std::get<Notice>(readSession(path_)->at(199).body).text.size(), 20000U);
}

TEST_F(SessionStoreTest, RefusesToOverwriteOrToOpenWhatIsNotThere) {
  write(path_, "precious");
  const auto created = SessionStore::create(path_);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().kind, ErrorKind::Input);
  EXPECT_THAT(created.error().message, HasSubstr("exists already"));
  EXPECT_EQ(bytesOf(path_), "precious");
  EXPECT_FALSE(SessionStore::open(directory_ / "none.espalier", Access::Read));
  EXPECT_FALSE(SessionStore::open(directory_, Access::Read));
  EXPECT_FALSE(SessionStore::create(directory_ / "no" / "such" / "directory.espalier"));
}

TEST_F(SessionStoreTest, RefusesForeignFilesInWords) {
  write(path_, "");
  EXPECT_THAT(readSession(path_).error().message, HasSubstr("is empty"));
  write(path_, "This is a text and not a database, however long it may be. " + std::string(5000, '.'));
  EXPECT_THAT(readSession(path_).error().message, HasSubstr("is not an Espalier session"));
  std::filesystem::remove(path_);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "CREATE TABLE events(a)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  for (const Access access : {Access::Read, Access::Write}) {
    const auto opened = SessionStore::open(path_, access);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::Input);
    EXPECT_THAT(opened.error().message, HasSubstr("another program"));
  }
}

TEST_F(SessionStoreTest, RefusesNewerVersions) {
  ASSERT_TRUE((*SessionStore::create(path_))->close());
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  sqlite3_exec(database, "PRAGMA user_version=99", nullptr, nullptr, nullptr);
  sqlite3_close(database);
  const auto opened = SessionStore::open(path_, Access::Read);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text(), HasSubstr("newer version"));
  EXPECT_THAT(opened.error().text(), HasSubstr("Update"));
}

TEST_F(SessionStoreTest, DamageAtAnyPlaceIsAnErrorOrHarmless) {
  {
    auto store = SessionStore::create(path_);
    std::vector<Event> events;
    for (std::uint64_t i = 1; i <= 60; ++i) events.push_back(node(i, static_cast<NodeId>(i - 1)));
    ASSERT_TRUE((*store)->append(events));
  }
  const std::string whole = bytesOf(path_);
  int refused = 0;
  const auto damaged = directory_ / "damaged.espalier";
  for (std::size_t place = 0; place < whole.size(); place += 509) {
    std::string bytes = whole;
    for (std::size_t i = place; i < std::min(place + 16, bytes.size()); ++i)
      bytes[i] = static_cast<char>(bytes[i] ^ 0x5a);
    write(damaged, bytes);
    const auto events = readSession(damaged);
    if (!events) {
      ++refused;
      EXPECT_EQ(events.error().kind, ErrorKind::Input) << events.error().text();
    }
    std::filesystem::remove(damaged);
  }
  EXPECT_GT(refused, 5);
  for (const std::size_t length : {std::size_t{100}, whole.size() / 2, whole.size() - 4096}) {
    write(damaged, whole.substr(0, length));
    (void)readSession(damaged);
  }
}

TEST_F(SessionStoreTest, FollowsALiveRunWhileOneWriterHasIt) {
  auto writer = SessionStore::create(path_);
  ASSERT_TRUE((*writer)->append(std::vector<Event>{notice(1, "a")}));
  auto reader = SessionStore::open(path_, Access::Read);
  ASSERT_TRUE(reader) << reader.error().text();
  EXPECT_EQ((*reader)->read()->size(), 1U);
  ASSERT_TRUE((*writer)->append(std::vector<Event>{notice(2, "b"), node(3, 0)}));
  EXPECT_EQ((*reader)->read(2)->size(), 2U);
  EXPECT_EQ(*(*reader)->lastSequence(), 3U);

  const auto second = SessionStore::open(path_, Access::Write);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Input);
  EXPECT_THAT(second.error().message, HasSubstr("another run"));
  // The refused writer must not have taken the first one's locks away.
  ASSERT_TRUE((*writer)->append(std::vector<Event>{notice(4, "c")}));
  ASSERT_TRUE((*writer)->close());
  EXPECT_EQ((*reader)->read()->size(), 4U);
  ASSERT_TRUE((*reader)->close());
  EXPECT_TRUE(SessionStore::open(path_, Access::Write));
}

TEST_F(SessionStoreTest, SurvivesAKilledWriter) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = SessionStore::create(path_);
    for (std::uint64_t i = 1; i <= 20; ++i)
      (void)(*store)->append(std::vector<Event>{notice(i, std::string(300, 'k'))});
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(readSession(path_)->size(), 20U);
  auto store = SessionStore::open(path_, Access::Write);
  ASSERT_TRUE(store) << store.error().text();
  ASSERT_TRUE((*store)->append(std::vector<Event>{notice(21, "again")}));
  ASSERT_TRUE((*store)->close());
  EXPECT_EQ(readSession(path_)->size(), 21U);
}

TEST_F(SessionStoreTest, AFullDiskIsAnErrorAndLosesNothingStored) {
  // In a process of its own, whose files may not grow beyond a limit.
  int pipes[2];
  ASSERT_EQ(::pipe(pipes), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    auto store = SessionStore::create(path_);
    const rlimit limit{200000, 200000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::uint64_t stored = 0;
    std::string words;
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      std::string noise;
      for (int j = 0; j < 1000; ++j)
        noise += static_cast<char>('!' + (i * 7919 + static_cast<std::uint64_t>(j * j) * i) % 90);
      auto appended = (*store)->append(std::vector<Event>{notice(i, noise)});
      if (!appended) {
        words = std::to_string(static_cast<int>(appended.error().kind)) + appended.error().text();
        break;
      }
      stored = i;
    }
    const std::string report = std::to_string(stored) + " " + words;
    (void)!::write(pipes[1], report.data(), report.size());
    ::_exit(0);
  }
  ::close(pipes[1]);
  char buffer[4096];
  std::string report;
  for (ssize_t count; (count = ::read(pipes[0], buffer, sizeof buffer)) > 0;)
    report.append(buffer, static_cast<std::size_t>(count));
  ::close(pipes[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  const std::size_t stored = std::stoul(report);
  EXPECT_GT(stored, 10U);
  EXPECT_LT(stored, 1000U);
  EXPECT_THAT(report, HasSubstr(" " + std::to_string(static_cast<int>(ErrorKind::Environment))));
  const auto events = readSession(path_);
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(events->size(), stored);
}

TEST_F(SessionStoreTest, AFailedAppendStoresNothingAndCanBeRepeated) {
  auto store = SessionStore::create(path_);
  ASSERT_TRUE((*store)->append(std::vector<Event>{notice(1, "a")}));
  // Another program holds the database for writing.
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::vector<Event> more{notice(2, std::string(1000, 'b')), notice(3, "c")};
  const auto failed = (*store)->append(more);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("in use by another program"));
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_EQ((*store)->read()->size(), 1U);
  ASSERT_TRUE((*store)->append(more));
  EXPECT_EQ((*store)->read()->size(), 3U);
}

TEST_F(SessionStoreTest, AReadOnlyDirectoryIsAnErrorInWords) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  std::filesystem::permissions(directory_,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto created = SessionStore::create(path_);
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().kind, ErrorKind::Environment);
}

}  // namespace
}  // namespace espalier
