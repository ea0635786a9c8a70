// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "program/program.h"
#include "workload/tc_ast.h"
#include "workload/tc_tensors.h"

namespace espalier {

/// Most elements of one tensor, and the largest size.
inline constexpr std::int64_t kMostElements = std::int64_t{1} << 40;

/// Takes the values of the kernel's size symbols from `given` and checks them: none missing (symbols of
/// outputs alone may be left to inference), none superfluous, all positive.
[[nodiscard]] TcSizes resolveSizes(const TcKernel& kernel, const std::map<std::string, std::int64_t>& given,
                                   TcDiagnostics& diagnostics);

/// Declares inputs and outputs, and the temporaries that statements write; types are inferred.
/// `constants` names inputs that are weights. Appends one buffer for each, in this order.
[[nodiscard]] TcTensors declareTensors(const TcKernel& kernel, const TcSizes& sizes,
                                       const std::vector<std::string>& constants,
                                       std::vector<Buffer>& buffers, TcDiagnostics& diagnostics);

/// False, with an error, if the shape has more than kMostElements elements.
bool checkElements(const std::string& tensor, const std::vector<std::int64_t>& shape, SourceSpan span,
                   TcDiagnostics& diagnostics);

/// "float32(16, 7168)" or "float32" for a scalar.
[[nodiscard]] std::string shapeText(DataType type, const std::vector<std::int64_t>& shape);

}  // namespace espalier
