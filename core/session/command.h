// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "search/node_id.h"
#include "support/outcome.h"

namespace espalier {

/// What a person can ask of a run, as values. A command is carried out between two stages of the search; the event
/// CommandReceived tells what became of it.
struct PauseCommand {};                               ///< what is in flight still arrives
struct ResumeCommand {};
struct StopCommand {};                                ///< ends the run; it can be resumed from its session
struct StepCommand { bool stage = false; };           ///< one iteration, or one stage of it, then pause
struct ExpandCommand { NodeId node = kNoNode; };      ///< the next expansion is of this node
struct MeasureCommand { NodeId node = kNoNode; };     ///< the next sample is this node, verified
struct PinCommand { NodeId node = kNoNode; };         ///< marked by the person, to be kept in view
struct UnpinCommand { NodeId node = kNoNode; };
struct PruneCommand { NodeId node = kNoNode; };       ///< nothing at or below it is selected or measured
struct UnpruneCommand { NodeId node = kNoNode; };
struct FocusCommand { NodeId node = kNoNode; };       ///< selection starts here; kRootNode = everywhere again
struct HintCommand { NodeId node = kNoNode; std::string text; };  ///< for proposals at or below it; empty text removes it
/// Applies items to a node at once, as a proposal of the user.
struct AddTransformationsCommand { NodeId node = kNoNode; std::vector<std::string> items; std::string reasoning; };
/// Asks the proposer again for a node, with an edited prompt if `prompt` is not empty.
struct AskAgainCommand { NodeId node = kNoNode; std::string prompt; };
/// Takes the place of the proposer's answer to a request that is in flight.
struct AnswerCommand { std::uint64_t request = 0; std::vector<std::string> items; std::string reasoning; };
/// `threads`, `exploration`, `branching`, `samples`, `max-cost`, `max-tokens`, `time-limit`, `history-depth`; the value as text.
struct SetParameterCommand { std::string name; std::string value; };

using Command = std::variant<PauseCommand, ResumeCommand, StopCommand, StepCommand, ExpandCommand, MeasureCommand, PinCommand,
                             UnpinCommand, PruneCommand, UnpruneCommand, FocusCommand, HintCommand,
                             AddTransformationsCommand, AskAgainCommand, AnswerCommand, SetParameterCommand>;

/// Short and stable: "pause", "add-transformations", …
[[nodiscard]] std::string_view kindOf(const Command& command);
/// {"kind": "prune", "node": 7}; commandFromJson(toJson(command)) gives the command back.
[[nodiscard]] nlohmann::json toJson(const Command& command);
[[nodiscard]] Result<Command> commandFromJson(const nlohmann::json& json);

}  // namespace espalier
