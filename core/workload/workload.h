// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "program/program.h"
#include "support/outcome.h"

namespace espalier {

/// A kernel in the Tensor Comprehensions notation and what is needed to make a program of it.
struct KernelSource {
  std::string text;                           ///< content of a .tc file, one or more `def`s
  std::string fileName;                       ///< for error messages only
  std::string kernel;                         ///< which `def`; empty = the only one
  std::map<std::string, std::int64_t> sizes;  ///< values of size symbols
  std::vector<std::string> constants;         ///< names of input tensors that are weights
};

/// Something to tune.
struct Workload {
  std::string name;
  Program program;                            ///< p0, unscheduled
  std::string text;                           ///< the notation it was read from
  std::map<std::string, std::int64_t> sizes;  ///< every size symbol of the kernel with its value
  std::vector<std::string> constants;
  double operations = 0;  ///< floating-point operations of p0
  double bytes = 0;       ///< compulsory traffic: every argument once
  std::string summary;    ///< one line: arguments with types and shapes, operations, bytes
};

/// Reads a kernel. Errors name file, line and column and show the line.
[[nodiscard]] Result<Workload> readWorkload(const KernelSource& source);

/// Content of a .tc file; an error says why it cannot be had.
[[nodiscard]] Result<std::string> readKernelFile(const std::string& path);

/// A layer with exact shapes that is known by name.
struct NamedLayer {
  std::string name;
  std::string title;  ///< what it is, with its shapes, one line
  std::string text;   ///< the notation
  std::map<std::string, std::int64_t> sizes;
  std::vector<std::string> constants;
  bool small = false;  ///< tunes in seconds
};

[[nodiscard]] std::span<const NamedLayer> namedLayers();
/// Unknown names get an error with near ones.
[[nodiscard]] Result<Workload> namedWorkload(std::string_view name);

/// A model, or a part of one, as the layers that it runs.
struct LayerList {
  struct Task {
    std::string layer;  ///< name of a NamedLayer
    int weight = 1;     ///< how often it runs
  };
  std::string name;
  std::string title;
  std::vector<Task> tasks;
};

[[nodiscard]] std::span<const LayerList> layerLists();
[[nodiscard]] const LayerList* findLayerList(std::string_view name);

}  // namespace espalier
