// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_signature.h"

#include <algorithm>
#include <functional>
#include <set>

#include "workload/near_names.h"

namespace espalier {
namespace {

void forEachName(const TcExpression& expression, const std::function<void(const std::string&)>& visit) {
  if (!expression.name.empty()) visit(expression.name);
  for (const auto& operand : expression.operands) forEachName(operand, visit);
}

/// Every name that an expression of the kernel mentions.
std::set<std::string> mentionedNames(const TcKernel& kernel) {
  std::set<std::string> names;
  const auto note = [&](const std::string& name) { names.insert(name); };
  for (const auto& statement : kernel.statements) {
    for (const auto& subscript : statement.subscripts) forEachName(subscript, note);
    forEachName(statement.value, note);
    for (const auto& range : statement.ranges) {
      forEachName(range.low, note);
      forEachName(range.high, note);
    }
    for (const auto& binding : statement.bindings) forEachName(binding.value, note);
    for (const auto& exists : statement.exists) forEachName(exists, note);
  }
  return names;
}

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

}  // namespace

std::string shapeText(DataType type, const std::vector<std::int64_t>& shape) {
  std::vector<std::string> extents;
  for (const std::int64_t extent : shape) extents.push_back(std::to_string(extent));
  return std::string(nameOf(type)) + (shape.empty() ? "" : "(" + joined(extents, ", ") + ")");
}

TcSizes resolveSizes(const TcKernel& kernel, const std::map<std::string, std::int64_t>& given,
                     TcDiagnostics& diagnostics) {
  const auto mentioned = mentionedNames(kernel);
  std::vector<std::string> symbols;
  std::vector<std::string> missing;
  SourceSpan firstMissing;
  for (const auto* parameters : {&kernel.inputs, &kernel.outputs})
    for (const auto& parameter : *parameters)
      for (const auto& extent : parameter.extents) {
        if (extent.symbol.empty()) continue;
        symbols.push_back(extent.symbol);
        const bool known = given.count(extent.symbol) != 0 || parameters == &kernel.outputs ||
                           std::find(missing.begin(), missing.end(), extent.symbol) != missing.end();
        if (known) continue;
        if (missing.empty()) firstMissing = extent.span;
        missing.push_back(extent.symbol);
      }

  TcSizes sizes;
  for (const auto& [name, value] : given) {
    if (mentioned.count(name) == 0 && std::find(symbols.begin(), symbols.end(), name) == symbols.end()) {
      diagnostics.fail(
          kernel.span, "kernel `" + kernel.name + "` has no size `" + name + "`.",
          didYouMean(name, missing.empty() ? symbols : missing, "Leave --size " + name + " out."));
      return sizes;
    }
    if (value < 1 || value > kMostElements) {
      diagnostics.fail(kernel.span, "the size " + name + " = " + std::to_string(value) + " is out of range.",
                       "Sizes reach from 1 to 2^40.");
      return sizes;
    }
    sizes.emplace(name, value);
  }
  if (!missing.empty()) {
    std::vector<std::string> options;
    for (const auto& name : missing) options.push_back("--size " + name + "=VALUE");
    diagnostics.fail(firstMissing,
                     (missing.size() == 1 ? "the size " : "the sizes ") + joined(missing, ", ") +
                         (missing.size() == 1 ? " has" : " have") + " no value.",
                     "Give " + joined(options, " ") + ".");
  }
  return sizes;
}

bool checkElements(const std::string& tensor, const std::vector<std::int64_t>& shape, SourceSpan span,
                   TcDiagnostics& diagnostics) {
  std::int64_t elements = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 1 || extent > kMostElements / elements) {
      diagnostics.fail(span,
                       extent < 1 ? "`" + tensor + "` has the extent " + std::to_string(extent) + "."
                                  : "`" + tensor + "` has more than 2^40 elements.",
                       extent < 1 ? "Extents are at least 1." : "Choose smaller sizes.");
      return false;
    }
    elements *= extent;
  }
  return true;
}

TcTensors declareTensors(const TcKernel& kernel, const TcSizes& sizes,
                         const std::vector<std::string>& constants, std::vector<Buffer>& buffers,
                         TcDiagnostics& diagnostics) {
  TcTensors tensors;
  std::set<std::string> symbols;
  for (const auto* parameters : {&kernel.inputs, &kernel.outputs})
    for (const auto& parameter : *parameters)
      for (const auto& extent : parameter.extents)
        if (!extent.symbol.empty()) symbols.insert(extent.symbol);

  const auto declare = [&](const std::string& name, SourceSpan span, TcTensor::Origin origin,
                           BufferRole role) {
    if (symbols.count(name) != 0 || sizes.count(name) != 0)
      diagnostics.fail(span, "`" + name + "` names a size and a tensor.", "Rename one of them.");
    TcTensor tensor;
    tensor.origin = origin;
    tensor.buffer = BufferId{static_cast<std::uint32_t>(buffers.size())};
    tensor.written = origin == TcTensor::Origin::Input;
    buffers.push_back({name, DataType::Float32, {}, role, MemoryKind::Workspace, std::nullopt});
    return tensors.emplace(name, std::move(tensor)).first;
  };
  const auto declareParameter = [&](const TcParameter& parameter, TcTensor::Origin origin, BufferRole role) {
    if (tensors.count(parameter.name) != 0) {
      diagnostics.fail(parameter.span, "`" + parameter.name + "` is declared twice.",
                       origin == TcTensor::Origin::Output
                           ? "An input cannot be an output; give the result a name of its own."
                           : "Rename one of them.");
      return;
    }
    auto& tensor = declare(parameter.name, parameter.span, origin, role)->second;
    if (parameter.type) tensor.type = *parameter.type;
    std::vector<std::int64_t> shape;
    bool known = origin == TcTensor::Origin::Input || !parameter.extents.empty();
    for (const auto& extent : parameter.extents) {
      const auto size = sizes.find(extent.symbol);
      known = known && (extent.symbol.empty() || size != sizes.end());
      shape.push_back(!extent.symbol.empty() && size != sizes.end() ? size->second : extent.value);
    }
    if (known && checkElements(parameter.name, shape, parameter.span, diagnostics))
      tensor.shape = std::move(shape);
  };

  for (const auto& input : kernel.inputs) {
    const bool weight = std::find(constants.begin(), constants.end(), input.name) != constants.end();
    declareParameter(input, TcTensor::Origin::Input, weight ? BufferRole::Constant : BufferRole::Input);
  }
  for (const auto& name : constants)
    if (tensors.count(name) == 0 && !diagnostics.failed())
      diagnostics.fail(kernel.span,
                       "kernel `" + kernel.name + "` has no input `" + name + "` that could be a constant.",
                       "Name inputs of the kernel.");
  for (const auto& output : kernel.outputs)
    declareParameter(output, TcTensor::Origin::Output, BufferRole::Output);
  for (const auto& statement : kernel.statements)
    if (tensors.count(statement.target) == 0)
      declare(statement.target, statement.span, TcTensor::Origin::Temporary, BufferRole::Intermediate);
  if (diagnostics.failed()) return tensors;

  inferTypes(kernel, tensors);
  for (const auto& [name, tensor] : tensors) {
    auto& buffer = buffers[tensor.buffer.index];
    buffer.type = tensor.type;
    if (tensor.shape) buffer.shape = *tensor.shape;
  }
  return tensors;
}

}  // namespace espalier
