// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "program/interpreter.h"
#include "support/outcome.h"

namespace espalier {

/// Reads a NumPy file (format 1.0, 2.0 or 3.0) of little-endian float32, float64, int32 or int64 in C order.
/// int64 becomes int32 if every value fits. Errors name the file and what numpy call mends it.
[[nodiscard]] Result<Tensor> readNpy(const std::filesystem::path& path);
/// The same, for an argument: the shape must be the argument's; float64 and float32 are converted to its
/// type.
[[nodiscard]] Result<Tensor> readNpyAs(const std::filesystem::path& path, DataType type,
                                       const std::vector<std::int64_t>& shape);
/// Writes format 1.0 beside the place and moves it there, so that no half file is left.
[[nodiscard]] Result<void> writeNpy(const std::filesystem::path& path, const Tensor& tensor);

}  // namespace espalier
