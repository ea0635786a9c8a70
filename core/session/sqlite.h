// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
//
// The little of SQLite that the store needs, with statements that end themselves. Included by .cpp files
// only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace espalier::detail {

/// What SQLite answered other than success; the store turns it into an Error.
struct SqliteFailure {
  int code = 0;  ///< extended result code
  std::string words;
};

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    if (const int code = sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr); code != SQLITE_OK)
      fail(code);
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  Statement& bind(int index, std::int64_t value) {
    return check(sqlite3_bind_int64(statement_, index, value));
  }
  Statement& bind(int index, std::string_view text) {
    return check(
        sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  Statement& bindBlob(int index, std::string_view data) {
    return check(sqlite3_bind_blob64(statement_, index, data.data(), data.size(), SQLITE_TRANSIENT));
  }
  Statement& bindNull(int index) { return check(sqlite3_bind_null(statement_, index)); }

  /// True if there is a row.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail(code);
    return false;
  }
  /// For a statement without rows; it can be bound and run again.
  void run() {
    step();
    reset();
  }
  void reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  [[nodiscard]] std::string_view bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    return {static_cast<const char*>(data),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  Statement& check(int code) {
    if (code != SQLITE_OK) fail(code);
    return *this;
  }
  [[noreturn]] void fail(int) const {
    throw SqliteFailure{sqlite3_extended_errcode(database_), sqlite3_errmsg(database_)};
  }

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

inline void execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw SqliteFailure{sqlite3_extended_errcode(database), sqlite3_errmsg(database)};
}

}  // namespace espalier::detail
