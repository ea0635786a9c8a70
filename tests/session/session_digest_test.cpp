// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/session_digest.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "session/session_store.h"

namespace espalier {
namespace {

/// Nodes with everything a digest has a place for; ten thousand events and more.
std::vector<Event> events(NodeId nodes) {
  std::vector<Event> made;
  const auto add = [&](EventBody body) {
    made.push_back(
        {made.size() + 1, 1700000000000 + static_cast<std::int64_t>(made.size()), std::move(body)});
  };
  RunStarted run;
  run.problem.name = "digest";
  add(run);
  for (NodeId node = 0; node < nodes; ++node) {
    NodeAdded added;
    added.node = node;
    added.parent = node == 0 ? kNoNode : node / 2;
    added.state.hash = node + 1;
    added.state.trace = {"TileSize(loop=m)", "Kind" + std::to_string(node / 3000) + "()", "TileSize(loop=n)"};
    added.items = {{"a", true, "TileSize(loop=m)", "", "", ""},
                   {"b", false, "", "unknown", "", ""},
                   {"c", true, "Vectorize(loop=n)", "", "", ""}};
    added.source = node % 2 == 0 ? "rules" : "user";
    added.request = node == 0 ? kNoRequest : node;
    added.prediction = Prediction{0.5, 0, "prior", ""};
    added.rolloutSeconds = 0.25;
    add(added);
    ProposalArrived arrived;
    arrived.node = node;
    arrived.askedMilliseconds = 1700000000000 + static_cast<std::int64_t>(made.size()) - 30;
    arrived.answeredMilliseconds = arrived.askedMilliseconds + 20;
    add(arrived);
    BuildFinished built;
    built.node = node;
    built.buildBeganMilliseconds = 1700000000000 - 5;
    built.measureEndedMilliseconds = 1700000000000 - 1;
    add(built);
    ReplyFinished reply;
    reply.node = node;
    reply.exchange.usage = {100 + node, 7, 20, 3, node % 2 == 0};
    reply.exchange.costUsd = 0.125;
    add(reply);
    if (node % 100 == 0) add(ValuesRefreshed{3, 0.1, 0.2, node % 200 == 0, {{node, 0.75, 0.1}, {0, 0.5, 0}}});
    if (node % 1000 == 0) add(CommandReceived{HintCommand{node, "mind the cache"}, true, {}});
  }
  return made;
}

SessionDigest digestOf(std::span<const Event> all) {
  SessionDigest digest;
  for (const Event& event : all) digest.append(event);
  return digest;
}

void expectEqual(const SessionDigest& a, const SessionDigest& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a.first(), b.first());
  for (std::size_t index = 0; index < a.size(); ++index) {
    const DigestEntry& one = a.entry(index);
    const DigestEntry& two = b.entry(index);
    ASSERT_EQ(one.kind, two.kind) << index;
    ASSERT_EQ(one.milliseconds, two.milliseconds);
    ASSERT_EQ(one.node, two.node);
    ASSERT_EQ(one.flags, two.flags);
    ASSERT_EQ(one.seconds, two.seconds);
    ASSERT_EQ(one.span().began, two.span().began);
    ASSERT_EQ(one.span().ended, two.span().ended);
    switch (one.kind) {
      case DigestKind::NodeAdded:
        ASSERT_EQ(a.text(one.label()), b.text(two.label()));
        ASSERT_EQ(a.text(one.steps()), b.text(two.steps()));
        ASSERT_EQ(a.text(one.source), b.text(two.source));
        ASSERT_EQ(one.parent(), two.parent());
        ASSERT_EQ(one.rolloutSeconds(), two.rolloutSeconds());
        break;
      case DigestKind::ReplyFinished:
        ASSERT_EQ(a.call(one.place()).usage, b.call(two.place()).usage);
        ASSERT_EQ(a.call(one.place()).costUsd, b.call(two.place()).costUsd);
        break;
      case DigestKind::ValuesRefreshed: {
        const auto& x = a.refresh(one.place());
        const auto& y = b.refresh(two.place());
        ASSERT_EQ(x.count, y.count);
        ASSERT_EQ(x.valuesKept, y.valuesKept);
        ASSERT_EQ(a.prediction(x.begin).node, b.prediction(y.begin).node);
        ASSERT_EQ(a.prediction(x.begin).seconds, b.prediction(y.begin).seconds);
        break;
      }
      case DigestKind::Whole:
        ASSERT_EQ(kindOf(a.whole(one.place()).body), kindOf(b.whole(two.place()).body));
        ASSERT_EQ(a.whole(one.place()).sequence, b.whole(two.place()).sequence);
        break;
      default: break;
    }
  }
}

TEST(SessionDigest, KeepsWhatTreesAndCurvesNeed) {
  const SessionDigest digest = digestOf(events(3));
  ASSERT_EQ(digest.entry(0).kind, DigestKind::Whole);
  const DigestEntry& root = digest.entry(1);
  EXPECT_EQ(root.parent(), kNoNode);
  EXPECT_FALSE(root.has(kDigestRequested));
  EXPECT_EQ(digest.text(root.label()), "Vectorize +1");
  EXPECT_EQ(digest.text(root.steps()), " Kind0 TileSize ");
  EXPECT_EQ(digest.text(root.source), "rules");
  EXPECT_FLOAT_EQ(root.rolloutSeconds(), 0.25F);
  const DigestSpan asked = digest.entry(2).span();
  EXPECT_EQ(asked.ended - asked.began, 20);
}

TEST(SessionDigest, ReadsBackWhatItWrites) {
  const SessionDigest digest = digestOf(events(500));
  const auto again = SessionDigest::decoded(digest.encoded());
  ASSERT_TRUE(again);
  expectEqual(digest, *again);
}

TEST(SessionDigest, PartsMakeTheWhole) {
  const auto all = events(700);
  const SessionDigest whole = digestOf(all);
  SessionDigest joined;
  for (std::size_t begin = 0; begin < all.size(); begin += 333)
    joined.append(digestOf(std::span(all).subspan(begin, std::min<std::size_t>(333, all.size() - begin))));
  expectEqual(whole, joined);
}

TEST(SessionDigest, RefusesDamagedBytes) {
  const std::string bytes = digestOf(events(40)).encoded();
  for (std::size_t size = 0; size < bytes.size(); size += 17)
    EXPECT_FALSE(SessionDigest::decoded(std::string_view(bytes).substr(0, size))) << size;
  // Whatever a flipped byte makes of it, nothing may be read outside of its lists.
  for (std::size_t at = 0; at < bytes.size(); at += 13) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x5a);
    if (const auto read = SessionDigest::decoded(damaged)) {
      expectEqual(*read, *read);
    }
  }
}

class StoredDigest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("espalier-digest-" + std::to_string(::getpid()) + "-" +
             testing::UnitTest::GetInstance()->current_test_info()->name() + ".espalier");
    std::filesystem::remove(path_);
  }
  void TearDown() override {
    for (const char* suffix : {"", "-wal", "-shm", "-lock"}) std::filesystem::remove(path_.string() + suffix);
  }
  void write(std::span<const Event> all) {
    auto store = std::filesystem::exists(path_) ? SessionStore::open(path_, SessionStore::Access::Write)
                                                : SessionStore::create(path_);
    ASSERT_TRUE(store) << store.error().text();
    for (std::size_t begin = 0; begin < all.size(); begin += 777)
      ASSERT_TRUE((*store)->append(all.subspan(begin, std::min<std::size_t>(777, all.size() - begin))));
    ASSERT_TRUE((*store)->close());
  }
  SessionDigest read() {
    const auto store = SessionStore::open(path_, SessionStore::Access::Read);
    EXPECT_TRUE(store);
    auto digest = (*store)->readDigest();
    EXPECT_TRUE(digest) << digest.error().text();
    return *std::move(digest);
  }
  std::int64_t sql(const char* statement) {
    sqlite3* database = nullptr;
    sqlite3_stmt* prepared = nullptr;
    EXPECT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_prepare_v2(database, statement, -1, &prepared, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    const bool row = sqlite3_step(prepared) == SQLITE_ROW;
    const std::int64_t value = row ? sqlite3_column_int64(prepared, 0) : 0;
    sqlite3_finalize(prepared);
    sqlite3_close(database);
    return value;
  }

  std::filesystem::path path_;
};

TEST_F(StoredDigest, EqualsThatOfTheEvents) {
  const auto all = events(3000);
  write(all);
  EXPECT_GE(sql("SELECT count(*) FROM digests"), 3);
  EXPECT_EQ(sql("SELECT sum(count) FROM digests"), static_cast<std::int64_t>(all.size()));
  expectEqual(read(), digestOf(all));
}

TEST_F(StoredDigest, GoesOnWhereItEnded) {
  const auto all = events(3000);
  write(std::span(all).first(5000));
  write(std::span(all).subspan(5000, 100));
  write(std::span(all).subspan(5100));
  expectEqual(read(), digestOf(all));
}

TEST_F(StoredDigest, IsMadeForFilesWithoutOne) {
  const auto all = events(3000);
  write(std::span(all).first(9000));
  sql("DROP TABLE digests");
  expectEqual(read(), digestOf(std::span(all).first(9000)));
  write(std::span(all).subspan(9000));
  EXPECT_EQ(sql("SELECT sum(count) FROM digests"), static_cast<std::int64_t>(all.size()));
  expectEqual(read(), digestOf(all));
}

TEST_F(StoredDigest, IsNotTrustedWhenDamaged) {
  const auto all = events(3000);
  write(all);
  sql("UPDATE digests SET data = zeroblob(100) WHERE first > 4000 AND first < 9000");
  expectEqual(read(), digestOf(all));
  sql("DELETE FROM digests WHERE first = 1");
  expectEqual(read(), digestOf(all));
}

}  // namespace
}  // namespace espalier
