// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "program/program.h"
#include "support/random.h"
#include "transform/refusal.h"
#include "transform/step.h"

namespace espalier {

// Drawing what a step leaves out.

using ApplyFunction = Outcome<Program> (*)(const Program& program, const Step& complete);

/// True if the step has all of these arguments.
[[nodiscard]] bool has(const Step& step, std::initializer_list<std::string_view> arguments);

/// Draws until a step can be applied, a few dozen times; answers that step or the last refusal. `draw` fills
/// in what `partial` leaves out and answers nothing if there is nothing to choose from.
[[nodiscard]] Outcome<Step> drawLegal(
    const Program& program, const Step& partial, Random& random, ApplyFunction apply,
    const std::function<std::optional<Step>(const Step& partial, Random& random)>& draw);

/// Draws a step of the form NAME(block=…, loop=…): one of the candidates that agree with what `partial` gives.
[[nodiscard]] Outcome<Step> drawPlace(const Program& program, const Step& partial, Random& random,
                                      ApplyFunction apply,
                                      std::vector<Step> (*candidatesOf)(const Program& program));

/// Those candidates that can be applied, at most `limit`, spread over the list.
[[nodiscard]] std::vector<Step> legalAmong(const Program& program, ApplyFunction apply,
                                           const std::vector<Step>& candidates, std::size_t limit = 24);

/// `count` factors whose product is the extent, each prime placed at random; the innermost at most
/// `largestInnermost` where that is possible.
[[nodiscard]] std::vector<std::int64_t> drawPerfectTiles(std::int64_t extent, std::size_t count,
                                                         std::int64_t largestInnermost, Random& random);
/// Mostly perfect tiles, sometimes powers of two that leave a tail.
[[nodiscard]] std::vector<std::int64_t> drawTiles(std::int64_t extent, std::size_t count, Random& random);

/// Name of a block: the one that the step gives, or a random one; nothing if the program has none.
[[nodiscard]] std::optional<std::string> drawBlock(const Program& program, const Step& step, Random& random);
/// A random loop that satisfies `fits`, among those around the block or, without a block, among all.
[[nodiscard]] std::optional<std::string> drawLoop(const Program& program, std::optional<BlockId> block,
                                                  Random& random, const std::function<bool(LoopId)>& fits);

}  // namespace espalier
