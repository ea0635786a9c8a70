// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "measure/hardware.h"
#include "program/program.h"

namespace espalier {

/// What no schedule of a program can beat on a machine:
/// min(measured FMA peak, FLOPs / compulsory bytes × bandwidth of the smallest level that holds the tensors).
struct Roofline {
  double operations = 0;           ///< of p0
  double bytes = 0;                ///< every argument moved once
  double operationsPerSecond = 0;  ///< the roof
  double seconds = 0;              ///< operations / roof; where there are no operations, bytes / bandwidth
  bool memoryBound = false;
  std::string level;  ///< the memory level that counts, for instance "L3"
  std::string words;  ///< both times and which of them counts
};

[[nodiscard]] Roofline roofline(const Program& initial, const HardwareSheet& sheet, int threads);

}  // namespace espalier
