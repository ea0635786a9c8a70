// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "program/printer.h"
#include "program/program_hash.h"
#include "program/verify.h"
#include "transform/kernels.h"
#include "transform/transformation.h"

namespace espalier::testing {

/// The program after a trace; the test fails where a step is refused.
inline Program after(const Program& initial, const std::string& trace) {
  const Result<Trace> steps = parseTrace(trace);
  EXPECT_TRUE(steps) << (steps ? "" : steps.error().text());
  if (!steps) return initial;
  const Outcome<Program> program = replay(initial, *steps);
  EXPECT_TRUE(program) << (program ? "" : program.error().code + ": " + program.error().sentence);
  if (!program) return initial;
  EXPECT_EQ(brokenInvariant(*program), std::nullopt);
  return *program;
}

inline std::string body(const Program& program) { return print(program, PrintOptions{.header = false}); }

/// What a step is refused with, after a trace.
inline Refusal refusalOf(const Program& initial, const std::string& trace, const std::string& step) {
  const Program program = after(initial, trace);
  const std::uint64_t before = programHash(program);
  const Result<Step> read = parseStep(step);
  EXPECT_TRUE(read) << (read ? "" : read.error().text());
  if (!read) return {};
  Random random(1);
  const Outcome<Applied> applied = applyStep(program, *read, random);
  EXPECT_FALSE(applied) << step << " was accepted:\n" << (applied ? print(applied->program) : "");
  EXPECT_EQ(programHash(program), before);
  return applied ? Refusal{} : applied.error();
}

}  // namespace espalier::testing
