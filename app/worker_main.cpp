// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0

// espalier-worker: runs candidates for another process over standard input and output
// (core/measure/protocol.h).
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "measure/worker_loop.h"

namespace {

constexpr bool kSanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  (void)::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::strcmp(arguments[1], "--memory-limit") == 0) {
    // Sanitizers reserve terabytes of address space.
    if (const auto bytes = std::strtoull(arguments[2], nullptr, 10); bytes > 0 && !kSanitized)
      limit(RLIMIT_AS, bytes);
  } else if (count != 1) {
    std::fprintf(stderr,
                 "usage: espalier-worker [--memory-limit BYTES]\nStarted by espalier; speaks its protocol on "
                 "standard input and output.\n");
    return 2;
  }
  limit(RLIMIT_CORE, 0);

  // The protocol goes to a descriptor of its own; whatever else writes to standard output ends up in standard
  // error.
  const int out = ::dup(STDOUT_FILENO);
  const int in = ::dup(STDIN_FILENO);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return espalier::runWorker(in, out);
}
