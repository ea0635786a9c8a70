// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace espalier {

struct CacheDescription {
  int level = 1;
  std::int64_t bytes = 0;
  int sharedBy = 1;  ///< cores that share one instance
};

/// As the machine calls its processor, for instance `AMD EPYC 9654`.
[[nodiscard]] std::string processorName();
/// Data and unified caches of the first core, smallest level first; empty where the system does not tell.
[[nodiscard]] std::vector<CacheDescription> dataCaches();
[[nodiscard]] std::int64_t physicalMemoryBytes();

}  // namespace espalier
