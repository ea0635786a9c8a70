// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/workload.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "program/analysis.h"
#include "program/interpreter.h"
#include "workload/near_names.h"
#include "workload/tc_lower.h"
#include "workload/tc_parser.h"
#include "workload/tc_signature.h"

namespace espalier {
namespace {

constexpr std::size_t kLargestText = std::size_t{1} << 20;

/// The kernel that was asked for; nothing, with an error, if there is none of that name or the choice is
/// open.
const TcKernel* choose(const std::vector<TcKernel>& kernels, const std::string& name,
                       TcDiagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const auto& kernel : kernels) {
    for (const auto& earlier : names)
      if (earlier == kernel.name)
        diagnostics.fail(kernel.span, "there is already a kernel `" + kernel.name + "`.",
                         "Rename one of them.");
    names.push_back(kernel.name);
  }
  if (diagnostics.failed()) return nullptr;
  std::string list;
  for (const auto& known : names) list += (list.empty() ? "" : ", ") + known;
  if (name.empty()) {
    if (kernels.size() == 1) return &kernels.front();
    diagnostics.fail(kernels[1].span,
                     "this text has " + std::to_string(kernels.size()) + " kernels: " + list + ".",
                     "Choose one with --kernel NAME.");
    return nullptr;
  }
  for (const auto& kernel : kernels)
    if (kernel.name == name) return &kernel;
  diagnostics.fail(kernels.front().span, "there is no kernel `" + name + "`; there is " + list + ".",
                   didYouMean(name, names, "Choose one with --kernel NAME."));
  return nullptr;
}

std::string scaled(double value, const char* unit) {
  constexpr const char* kPrefixes[] = {"", " k", " M", " G", " T", " P"};
  std::size_t prefix = 0;
  while (value >= 1000 && prefix + 1 < std::size(kPrefixes)) {
    value /= 1000;
    ++prefix;
  }
  char text[32];
  std::snprintf(text, sizeof text,
                value < 10 && prefix > 0    ? "%.2f"
                : value < 100 && prefix > 0 ? "%.1f"
                                            : "%.0f",
                value);
  return std::string(text) + (prefix == 0 ? " " : kPrefixes[prefix]) + unit;
}

std::string summarise(const Workload& workload) {
  const auto& program = workload.program;
  std::string inputs;
  std::string outputs;
  for (const BufferId id : argumentsOf(program)) {
    const auto& buffer = program.buffer(id);
    const bool written = buffer.role == BufferRole::Output || buffer.role == BufferRole::Accumulated;
    auto& list = written ? outputs : inputs;
    list += (list.empty() ? "" : ", ") + buffer.name + " " + shapeText(buffer.type, buffer.shape) +
            (buffer.role == BufferRole::Constant ? " constant" : "");
  }
  return inputs + (inputs.empty() ? "-> " : " -> ") + outputs + "; " + scaled(workload.operations, "FLOP") +
         ", " + scaled(workload.bytes, "B");
}

}  // namespace

Result<Workload> readWorkload(const KernelSource& source) {
  const std::string fileName = source.fileName.empty() ? "kernel" : source.fileName;
  if (source.text.size() > kLargestText)
    return inputError(fileName + ": this text has more than 1 MiB.",
                      "A kernel file holds kernels only, no data.");
  TcDiagnostics diagnostics(source.text, fileName);
  const auto kernels = parseKernels(diagnostics);
  const TcKernel* kernel = diagnostics.failed() ? nullptr : choose(kernels, source.kernel, diagnostics);
  if (diagnostics.failed()) return tl::unexpected(diagnostics.error());

  TcSizes sizes = resolveSizes(*kernel, source.sizes, diagnostics);
  std::optional<Program> program;
  if (!diagnostics.failed()) program = lowerKernel(*kernel, sizes, source.constants, diagnostics);
  if (diagnostics.failed()) return tl::unexpected(diagnostics.error());

  Workload workload;
  workload.name = kernel->name;
  workload.program = std::move(*program);
  workload.text = source.text;
  workload.sizes.insert(sizes.begin(), sizes.end());
  workload.constants = source.constants;
  workload.operations = operationCount(workload.program);
  workload.bytes = compulsoryBytes(workload.program);
  workload.summary = summarise(workload);
  return workload;
}

Result<std::string> readKernelFile(const std::string& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    return inputError("`" + path + "` is a directory.", "Name a .tc file.");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return inputError("Cannot open `" + path + "`: " + std::strerror(errno != 0 ? errno : ENOENT) + ".",
                      "Check the name and the permissions.");
  std::string text;
  char chunk[1 << 16];
  while (text.size() <= kLargestText && (file.read(chunk, sizeof chunk) || file.gcount() > 0))
    text.append(chunk, static_cast<std::size_t>(file.gcount()));
  if (file.bad())
    return inputError("Cannot read `" + path + "`: " + std::strerror(errno) + ".", "Check the disk.");
  if (text.size() > kLargestText)
    return inputError("`" + path + "` has more than 1 MiB.", "A kernel file holds kernels only, no data.");
  return text;
}

}  // namespace espalier
