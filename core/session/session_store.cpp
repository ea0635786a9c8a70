// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/session_store.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "session/session_texts.h"
#include "session/sqlite.h"
#include "session/writer_lock.h"
#include "support/hash.h"

namespace espalier {

using detail::execute;
using detail::SqliteFailure;
using detail::Statement;

namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts(number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, size INTEGER NOT NULL, compressed INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE events(sequence INTEGER PRIMARY KEY, milliseconds INTEGER NOT NULL, kind TEXT NOT NULL, node INTEGER, sample INTEGER, body TEXT NOT NULL);
CREATE INDEX events_of_node ON events(node) WHERE node IS NOT NULL;
CREATE VIEW nodes AS SELECT node, json_extract(body, '$.parent') AS parent, json_extract(body, '$.source') AS source,
  json_extract(body, '$.state.hash') AS state_hash, json_extract(body, '$.prediction.seconds') AS predicted_seconds,
  json_extract(body, '$.fallback') AS fallback, milliseconds, sequence FROM events WHERE kind = 'node-added';
CREATE VIEW samples AS SELECT sample, node, json_extract(body, '$.measurement.valid') AS valid,
  json_extract(body, '$.measurement.seconds') AS seconds, json_extract(body, '$.predictedSeconds') AS predicted_seconds,
  json_extract(body, '$.measurement.failure') AS failure, json_extract(body, '$.measurement.verified') AS verified,
  milliseconds, sequence FROM events WHERE kind = 'sample-measured';
)sql";

constexpr const char* kDigestTable =
    "CREATE TABLE IF NOT EXISTS digests(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, size INTEGER NOT "
    "NULL, "
    "data BLOB NOT NULL)";
constexpr std::size_t kDigestEvents = 4096;      ///< in a row of `digests`
constexpr std::size_t kLeastDigestEvents = 256;  ///< fewer are left to the events when a session is closed
constexpr std::size_t kEventsAtOnce = 4096;      ///< read for a digest

std::optional<int> sampleOf(const EventBody& body) {
  return std::visit(
      [](const auto& alternative) -> std::optional<int> {
        if constexpr (requires { alternative.sample; })
          return alternative.sample;
        else
          return std::nullopt;
      },
      body);
}

std::uint64_t textHash(std::string_view text) { return Hasher().add(text).value(); }

}  // namespace

struct SessionStore::Database {
  std::filesystem::path path;
  Access access = Access::Read;
  std::unique_ptr<WriterLock> lock;
  sqlite3* handle = nullptr;
  // One connection; the follower's thread and the owner's may both ask.
  mutable std::mutex mutex;
  std::map<std::pair<std::uint64_t, std::size_t>, std::int64_t> textNumbers;  ///< by hash and size
  std::int64_t nextText = 1;
  std::uint64_t lastSequence = 0;
  std::optional<SessionDigest>
      undigested;  ///< events after the last row of `digests`; none if that failed once
  mutable std::map<std::int64_t, std::string> shortTexts;  ///< steps of traces, read again and again

  ~Database() {
    if (handle) sqlite3_close_v2(handle);
  }

  [[nodiscard]] tl::unexpected<Error> errorFrom(const SqliteFailure& failure) const {
    const std::string name = path.string();
    switch (failure.code & 0xff) {
      case SQLITE_NOTADB:
        return inputError(name + " is not an Espalier session.",
                          "Give a file that `espalier-cli tune --session` wrote.");
      case SQLITE_CORRUPT:
        return inputError(name + " is damaged: " + failure.words + ".",
                          "Restore it from a copy, or start a new session.");
      case SQLITE_FULL:
        return environmentError("The disk with " + name + " is full.",
                                "Free some room and run `espalier-cli resume`; what was stored is safe.");
      case SQLITE_READONLY:
      case SQLITE_PERM:
      case SQLITE_AUTH:
        return environmentError(name + " may not be written.",
                                "Choose a file or directory that you may write to.");
      case SQLITE_CANTOPEN:
        return environmentError(name + " cannot be opened: " + failure.words + ".",
                                "Check that the directory exists and that you may use it.");
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return inputError(name + " is in use by another program.", "Close it there and try again.");
      case SQLITE_IOERR:
        return environmentError("Reading or writing " + name + " failed: " + failure.words + ".",
                                "Check the disk for errors and for room.");
      default: return inputError(name + " cannot be used as a session: " + failure.words + ".");
    }
  }

  void openHandle(int flags) {
    if (sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_FULLMUTEX, nullptr) != SQLITE_OK)
      throw SqliteFailure{sqlite3_extended_errcode(handle), sqlite3_errmsg(handle)};
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 2000);
  }

  [[nodiscard]] std::int64_t integerOf(const char* sql) const {
    Statement statement(handle, sql);
    return statement.step() ? statement.integer(0) : 0;
  }

  void loadCounters() {
    lastSequence = static_cast<std::uint64_t>(integerOf("SELECT max(sequence) FROM events"));
    Statement texts(handle, "SELECT number, hash, size FROM texts");
    while (texts.step()) {
      textNumbers[{static_cast<std::uint64_t>(texts.integer(1)),
                   static_cast<std::size_t>(texts.integer(2))}] = texts.integer(0);
      nextText = std::max(nextText, texts.integer(0) + 1);
    }
  }

  [[nodiscard]] std::string textOf(std::int64_t number) const {
    if (const auto known = shortTexts.find(number); known != shortTexts.end()) return known->second;
    Statement statement(handle, "SELECT size, compressed, data FROM texts WHERE number = ?");
    statement.bind(1, number);
    if (!statement.step()) throw std::runtime_error("text " + std::to_string(number) + " is missing");
    const auto size = static_cast<std::size_t>(statement.integer(0));
    std::string text = statement.integer(1) != 0 ? detail::decompressText(statement.bytes(2), size)
                                                 : std::string(statement.bytes(2));
    if (text.size() < 256) shortTexts.emplace(number, text);
    return text;
  }

  [[nodiscard]] Result<std::vector<Event>> readFrom(std::uint64_t first, std::size_t limit) const {
    Statement statement(handle,
                        "SELECT sequence, milliseconds, kind, body FROM events WHERE sequence >= ? ORDER BY "
                        "sequence LIMIT ?");
    statement.bind(1, static_cast<std::int64_t>(first))
        .bind(2, static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX)));
    return readRows(statement);
  }

  [[nodiscard]] bool hasDigests() const {
    return integerOf("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'digests'") != 0;
  }

  /// Adds the stored rows that follow each other from the first event on; an unreadable one ends it.
  void readStoredDigests(SessionDigest& digest, const std::atomic<bool>* cancelled) const {
    if (!hasDigests()) return;
    Statement rows(handle, "SELECT first, count, size, data FROM digests ORDER BY first");
    while (rows.step() && !(cancelled != nullptr && cancelled->load())) {
      if (static_cast<std::uint64_t>(rows.integer(0)) != digest.last() + 1) return;
      std::optional<SessionDigest> part;
      try {
        part = SessionDigest::decoded(
            detail::decompressText(rows.bytes(3), static_cast<std::size_t>(rows.integer(2))));
      } catch (const std::runtime_error&) {
        return;
      }
      if (!part || part->first() != digest.last() + 1 ||
          part->size() != static_cast<std::size_t>(rows.integer(1)))
        return;
      digest.append(*part);
    }
  }

  /// Inside a transaction.
  void storeDigest() {
    const std::string bytes = undigested->encoded();
    Statement(handle, "INSERT INTO digests VALUES(?, ?, ?, ?)")
        .bind(1, static_cast<std::int64_t>(undigested->first()))
        .bind(2, static_cast<std::int64_t>(undigested->size()))
        .bind(3, static_cast<std::int64_t>(bytes.size()))
        .bindBlob(4, detail::packText(bytes))
        .run();
    undigested.emplace();
  }

  /// Goes on where the stored digests end, so that what is appended continues them.
  void continueDigests() {
    execute(handle, kDigestTable);
    const auto covered = static_cast<std::uint64_t>(integerOf("SELECT max(first + count - 1) FROM digests"));
    undigested.emplace();
    for (std::uint64_t next = covered + 1; next <= lastSequence;) {
      const auto events = readFrom(next, kEventsAtOnce);
      if (!events || events->empty()) return undigested.reset();
      for (const Event& event : *events) undigested->append(event);
      next = events->back().sequence + 1;
      if (undigested->size() >= kDigestEvents) storeDigest();
    }
  }

  [[nodiscard]] Result<std::vector<Event>> readRows(Statement& statement) const {
    std::vector<Event> events;
    while (statement.step()) {
      const auto damaged = [&](const std::string& why) {
        return inputError("Event " + std::to_string(statement.integer(0)) + " of " + path.string() +
                              " cannot be read: " + why + ".",
                          "The file is damaged; restore it from a copy, or start a new session.");
      };
      try {
        auto json = nlohmann::json::parse(statement.bytes(3));
        detail::restoreTexts(json, [this](std::int64_t number) { return textOf(number); });
        json["sequence"] = statement.integer(0);
        json["milliseconds"] = statement.integer(1);
        json["kind"] = statement.bytes(2);
        auto event = eventFromJson(json);
        if (!event) return damaged(event.error().message);
        events.push_back(*std::move(event));
      } catch (const nlohmann::json::exception& exception) {
        return damaged(exception.what());
      } catch (const std::runtime_error& exception) {
        return damaged(exception.what());
      }
    }
    return events;
  }
};

SessionStore::SessionStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

SessionStore::~SessionStore() { (void)close(); }

const std::filesystem::path& SessionStore::path() const { return database_->path; }

Result<std::unique_ptr<SessionStore>> SessionStore::create(const std::filesystem::path& path) {
  auto database = std::make_unique<Database>();
  database->path = path;
  database->access = Access::Write;
  std::error_code code;
  const auto directory = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(directory, code))
    return inputError("The directory " + directory.string() + " of the session does not exist.",
                      "Create it first.");
  auto lock = WriterLock::take(path);
  if (!lock) return tl::unexpected(lock.error());
  database->lock = *std::move(lock);
  // Exclusive creation decides who owns the name; SQLite itself would open what is there.
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    if (errno == EEXIST)
      return inputError("The session " + path.string() + " exists already.",
                        "Go on with it by `espalier-cli resume`, or choose another name.");
    return environmentError(
        "The session " + path.string() + " cannot be created: " + std::strerror(errno) + ".",
        "Choose a directory that you may write to.");
  }
  ::close(descriptor);
  try {
    database->openHandle(SQLITE_OPEN_READWRITE);
    execute(database->handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE;");
    execute(database->handle, ("PRAGMA application_id=" + std::to_string(kSessionApplicationId) +
                               "; PRAGMA user_version=" + std::to_string(kSessionVersion) + ";")
                                  .c_str());
    execute(database->handle, kSchema);
    execute(database->handle, kDigestTable);
    Statement(database->handle, "INSERT INTO meta VALUES('format', ?)")
        .bind(1, std::to_string(kEventVersion))
        .run();
    execute(database->handle, "COMMIT");
    database->undigested.emplace();
  } catch (const SqliteFailure& failure) {
    auto error = database->errorFrom(failure);
    sqlite3_close_v2(std::exchange(database->handle, nullptr));
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      std::filesystem::remove(path.string() + suffix, code);
    return error;
  }
  return std::unique_ptr<SessionStore>(new SessionStore(std::move(database)));
}

Result<std::unique_ptr<SessionStore>> SessionStore::open(const std::filesystem::path& path, Access access) {
  std::error_code code;
  if (!std::filesystem::exists(path, code))
    return inputError("The session " + path.string() + " does not exist.", "Check the name.");
  if (!std::filesystem::is_regular_file(path, code))
    return inputError(path.string() + " is not a file.", "Give a session file, suffix .espalier.");
  if (std::filesystem::file_size(path, code) == 0)
    return inputError(path.string() + " is empty and no Espalier session.",
                      "Remove it and start a new session.");
  auto database = std::make_unique<Database>();
  database->path = path;
  database->access = access;
  if (access == Access::Write) {
    auto lock = WriterLock::take(path);
    if (!lock) return tl::unexpected(lock.error());
    database->lock = *std::move(lock);
  }
  try {
    database->openHandle(access == Access::Write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    if (database->integerOf("PRAGMA application_id") != kSessionApplicationId)
      return inputError(path.string() + " is a database of another program, not an Espalier session.",
                        "Give a file that `espalier-cli tune --session` wrote.");
    const auto version = database->integerOf("PRAGMA user_version");
    if (version > kSessionVersion || version < 1)
      return inputError(path.string() + " was written by a newer version of Espalier (session version " +
                            std::to_string(version) + ", this program reads up to " +
                            std::to_string(kSessionVersion) + ").",
                        "Update Espalier.");
    if (access == Access::Write) {
      execute(database->handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
      database->loadCounters();
      database->continueDigests();
    }
    // A damaged file may open well and lack its tables.
    (void)database->integerOf("SELECT count(*) FROM (SELECT 1 FROM events, texts LIMIT 1)");
  } catch (const SqliteFailure& failure) {
    return database->errorFrom(failure);
  }
  return std::unique_ptr<SessionStore>(new SessionStore(std::move(database)));
}

Result<void> SessionStore::append(std::span<const Event> events) {
  if (events.empty()) return {};
  Database& database = *database_;
  const std::lock_guard guard(database.mutex);
  for (std::size_t i = 0; i < events.size(); ++i)
    if (events[i].sequence != database.lastSequence + 1 + i)
      throw std::logic_error("Events must be appended without gaps.");
  const auto textsBefore = database.nextText;
  std::vector<std::pair<std::uint64_t, std::size_t>> newTexts;
  try {
    execute(database.handle, "BEGIN IMMEDIATE");
    Statement insertText(database.handle, "INSERT INTO texts VALUES(?, ?, ?, ?, ?)");
    Statement insertEvent(database.handle, "INSERT INTO events VALUES(?, ?, ?, ?, ?, ?)");
    const auto numberOf = [&](const std::string& text) {
      const auto key = std::pair(textHash(text), text.size());
      const auto [entry, isNew] = database.textNumbers.try_emplace(key, database.nextText);
      if (!isNew) return entry->second;
      newTexts.push_back(key);
      bool compressed = false;
      const std::string data = detail::compressText(text, compressed);
      insertText.bind(1, database.nextText).bind(2, static_cast<std::int64_t>(key.first));
      insertText.bind(3, static_cast<std::int64_t>(text.size()))
          .bind(4, compressed ? 1 : 0)
          .bindBlob(5, data)
          .run();
      return database.nextText++;
    };
    for (const auto& event : events) {
      auto json = toJson(event);
      json.erase("sequence");
      json.erase("milliseconds");
      json.erase("kind");
      detail::replaceTexts(json, numberOf);
      insertEvent.bind(1, static_cast<std::int64_t>(event.sequence))
          .bind(2, event.milliseconds)
          .bind(3, kindOf(event.body));
      if (const NodeId node = nodeOf(event.body); node != kNoNode)
        insertEvent.bind(4, std::int64_t{node});
      else
        insertEvent.bindNull(4);
      if (const auto sample = sampleOf(event.body))
        insertEvent.bind(5, std::int64_t{*sample});
      else
        insertEvent.bindNull(5);
      insertEvent.bind(6, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)).run();
    }
    if (database.undigested) {
      for (const Event& event : events) database.undigested->append(event);
      if (database.undigested->size() >= kDigestEvents) database.storeDigest();
    }
    execute(database.handle, "COMMIT");
    database.lastSequence = events.back().sequence;
    return {};
  } catch (const SqliteFailure& failure) {
    database.undigested.reset();
    sqlite3_exec(database.handle, "ROLLBACK", nullptr, nullptr, nullptr);
    for (const auto& key : newTexts) database.textNumbers.erase(key);
    database.nextText = textsBefore;
    return database.errorFrom(failure);
  }
}

Result<std::vector<Event>> SessionStore::read(std::uint64_t first, std::size_t limit) const {
  const std::lock_guard guard(database_->mutex);
  try {
    return database_->readFrom(first, limit);
  } catch (const SqliteFailure& failure) {
    return database_->errorFrom(failure);
  }
}

Result<SessionDigest> SessionStore::readDigest(const std::atomic<bool>* cancelled) const {
  const std::lock_guard guard(database_->mutex);
  SessionDigest digest;
  try {
    database_->readStoredDigests(digest, cancelled);
    while (true) {
      if (cancelled != nullptr && cancelled->load()) return inputError("Opening was cancelled.");
      const auto events = database_->readFrom(digest.last() + 1, kEventsAtOnce);
      if (!events) return tl::unexpected(events.error());
      if (events->empty()) return digest;
      for (const Event& event : *events) digest.append(event);
    }
  } catch (const SqliteFailure& failure) {
    return database_->errorFrom(failure);
  }
}

Result<std::vector<Event>> SessionStore::readNode(NodeId node) const {
  const std::lock_guard guard(database_->mutex);
  try {
    Statement statement(
        database_->handle,
        "SELECT sequence, milliseconds, kind, body FROM events WHERE node = ? ORDER BY sequence");
    statement.bind(1, std::int64_t{node});
    return database_->readRows(statement);
  } catch (const SqliteFailure& failure) {
    return database_->errorFrom(failure);
  }
}

Result<std::vector<Event>> SessionStore::readRequest(NodeId node, std::uint64_t request) const {
  const std::lock_guard guard(database_->mutex);
  try {
    Statement statement(
        database_->handle,
        "SELECT sequence, milliseconds, kind, body FROM events WHERE node = ? AND kind IN ('node-selected', "
        "'prompt-sent', 'reply-finished', 'proposal-arrived') AND json_extract(body, '$.request') = ? ORDER "
        "BY sequence");
    statement.bind(1, std::int64_t{node}).bind(2, static_cast<std::int64_t>(request));
    return database_->readRows(statement);
  } catch (const SqliteFailure& failure) {
    return database_->errorFrom(failure);
  }
}

Result<std::uint64_t> SessionStore::lastSequence() const {
  const std::lock_guard guard(database_->mutex);
  try {
    return static_cast<std::uint64_t>(database_->integerOf("SELECT max(sequence) FROM events"));
  } catch (const SqliteFailure& failure) {
    return database_->errorFrom(failure);
  }
}

Result<void> SessionStore::close() {
  Database& database = *database_;
  const std::lock_guard guard(database.mutex);
  if (!database.handle) return {};
  Result<void> closed;
  if (database.access == Access::Write) {
    // Others may be reading along; then the journal stays until the last of them has gone.
    sqlite3_busy_timeout(database.handle, 0);
    try {
      if (database.undigested && database.undigested->size() >= kLeastDigestEvents) database.storeDigest();
      execute(database.handle, "PRAGMA wal_checkpoint(TRUNCATE)");
      sqlite3_exec(database.handle, "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr);
    } catch (const SqliteFailure& failure) {
      if ((failure.code & 0xff) != SQLITE_BUSY) closed = database.errorFrom(failure);
    }
  }
  sqlite3_close_v2(std::exchange(database.handle, nullptr));
  database.lock.reset();
  return closed;
}

Result<std::vector<Event>> readSession(const std::filesystem::path& path) {
  auto store = SessionStore::open(path, SessionStore::Access::Read);
  if (!store) return tl::unexpected(store.error());
  return (*store)->read();
}

}  // namespace espalier
