// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/workload_choice.h"

#include <charconv>

namespace espalier::cli {
namespace {

bool isFile(const std::string& workload) {
  return workload.ends_with(".tc") || workload.find('/') != std::string::npos;
}

}  // namespace

Result<std::map<std::string, std::int64_t>> parseSizes(const std::vector<std::string>& sizes) {
  std::map<std::string, std::int64_t> result;
  for (const std::string& text : sizes) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (equals == std::string::npos || name.empty())
      return usageError("--size " + text + " is not of the form NAME=VALUE.",
                        "Write for instance --size M=64.");
    std::int64_t value = 0;
    const char* begin = text.data() + equals + 1;
    const char* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(begin, end, value);
    if (status == std::errc::result_out_of_range)
      return inputError("--size " + text + " is too large.", "A size is at most 2^40.");
    if (status != std::errc() || stop != end)
      return usageError("--size " + text + " does not give a whole number.",
                        "Write for instance --size M=64.");
    if (!result.emplace(name, value).second)
      return usageError("--size gives " + name + " twice.", "Give every size once.");
  }
  return result;
}

Result<Workload> loadWorkload(const WorkloadOptions& options) {
  auto sizes = parseSizes(options.sizes);
  if (!sizes) return tl::unexpected(sizes.error());
  if (!isFile(options.workload)) {
    if (!options.kernel.empty() || !sizes->empty())
      return usageError("--kernel and --size belong to .tc files, and " + options.workload +
                            " is the name of a layer with fixed shapes.",
                        "Take its .tc text from `espalier-cli workloads`, put it into a file and tune that.");
    if (const LayerList* list = findLayerList(options.workload)) {
      std::string layers;
      for (const LayerList::Task& task : list->tasks) layers += (layers.empty() ? "" : ", ") + task.layer;
      return inputError(options.workload + " is a list of layers.", "Tune them one by one: " + layers + ".");
    }
    return namedWorkload(options.workload);
  }
  auto text = readKernelFile(options.workload);
  if (!text) return tl::unexpected(text.error());
  return readWorkload({.text = std::move(*text),
                       .fileName = options.workload,
                       .kernel = options.kernel,
                       .sizes = std::move(*sizes),
                       .constants = {}});
}

}  // namespace espalier::cli
