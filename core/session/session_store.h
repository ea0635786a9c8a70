// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "session/event.h"
#include "session/session_digest.h"
#include "support/outcome.h"

namespace espalier {

/// A session file: one SQLite database, events appended and never changed.
///
/// Tables: `events(sequence, milliseconds, kind, node, sample, body)`, the body as JSON in which long texts and steps of traces are
/// references into `texts` (each text once, compressed). `digests(first, count, size, data)`: the same events in short, thousands a
/// row (SessionDigest, compressed), so that a tree of a million nodes opens at once; made from the events, which alone are the truth:
/// rows may lack, and older programs neither write nor miss them. Views `nodes` and `samples` are for people with a SQL shell. While a
/// writer has the file open it stands in WAL mode and others may read along; on close it is one plain file again. A killed writer
/// leaves a readable file that lacks at most what was not appended yet.
class SessionStore {
 public:
  enum class Access { Read, Write };

  /// Makes a new file; refuses one that exists.
  [[nodiscard]] static Result<std::unique_ptr<SessionStore>> create(const std::filesystem::path& path);
  /// Opens an existing one. Refuses what is no session, damaged, of a newer version, or (for writing) open in another writer.
  [[nodiscard]] static Result<std::unique_ptr<SessionStore>> open(const std::filesystem::path& path, Access access);

  SessionStore(const SessionStore&) = delete;
  SessionStore& operator=(const SessionStore&) = delete;
  /// Closes, if close() was not called; what then fails is lost silently, but nothing that append() confirmed.
  ~SessionStore();

  /// Appends all of them or, on an error, none. Sequence numbers must go on from lastSequence() without a gap.
  [[nodiscard]] Result<void> append(std::span<const Event> events);
  /// Events from a sequence number on, in order, at most `limit`. On a live session: those that are there by now.
  [[nodiscard]] Result<std::vector<Event>> read(std::uint64_t first = 1, std::size_t limit = SIZE_MAX) const;
  /// All events in short: from the stored digests, and from the events themselves where those end. Fails with the words
  /// "cancelled" if `cancelled` becomes true on the way.
  [[nodiscard]] Result<SessionDigest> readDigest(const std::atomic<bool>* cancelled = nullptr) const;
  /// Those about one node.
  [[nodiscard]] Result<std::vector<Event>> readNode(NodeId node) const;
  /// The selection, prompts, replies and proposal of one expansion of a node.
  [[nodiscard]] Result<std::vector<Event>> readRequest(NodeId node, std::uint64_t request) const;
  [[nodiscard]] Result<std::uint64_t> lastSequence() const;
  /// Makes it a single plain file and lets go of it; nothing but path() may be asked afterwards.
  [[nodiscard]] Result<void> close();

  [[nodiscard]] const std::filesystem::path& path() const;

 private:
  struct Database;
  explicit SessionStore(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

/// All events of a session file.
[[nodiscard]] Result<std::vector<Event>> readSession(const std::filesystem::path& path);

inline constexpr int kSessionVersion = 1;                      ///< `user_version` of the database
inline constexpr std::int32_t kSessionApplicationId = 0x45535041;  ///< "ESPA"

}  // namespace espalier
