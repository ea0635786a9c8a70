// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "program/program.h"
#include "support/random.h"
#include "transform/step.h"

namespace espalier {

// The space that an evolutionary search in the manner of MetaSchedule samples, for any program, written in
// plain steps of O: a first part of decisions (inline, split reductions, tile SSRSRS, cache writes, compute
// locations), then a second part that follows from them (parallel, vectorise, unroll, decompose). A mutation
// changes one decision and derives the second part anew.

/// A member of the space with the program that its trace leads to.
struct Design {
  Trace trace;
  Program program;
};

/// A random member of the space. `cores` bounds parallel loops: outermost loops are fused up to 16 iterations
/// a core.
[[nodiscard]] Design sampleDesign(const Program& initial, int cores, Random& random);

/// One of four mutators, drawn in proportion: tile size .90, compute location .05, unroll .03, parallel .02.
/// Nothing if the one drawn does not apply to this trace, or the changed trace does not replay. A trace in which
/// decisions follow what depends on them is no member of the space: one of its tiles changes, all else stays.
[[nodiscard]] std::optional<Design> mutateDesign(const Program& initial, const Trace& trace, int cores,
                                                 Random& random);

inline constexpr std::int64_t kLargestInnermostTile = 64;
inline constexpr int kJobsPerCore = 16;

}  // namespace espalier
