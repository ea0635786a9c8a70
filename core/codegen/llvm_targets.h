// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace espalier {

/// Registers the targets that Espalier generates for (x86-64 and AArch64) with LLVM, once a process.
void initialiseLlvmTargets();

}  // namespace espalier
