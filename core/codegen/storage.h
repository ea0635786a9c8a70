// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codegen/target.h"
#include "program/program.h"

namespace espalier {

/// Where the elements of a buffer lie while the kernel runs.
enum class Place : std::uint8_t {
  Argument,         ///< memory of the caller
  Registers,        ///< stack memory that exists anew in each copy of its scope, so that LLVM can dissolve it
  Stack,            ///< stack memory, one a function
  SharedWorkspace,  ///< the workspace, once
  ThreadWorkspace,  ///< the workspace, once a thread
};

struct Storage {
  Place place = Place::Argument;
  bool used = false;                  ///< some block in the tree touches it
  std::optional<LoopId> scope;        ///< allocationScope
  std::vector<std::int64_t> strides;  ///< in elements, one a dimension
  /// Lanes of its own: > 0 when the scope lies in a vectorised loop, so that each lane owns a copy. Copies of
  /// one element lie side by side; the strides already count them.
  int lanes = 0;
  std::int64_t elements = 0;  ///< to allocate, padding included
  std::int64_t offset = 0;    ///< bytes from the start of its workspace
};

struct StoragePlan {
  std::vector<Storage> buffers;  ///< by BufferId
  std::int64_t workspaceBytes = 0;
  std::int64_t workspaceBytesPerThread = 0;

  [[nodiscard]] const Storage& of(BufferId id) const { return buffers[id.index]; }
};

/// `vectorised` are the loops that really become lanes (some Vectorized loops have to run one by one).
[[nodiscard]] StoragePlan planStorage(const Program& program, const Target& target,
                                      const std::vector<LoopId>& vectorised);

/// The lanes of a vectorised loop: as many as the widest elements touched below it fit in a register.
[[nodiscard]] int lanesOf(const Program& program, const Target& target, LoopId loop);

/// Vectorized loops whose iterations can be lanes: those that carry no reduction, stand in no other
/// vectorised loop and whose blocks write a different element in every lane.
[[nodiscard]] std::vector<LoopId> loopsThatBecomeLanes(const Program& program);

}  // namespace espalier
