// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/session_view.h"
#include "cli/verbs.h"
#include "exporting/exporting.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier::cli {

Result<ExitStatus> exportNode(const ExportOptions& options, Console& console) {
  const auto format = exportFormat(options.format);
  if (!format) return tl::unexpected(format.error());
  const auto session = readSessionView(options.node.session);
  if (!session) return tl::unexpected(session.error());
  const auto node = chooseNode(*session, options.node);
  if (!node) return tl::unexpected(node.error());
  const auto problem = offlineProblem(*session);
  if (!problem) return tl::unexpected(problem.error());
  const auto state = (*problem)->stateOf(session->fold.tree().stateOf(*node).trace);
  if (!state) return tl::unexpected(state.error());
  Result<Target> target = options.targetCpu.empty() ? (*problem)->target() : targetFor(options.targetCpu);
  if (!target) return tl::unexpected(target.error());

  ExportRequest request;
  request.format = *format;
  request.workload = (*problem)->workload();
  request.program = (*problem)->programOf(*state);
  request.trace = state->trace;
  request.target = *target;
  request.session = &session->fold;
  request.node = *node;
  request.summary = asJson(summaryOf(*session)).dump();
  const auto files = exportProgram(request);
  if (!files) return tl::unexpected(files.error());
  const auto written = writeExport(*files, options.output);
  if (!written) return tl::unexpected(written.error());
  if (console.json) {
    console.printJson({{"node", *node}, {"format", options.format}, {"files", *written}});
  } else {
    for (const std::string& path : *written) console.print(path + "\n");
  }
  return ExitStatus::Done;
}

}  // namespace espalier::cli
