// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace espalier {

/// A guarded piece of memory that a report can name. The name must live until forgetMemory().
struct WatchedMemory {
  const char* name = nullptr;
  const unsigned char* begin = nullptr;  ///< of the guard before the data
  const unsigned char* data = nullptr;
  std::size_t bytes = 0;
  const unsigned char* end = nullptr;  ///< of the guard behind the data
};

/// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGABRT send a failure with its reason to `out`
/// (protocol.h) and end the process.
void installCrashReports(int out);

/// Sends a failure to the client and ends the process; may be called from anywhere, also under a kernel.
[[noreturn]] void reportAndEnd(const char* code, const char* detail);

/// A slot number, or −1 when the table is full (the memory is then not named in reports).
int watchMemory(const WatchedMemory& memory);
void renameWatched(int slot, const char* name);
void forgetMemory(int slot);

}  // namespace espalier
