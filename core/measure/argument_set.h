// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "measure/failure.h"
#include "measure/guarded_memory.h"
#include "measure/kernel_arguments.h"

namespace espalier {

/// The worker's side of an InputSet: guarded memory for every argument. What is only read lies in read-only
/// pages.
class ArgumentSet {
 public:
  /// From the "tensors" of an "inputs" request; `payload` feeds the fills of kind "payload" in order.
  [[nodiscard]] static Attempt<ArgumentSet> create(const nlohmann::json& tensors,
                                                   std::span<const char> payload);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] GuardedMemory& memory(std::size_t argument) { return entries_[argument].memory; }

  /// Before a run whose result counts: outputs hold NaN (integers a strange number), accumulated ones their
  /// first content.
  void prepare();
  [[nodiscard]] std::optional<std::string> checkCanaries() const;
  /// Content of all that a kernel writes, in order.
  [[nodiscard]] std::vector<char> written() const;

 private:
  struct Entry {
    GuardedMemory memory;
    Access access = Access::Read;
    bool integer = false;
    std::vector<char> first;  ///< Update: the content before the kernel
  };
  std::vector<Entry> entries_;
};

/// The description of one tensor for an "inputs" request; a given fill appends its bytes to the payload.
[[nodiscard]] nlohmann::json tensorRequest(const KernelArgument& argument, const Fill& fill,
                                           std::vector<char>& payload);

}  // namespace espalier
