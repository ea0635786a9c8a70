// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "search/search_event.h"
#include "session/command.h"
#include "session/exchange.h"
#include "support/outcome.h"

namespace espalier {

/// A run began, or went on after a stop or a crash.
struct RunStarted {
  bool resumed = false;
  ProblemInfo problem;
  std::uint64_t seed = 0;
  std::string strategy;   ///< "mcts", "evolutionary", "random"
  std::string proposer;   ///< Proposer::name()
  int concurrency = 0;    ///< Proposer::concurrency(): the order of the search depends on it
  std::string preset;     ///< "espalier", "paper"
  std::string options;    ///< all options of the run, JSON
  std::string host;       ///< facts about the machine, JSON
  std::string software;   ///< program and version
};

/// A model was asked. The prompt is complete; it names no key. Sent twice: live when it happens (sequence 0), and stored
/// in its place once the proposal is taken up, so that the stored order does not depend on time.
struct PromptSent {
  std::uint64_t request = 0;
  NodeId node = kNoNode;
  std::string model;
  std::uint64_t promptHash = 0;
  std::string prompt;
};
/// A piece of a reply, while it arrives. Live only: never stored, sequence 0.
struct ReplyDelta {
  std::uint64_t request = 0;
  NodeId node = kNoNode;
  bool thinking = false;
  std::string text;
};
/// A model's call ended, well or badly. `exchange.prompt` is empty here: PromptSent has it.
struct ReplyFinished {
  std::uint64_t request = 0;
  NodeId node = kNoNode;
  Exchange exchange;
};
/// What a proposer answered, before anything was checked.
struct ProposalArrived {
  std::uint64_t request = 0;
  NodeId node = kNoNode;
  std::uint64_t stateHash = 0;     ///< of the node, so that a recording can be replayed in another tree
  std::string proposer;
  std::string reasoning;
  std::vector<std::string> items;
  bool random = false;             ///< no items on purpose
  bool fallback = false;           ///< the proposer fell back to another one
  std::string notice;
  std::int64_t askedMilliseconds = 0;     ///< when the proposer was asked and when it answered; since 1970 as in Event.
  std::int64_t answeredMilliseconds = 0;  ///< Events are recorded when a result is taken up, which may be later
  double preference = 0;                  ///< Proposal::preference
};
struct BuildFinished {
  int sample = 0;
  NodeId node = kNoNode;
  double seconds = 0;
  bool failed = false;
  std::int64_t buildBeganMilliseconds = 0;    ///< 0 here and below: nothing was built, the measurement was known
  std::int64_t measureBeganMilliseconds = 0;
  std::int64_t measureEndedMilliseconds = 0;
};
struct CommandReceived {
  Command command;
  bool accepted = true;
  std::string words;  ///< why not, or what it led to
};
struct RunPaused {
  std::vector<std::uint64_t> requestsInFlight;
  std::vector<int> samplesInFlight;
};
struct RunContinued {};
/// Something a person should know.
struct Notice {
  std::string severity;  ///< "info", "warning", "error"
  std::string text;
};
/// The best node timed once more in a fresh process.
struct BestConfirmed {
  NodeId node = kNoNode;
  Measurement measurement;
};
struct RunFinished {
  std::string reason;  ///< `samples`, `time`, `cost`, `stopped`, `space-exhausted`, …
  std::string words;
};

namespace detail {
template <class Variant, class... More>
struct Extend;
template <class... Known, class... More>
struct Extend<std::variant<Known...>, More...> {
  using Type = std::variant<Known..., More...>;
};
}  // namespace detail

using EventBody = detail::Extend<SearchEvent, RunStarted, PromptSent, ReplyDelta, ReplyFinished, ProposalArrived, BuildFinished,
                                 CommandReceived, RunPaused, RunContinued, Notice, BestConfirmed, RunFinished>::Type;

/// Something that happened. Everything a window, a chart or a resumed run knows is a fold over these.
struct Event {
  std::uint64_t sequence = 0;      ///< from 1, without gaps in a session; 0 = live only
  std::int64_t milliseconds = 0;   ///< since 1970-01-01 UTC
  EventBody body;
};

/// Increased when stored events of older versions need a translation to be read.
inline constexpr int kEventVersion = 1;

/// Short and stable: "node-added", "sample-measured", …
[[nodiscard]] std::string_view kindOf(const EventBody& body);
/// The node an event is about, or kNoNode.
[[nodiscard]] NodeId nodeOf(const EventBody& body);
[[nodiscard]] EventBody toEventBody(SearchEvent event);
/// Nothing if the event is not one of the search.
[[nodiscard]] std::optional<SearchEvent> toSearchEvent(const EventBody& body);

/// {"sequence": 12, "milliseconds": 1700000000000, "kind": "node-added", …}; eventFromJson(toJson(event)) gives the event
/// back. Unknown fields are ignored, missing ones keep their default; an unknown kind is an error.
[[nodiscard]] nlohmann::json toJson(const Event& event);
[[nodiscard]] Result<Event> eventFromJson(const nlohmann::json& json);

}  // namespace espalier
