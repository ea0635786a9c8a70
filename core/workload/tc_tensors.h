// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "program/program.h"
#include "workload/tc_ast.h"

namespace espalier {

/// A tensor of a kernel while its statements are read.
struct TcTensor {
  enum class Origin : std::uint8_t { Input, Output, Temporary };
  Origin origin = Origin::Temporary;
  DataType type = DataType::Float32;
  std::optional<std::vector<std::int64_t>>
      shape;          ///< known from the signature or the first statement that writes it
  BufferId buffer{};  ///< of the version that a read sees now
  bool written = false;
  bool accumulated = false;  ///< an output whose old content is looked at: it cannot be renamed
};

using TcTensors = std::map<std::string, TcTensor, std::less<>>;
using TcSizes = std::map<std::string, std::int64_t, std::less<>>;

/// Finds the types of outputs and temporaries: the widest of all values that are stored in them.
void inferTypes(const TcKernel& kernel, TcTensors& tensors);

/// The wider of two types; integers are narrower than floats.
[[nodiscard]] DataType widest(DataType left, DataType right);

}  // namespace espalier
