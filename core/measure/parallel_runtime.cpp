// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/parallel_runtime.h"

#include <algorithm>
#include <fstream>
#include <string>

#include <omp.h>
#include <sched.h>

extern "C" void espalier_parallel_for(std::int64_t iterations, std::int64_t threads,
                                      void (*body)(std::int64_t begin, std::int64_t end, std::int64_t thread,
                                                   void* context),
                                      void* context) {
  if (threads <= 1 || iterations <= 1) {
    if (iterations > 0) body(0, iterations, 0, context);
    return;
  }
#pragma omp parallel num_threads(static_cast<int>(threads))
  {
    const std::int64_t team = omp_get_num_threads();
    const std::int64_t thread = omp_get_thread_num();
    const std::int64_t begin = iterations * thread / team;
    const std::int64_t end = iterations * (thread + 1) / team;
    if (begin < end) body(begin, end, thread, context);
  }
}

namespace espalier {
namespace {

/// The cores that the process was given at its start, before any thread was bound.
const cpu_set_t& allowedCores() {
  static const cpu_set_t set = [] {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (::sched_getaffinity(0, sizeof cores, &cores) != 0) CPU_SET(0, &cores);
    return cores;
  }();
  return set;
}

/// Cores' worth of time of the control group, or 0 where there is no limit.
int quotaCores() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::max(1, static_cast<int>(std::stod(quota) / period));
}

}  // namespace

int usableCores() {
  const int allowed = std::max(1, CPU_COUNT(&allowedCores()));
  const int quota = quotaCores();
  return quota > 0 ? std::min(allowed, quota) : allowed;
}

void bindThreads(int threads) {
  const cpu_set_t& allowed = allowedCores();
  if (threads <= 1) {
    (void)::sched_setaffinity(0, sizeof allowed, &allowed);
    return;
  }
#pragma omp parallel num_threads(threads)
  {
    int wanted = omp_get_thread_num() % std::max(1, CPU_COUNT(&allowed));
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (!CPU_ISSET(core, &allowed) || wanted-- > 0) continue;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(core, &one);
      (void)::sched_setaffinity(0, sizeof one, &one);
      break;
    }
  }
}

}  // namespace espalier
