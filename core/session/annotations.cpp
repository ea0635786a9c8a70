// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/annotations.h"

#include <utility>

#include "session/session_store.h"
#include "session/sqlite.h"

namespace espalier {
namespace {

using detail::execute;
using detail::SqliteFailure;
using detail::Statement;

constexpr int kWaitMilliseconds = 2000;
constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS annotations(node INTEGER PRIMARY KEY, bookmarked INTEGER NOT NULL, note TEXT "
    "NOT NULL)";

/// A connection for one question. The session was checked by opening it as a store before.
class Connection {
 public:
  Connection(const std::filesystem::path& path, int flags) {
    if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
      SqliteFailure failure{sqlite3_extended_errcode(handle_), sqlite3_errmsg(handle_)};
      sqlite3_close_v2(handle_);
      throw failure;
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kWaitMilliseconds);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { sqlite3_close_v2(handle_); }
  [[nodiscard]] sqlite3* get() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

tl::unexpected<Error> errorFrom(const std::filesystem::path& path, const SqliteFailure& failure) {
  switch (failure.code & 0xff) {
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return environmentError("The notes of " + path.string() + " cannot be written.",
                              "Copy the session to a folder that you may write to.");
    case SQLITE_BUSY:
      return environmentError("The notes of " + path.string() + " cannot be written while it is in use.",
                              "Try again.");
    default: return environmentError("The notes of " + path.string() + " failed: " + failure.words + ".", {});
  }
}

}  // namespace

Result<Annotations> readAnnotations(const std::filesystem::path& session) {
  if (auto store = SessionStore::open(session, SessionStore::Access::Read); !store)
    return tl::unexpected(store.error());
  try {
    const Connection connection(session, SQLITE_OPEN_READONLY);
    Annotations annotations;
    Statement exists(connection.get(),
                     "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'annotations'");
    if (!exists.step()) return annotations;
    Statement rows(connection.get(), "SELECT node, bookmarked, note FROM annotations");
    while (rows.step())
      annotations[static_cast<NodeId>(rows.integer(0))] = {rows.integer(1) != 0, std::string(rows.bytes(2))};
    return annotations;
  } catch (const SqliteFailure& failure) {
    return errorFrom(session, failure);
  }
}

Result<void> writeAnnotation(const std::filesystem::path& session, NodeId node,
                             const Annotation& annotation) {
  if (auto store = SessionStore::open(session, SessionStore::Access::Read); !store)
    return tl::unexpected(store.error());
  try {
    const Connection connection(session, SQLITE_OPEN_READWRITE);
    execute(connection.get(), "BEGIN IMMEDIATE");
    execute(connection.get(), kTable);
    if (annotation.empty()) {
      Statement(connection.get(), "DELETE FROM annotations WHERE node = ?").bind(1, node).run();
    } else {
      Statement(connection.get(), "INSERT OR REPLACE INTO annotations VALUES(?, ?, ?)")
          .bind(1, node)
          .bind(2, annotation.bookmarked ? 1 : 0)
          .bind(3, annotation.note)
          .run();
    }
    execute(connection.get(), "COMMIT");
    return {};
  } catch (const SqliteFailure& failure) {
    return errorFrom(session, failure);
  }
}

}  // namespace espalier
