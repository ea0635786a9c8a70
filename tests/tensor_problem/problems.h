// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "measure/hardware.h"
#include "tensor_problem/tensor_problem.h"
#include "workload/workload.h"

namespace espalier::testing {

/// A workload without a worker.
inline std::unique_ptr<TensorProblem> offlineProblem(Workload workload, TensorProblemOptions options = {},
                                                     const HardwareSheet& sheet = exampleHardwareSheet()) {
  options.sheet = sheet;
  options.offline = true;
  auto problem = makeTensorProblem(std::move(workload), options);
  EXPECT_TRUE(problem.has_value()) << (problem ? "" : problem.error().text());
  return *std::move(problem);
}

/// A named layer without a worker.
inline std::unique_ptr<TensorProblem> offlineProblem(const std::string& layer,
                                                     TensorProblemOptions options = {},
                                                     const HardwareSheet& sheet = exampleHardwareSheet()) {
  auto workload = namedWorkload(layer);
  EXPECT_TRUE(workload.has_value()) << layer;
  return offlineProblem(*std::move(workload), std::move(options), sheet);
}

/// The convolution of resources/examples, with its channels in blocks.
inline Workload blockedConvolution() {
  const auto text = readKernelFile(ESPALIER_SOURCE_DIR "/resources/examples/blocked_convolution.tc");
  EXPECT_TRUE(text.has_value()) << (text ? "" : text.error().text());
  auto workload = readWorkload({*text, "blocked_convolution.tc", {}, {}, {}});
  EXPECT_TRUE(workload.has_value()) << (workload ? "" : workload.error().text());
  return *std::move(workload);
}

}  // namespace espalier::testing
