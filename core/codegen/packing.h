// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program/program.h"

namespace espalier {

/// A program of two buffers, `logical` (Input) and `packed` (Output), that brings a constant into its
/// physical layout. The buffer has a Packing.
[[nodiscard]] Program packingProgram(const Buffer& constant);

}  // namespace espalier
