// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Feeds arbitrary bytes to the reader of kernels: no crash, and what it accepts is a whole program.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "program/verify.h"
#include "workload/workload.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::map<std::string, std::int64_t> sizes;
  for (const auto& [name, value] : {std::pair{"M", 3}, {"N", 4}, {"K", 9}})
    if (text.find(name) != std::string::npos) sizes.emplace(name, value);
  const auto workload = espalier::readWorkload({text, "fuzz.tc", "", sizes, {}});
  if (workload ? espalier::brokenInvariant(workload->program).has_value() : workload.error().message.empty())
    std::abort();
  return 0;
}
