// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace espalier::cli {

// What the command line asks for, as plain values. An option that was not given is empty: the default belongs
// to the part that uses it, and `resume` takes the session's own value.

/// What to tune: a named layer or a kernel of a .tc file.
struct WorkloadOptions {
  std::string workload;            ///< name or path
  std::string kernel;              ///< which def of the file; empty = the only one
  std::vector<std::string> sizes;  ///< NAME=VALUE
};

/// What belongs to the problem beside the workload.
struct KernelOptions {
  std::optional<int> threads;
  std::optional<std::string> prepack;  ///< auto, on, off
  std::string targetCpu;               ///< LLVM's name; empty = this machine
};

struct SearchOptions {
  std::optional<std::string> session;  ///< path of the session file
  std::optional<std::int64_t> samples;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> strategy;
  std::optional<std::string> proposer;
  std::optional<std::string> llmUrl;
  std::optional<std::string> llmModel;
  std::vector<std::string> llmProfiles;  ///< names; several: the first proposes, the last corrects
  std::optional<std::string> recording;
  std::optional<std::string> from;          ///< a session to begin from
  std::optional<std::string> measurements;  ///< a file of measurements
  std::optional<double> maxCost;  ///< USD
  std::optional<std::int64_t> maxTokens;
  std::optional<std::int64_t> maxCalls;
  std::optional<int> proposals;     ///< per call
  std::optional<int> concurrency;   ///< calls at once
  std::optional<std::string> scorer;  ///< exec:COMMAND
  std::optional<double> timeLimit;  ///< seconds
  std::optional<int> historyDepth;
  std::optional<int> branching;
  std::optional<double> exploration;
  std::optional<std::string> selection;
  std::optional<std::string> preset;
};

struct TuneRequest {
  WorkloadOptions workload;
  KernelOptions kernel;
  SearchOptions search;
};

struct ResumeRequest {
  std::string session;
  KernelOptions kernel;  ///< may only repeat what the session was begun with
  SearchOptions search;
};

/// A node of a session: by id, or the best.
struct NodeOptions {
  std::string session;
  std::optional<std::uint64_t> node;
  bool best = false;
};

struct ExportOptions {
  NodeOptions node;
  std::string format;
  std::string output;
  std::string targetCpu;  ///< of the code; empty = what the session was tuned for
};

struct MeasureOptions {
  WorkloadOptions workload;
  KernelOptions kernel;
  std::optional<std::string> trace;
  std::optional<std::string> inputs;   ///< folder
  std::optional<std::string> outputs;  ///< folder
};

struct CompareOptions {
  std::vector<std::string> sessions;
};

struct DoctorOptions {
  std::optional<std::string> llmUrl;
  std::vector<std::string> llmProfiles;
};

}  // namespace espalier::cli
