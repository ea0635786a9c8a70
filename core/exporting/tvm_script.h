// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "program/program.h"

namespace espalier {

/// The program as a TVMScript `T.prim_func`: the same loops, blocks, axes and buffers. Buffers that live
/// inside a loop are allocated in a block of that loop.
[[nodiscard]] std::string tvmScript(const Program& program);

}  // namespace espalier
