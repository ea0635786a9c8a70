// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "program/program.h"
#include "surrogate/machine_model.h"
#include "surrogate/prior.h"

namespace espalier {

/// Changes whenever a feature is added, removed or means something else; stored with every trained model.
inline constexpr int kFeatureVersion = 2;

/// How a block uses one buffer over its whole nest.
struct BufferUse {
  enum class Reuse { None, LoopMultipleRead, SerialMultipleReadWrite };
  bool reads = false;
  bool writes = false;
  double bytes = 0;  ///< touched, repetitions counted
  double uniqueBytes = 0;
  double lines = 0;  ///< cache lines touched, repetitions counted
  double uniqueLines = 0;
  Reuse reuse = Reuse::None;
  double reuseIterations = 0;  ///< iterations between two uses
  double reuseBytes = 0;       ///< bytes touched between two uses
  double reuseCount = 0;
  double stride = 0;  ///< elements that the innermost loop moves the address by
};

/// What the features of one store see.
struct StoreContext {
  static constexpr std::size_t kBuffers = 5;
  static constexpr std::size_t kIntensityPoints = 10;

  const Program& program;
  const BlockFacts& block;
  const BlockEstimate& estimate;
  const MachineModel& machine;
  double iterations = 1;           ///< product of all surrounding extents
  std::vector<BufferUse> buffers;  ///< most lines first
  std::array<double, kIntensityPoints>
      intensity{};  ///< operations per touched byte, from the innermost loop outwards
};

/// One number about a store. Counts and sizes are on the scale log2(1 + x).
struct StoreFeature {
  std::string name;
  std::string unit;
  std::function<double(const StoreContext&)> value;
};
/// The groups of TVM's PerStoreFeature that mean something on a CPU (multiply-adds counted, positions of
/// annotations told apart, every store a row of its own, bytes touched rather than buffers counted), and the
/// terms of the prior.
[[nodiscard]] std::span<const StoreFeature> storeFeatures();

/// One number about a whole program.
struct ProgramFeature {
  std::string name;
  std::string unit;
  std::function<double(const Program&, const Estimate&)> value;
};
[[nodiscard]] std::span<const ProgramFeature> programFeatures();

/// The row that the model learns from: the program's features, the store features of the block with the
/// largest estimate, and the prior's terms of the second largest (0 where there is none).
[[nodiscard]] std::vector<float> featureRow(const Program& program, const NestFacts& facts,
                                            const Estimate& estimate, const MachineModel& machine);
/// Names of that row, in order.
[[nodiscard]] std::vector<std::string> featureNames();

}  // namespace espalier
