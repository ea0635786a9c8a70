// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "program/program.h"

namespace espalier {

/// Version of what programHash covers; stored beside every hash that is kept.
inline constexpr int kProgramHashVersion = 1;

/// Canonical: two programs that differ only in the names of loops, axes, blocks and intermediates, or in the order of
/// their vectors, hash alike; every other difference changes it (up to 2⁻⁶⁴).
[[nodiscard]] std::uint64_t programHash(const Program& program);
/// The same relation, decided exactly.
[[nodiscard]] bool equivalent(const Program& left, const Program& right);

}  // namespace espalier
