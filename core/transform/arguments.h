// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program/program.h"
#include "transform/refusal.h"
#include "transform/step.h"
#include "transform/transformation.h"

namespace espalier {

// Reading the arguments of a step against a program. Missing, ill-typed and unknown ones are refused by name,
// with near names as a hint.

[[nodiscard]] Outcome<std::string> textArgument(const Step& step, std::string_view argument);
[[nodiscard]] Outcome<std::int64_t> integerArgument(const Step& step, std::string_view argument);
[[nodiscard]] Outcome<std::vector<std::int64_t>> integersArgument(const Step& step,
                                                                  std::string_view argument);

[[nodiscard]] Outcome<LoopId> loopNamed(const Program& program, const Step& step, const std::string& name);
[[nodiscard]] Outcome<LoopId> loopArgument(const Program& program, const Step& step);
[[nodiscard]] Outcome<std::vector<LoopId>> loopsArgument(const Program& program, const Step& step);
[[nodiscard]] Outcome<BlockId> blockArgument(const Program& program, const Step& step);
[[nodiscard]] Outcome<BufferId> bufferArgument(const Program& program, const Step& step);
/// A loop that must surround the block; an axis of the block that is bound to one loop alone may be named
/// instead.
[[nodiscard]] Outcome<LoopId> loopAroundArgument(const Program& program, const Step& step, BlockId block);

/// The step with its arguments in the order of the parameters; refuses arguments that it does not have.
[[nodiscard]] Outcome<Step> canonicalStep(const Transformation& member, const Step& step);

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string enumerate(const std::vector<std::string>& words);
[[nodiscard]] std::string namesOf(const Program& program, const std::vector<LoopId>& loops);
/// `word(step)`: how sentences about a step begin.
[[nodiscard]] std::string about(const Step& step);

}  // namespace espalier
