// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/target.h"
#include "program/program.h"
#include "search/node_id.h"
#include "session/session_fold.h"
#include "support/outcome.h"
#include "workload/workload.h"

namespace espalier {

enum class ExportFormat : std::uint8_t {
  Trace,  ///< what `measure --trace` takes back
  C,      ///< one self-contained C11 file
  Llvm,   ///< optimised LLVM IR
  Assembly,
  Object,  ///< relocatable object, C header, and an OpenMP runtime if the program has parallel loops
  Tvm,     ///< TVMScript of the scheduled program
  Csv,     ///< the curve: best so far after each sample
  Json,    ///< everything about the node, for other programs
  Html,    ///< a report in one file
};

/// By its name on the command line: trace, c, llvm, asm, object, tvm, csv, json, html.
[[nodiscard]] Result<ExportFormat> exportFormat(std::string_view name);
/// True if a format shows a run and not only a program: it needs ExportRequest::session.
[[nodiscard]] bool needsSession(ExportFormat format);

struct ExportRequest {
  ExportFormat format = ExportFormat::Trace;
  Workload workload;               ///< its program is p0, and its name names the exported symbols
  Program program;                 ///< the one to export
  std::vector<std::string> trace;  ///< that leads from p0 to it, one step an entry
  Target target;
  const SessionFold* session =
      nullptr;            ///< of the run that found it, if there was one; read during the call only
  NodeId node = kNoNode;  ///< the program's node in that session
  std::string summary;    ///< result of the run as one JSON object, for Json; may be empty
};

/// A file to be written. The first of several is the one that was asked for.
struct ExportedFile {
  std::string suffix;  ///< with its dot, for instance ".o"; a whole name if it does not begin with one
  std::string content;
};

[[nodiscard]] Result<std::vector<ExportedFile>> exportProgram(const ExportRequest& request);

/// Writes the first file to `path` and the others beside it: `path` with its extension replaced by their
/// suffix. Each is written under another name and renamed, so that none is ever half there. The paths
/// written.
[[nodiscard]] Result<std::vector<std::string>> writeExport(const std::vector<ExportedFile>& files,
                                                           const std::string& path);

}  // namespace espalier
