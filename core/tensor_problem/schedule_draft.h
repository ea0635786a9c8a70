// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "search/problem.h"
#include "support/random.h"
#include "surrogate/machine_model.h"
#include "tensor_problem/contraction_choice.h"
#include "tensor_problem/kernel_shape.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier {

/// Whether the operand that is broadcast to the lanes is copied before the nest, so that the rows of a tile
/// do not compete for the same cache lines.
enum class RowCopy : std::uint8_t {
  None,
  ByRows,   ///< the rows of one register tile side by side
  ByDepth,  ///< the steps of one depth block side by side
};

/// What differs between drafts beside the numbers.
struct DraftOptions {
  bool layoutWeights = true;  ///< weights are stored in the order of the nest
  bool packLanes = false;     ///< the streamed operand, if it is no weight, is copied into panels
  RowCopy rowCopy = RowCopy::None;
  bool localOutput = false;  ///< what a depth block adds to is kept in a compact copy
  int fusedLoops = 0;        ///< that many outer loops of the last block hold all other blocks as well
  /// Above 0: the last block's loop at this place, counted from 1, is tiled and its tiles hold all other
  /// blocks, below the `fusedLoops` outer loops.
  int tiledLoop = 0;
  std::int64_t fusedTile = 0;    ///< iterations of that loop in a tile
  std::int64_t onlineBlock = 0;  ///< length of the blocks of a running maximum; 0 = whole rows
  int vectors = 2;  ///< that a step of a row reduction handles; an element-wise step handles twice as many
  bool prefetch = false;  ///< the operand along the lanes is fetched before it is needed
  bool share = true;      ///< threads share the outer loops, if there are several threads
  bool join = false;      ///< a row is summed in the loop that computes its elements
  bool operator==(const DraftOptions&) const = default;
};

/// A schedule for every block of a program, written step by step; steps that turn out illegal are left out.
struct Draft {
  State state;
  DraftOptions options;
  std::map<std::string, ContractionChoice> choices;  ///< by block
};

/// Builds a draft from `from` (usually the initial state) with the given choices; blocks without one get the
/// first of their contractionChoices.
[[nodiscard]] Draft draftSchedule(const TensorProblem& problem, const State& from,
                                  const DraftOptions& options,
                                  const std::map<std::string, ContractionChoice>& choices);

/// The trace with the decisions of one block's choice replaced: the factors of its TileSize steps, the
/// layouts of its weights, the panels of its copies and what is prefetched. Steps that do not stand in the
/// trace are not added; nothing if a Prefetch that stands there has no place under the choice.
[[nodiscard]] std::optional<std::vector<std::string>> withChoice(const std::vector<std::string>& trace,
                                                                 const BlockShape& shape,
                                                                 const ContractionChoice& choice);

/// The choice that a trace made for a block, if it tiles it in the way of contractionSteps.
[[nodiscard]] std::optional<ContractionChoice> choiceIn(const std::vector<std::string>& trace,
                                                        const BlockShape& shape);

}  // namespace espalier
