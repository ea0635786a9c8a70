// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "measure/failure.h"

namespace espalier {

/// Code of one object file, linked into this process; gone with the object.
class LoadedCode {
 public:
  virtual ~LoadedCode() = default;
  /// Addresses in the order of the symbols that were asked for.
  [[nodiscard]] const std::vector<void*>& addresses() const { return addresses_; }

 protected:
  std::vector<void*> addresses_;
};

/// Links object files into the running process. They see espalier_parallel_for, the C library and libm;
/// memory that they ask for beyond the limit is reported as `memory`.
class KernelLoader {
 public:
  [[nodiscard]] static Attempt<std::unique_ptr<KernelLoader>> create();
  ~KernelLoader();

  [[nodiscard]] Attempt<std::unique_ptr<LoadedCode>> load(std::span<const char> object,
                                                          const std::vector<std::string>& symbols);

 private:
  struct Engine;
  explicit KernelLoader(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace espalier
