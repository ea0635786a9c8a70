// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/event.h"
#include "support/chunked_vector.h"

namespace espalier {

enum class DigestKind : std::uint8_t {
  Other,  ///< nothing but its time and node is kept
  NodeSelected,
  NodeAdded,
  ProposalArrived,
  ProposalRejected,
  ReplyFinished,
  Backpropagated,
  CandidateChosen,
  BuildFinished,
  SampleMeasured,
  ValuesRefreshed,
  NodeMarked,
  Whole,  ///< kept as it is: runs, pauses, commands, notices, the baseline, the confirmation
};
inline constexpr int kDigestKinds = 13;

enum DigestFlag : std::uint8_t {
  kDigestFallback = 1,   ///< NodeAdded, ProposalRejected, ProposalArrived
  kDigestDuplicate = 2,  ///< ProposalRejected
  kDigestRequested = 4,  ///< NodeAdded: a proposal stands behind it
  kDigestValid = 8,      ///< SampleMeasured; BuildFinished
  kDigestVerified = 16,  ///< SampleMeasured
  kDigestEvaluated = 32, ///< Backpropagated: an evaluation of the node, not a rejection
  kDigestByUser = 64,    ///< NodeAdded
};

/// When the stages of a piece of work began and ended, milliseconds since 1970; 0 = not known.
struct DigestSpan {
  std::int64_t began = 0;
  std::int64_t middle = 0;  ///< of BuildFinished: the build was ready and measuring began
  std::int64_t ended = 0;
};

/// An event in 32 bytes.
struct DigestEntry {
  std::int64_t milliseconds = 0;
  std::uint64_t bits = 0;       ///< by kind; see the accessors
  NodeId node = kNoNode;
  std::uint32_t other = 0;      ///< by kind; see the accessors
  float seconds = 0;            ///< NodeAdded, SampleMeasured: predicted, 0 = not; BuildFinished: of the build, 0 = not known
  std::uint16_t source = 0;     ///< NodeAdded: of SessionDigest::text
  DigestKind kind = DigestKind::Other;
  std::uint8_t flags = 0;

  [[nodiscard]] bool has(DigestFlag flag) const { return (flags & flag) != 0; }
  // NodeAdded, SampleMeasured
  [[nodiscard]] float predictedSeconds() const { return seconds; }
  // BuildFinished
  [[nodiscard]] float buildSeconds() const { return seconds; }
  // NodeAdded
  [[nodiscard]] NodeId parent() const { return other; }
  [[nodiscard]] float rolloutSeconds() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits)); }
  [[nodiscard]] std::uint16_t label() const { return static_cast<std::uint16_t>(bits >> 32); }
  [[nodiscard]] std::uint16_t steps() const { return static_cast<std::uint16_t>(bits >> 48); }
  // SampleMeasured: its seconds. Backpropagated: added to W
  [[nodiscard]] double value() const { return std::bit_cast<double>(bits); }
  // CandidateChosen, SampleMeasured
  [[nodiscard]] int sample() const { return static_cast<int>(other); }
  // ReplyFinished, ValuesRefreshed, Whole: place in their lists
  [[nodiscard]] std::uint32_t place() const { return other; }
  // NodeMarked
  [[nodiscard]] NodeMark mark() const { return static_cast<NodeMark>(other); }
  /// Of ProposalArrived, from question to answer; of BuildFinished, from the build to the end of measuring.
  [[nodiscard]] DigestSpan span() const;
};
static_assert(sizeof(DigestEntry) == 32);

/// A session without its texts: of every event what the tree, the curves, the totals and the lists need. A million
/// nodes take a few hundred megabytes and a fraction of a second to read; prompts, replies, reasonings, traces and
/// repeats stay in the session file.
class SessionDigest {
 public:
  struct Call {
    TokenUsage usage;
    double costUsd = 0;
  };
  struct Prediction {
    NodeId node = kNoNode;
    float seconds = 0;
  };
  struct Refresh {
    double measuredReference = 0;
    double predictedReference = 0;
    std::uint32_t begin = 0;  ///< of its predictions
    std::uint32_t count = 0;
    bool valuesKept = false;
  };

  SessionDigest();

  /// Stored events in order, without gaps; live ones (sequence 0) must not be given.
  void append(const Event& event);
  /// The events after those held.
  void append(const SessionDigest& later);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Sequence number of entry 0; 0 if there is none.
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::uint64_t last() const { return first_ + size() - (size() == 0 ? 0 : 1); }
  [[nodiscard]] const DigestEntry& entry(std::size_t index) const { return entries_[index]; }

  /// `p0`, `TileSize`, `Vectorize +3`: what a proposal did, in short. Steps: the names of all steps that led to a node,
  /// each once, in order of the alphabet, with a space around each. Sources: as in NodeAdded.
  [[nodiscard]] const std::string& text(std::uint16_t number) const { return *texts_[number]; }
  [[nodiscard]] const std::shared_ptr<const std::string>& sharedText(std::uint16_t number) const { return texts_[number]; }
  [[nodiscard]] std::size_t texts() const { return texts_.size(); }
  [[nodiscard]] const Call& call(std::uint32_t place) const { return calls_[place]; }
  [[nodiscard]] const Refresh& refresh(std::uint32_t place) const { return refreshes_[place]; }
  [[nodiscard]] const Prediction& prediction(std::uint32_t index) const { return predictions_[index]; }
  [[nodiscard]] const Event& whole(std::uint32_t place) const { return *whole_[place]; }

  /// The same as it stands, for another thread, at next to no cost. The original may grow meanwhile, the other may not.
  [[nodiscard]] SessionDigest shared() const;
  [[nodiscard]] std::size_t memoryBytes() const;

  /// Bytes that decoded() reads back; nothing if they are damaged or of another version.
  [[nodiscard]] std::string encoded() const;
  [[nodiscard]] static std::optional<SessionDigest> decoded(std::string_view bytes);

 private:
  std::uint16_t intern(std::string_view text);
  std::uint16_t internSteps(const std::vector<std::string>& trace);

  std::uint64_t first_ = 0;
  ChunkedVector<DigestEntry> entries_;
  ChunkedVector<Call, 256> calls_;
  ChunkedVector<Refresh, 64> refreshes_;
  ChunkedVector<Prediction, 4096> predictions_;
  std::vector<std::shared_ptr<const Event>> whole_;
  std::vector<std::shared_ptr<const std::string>> texts_;
  std::map<std::string, std::uint16_t, std::less<>> numbers_;  ///< of the texts
};

}  // namespace espalier
