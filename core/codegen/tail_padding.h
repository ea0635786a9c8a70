// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codegen/lowered.h"

namespace espalier {

/// Finds vectors with lanes that are off which end a row of a stack buffer: behind the last element that
/// anything in the buffer's scope uses, whatever such lanes store is never seen. Sets LoweredBlock::wholeRows
/// there, so that the vector needs no blend with what was there before.
void findTailPadding(LoweredProgram& program);

}  // namespace espalier
