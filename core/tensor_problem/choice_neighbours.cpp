// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tensor_problem/contraction_choice.h"

namespace espalier {

namespace {

constexpr std::int64_t kLongestUnroll = 16;

bool fitsRegisters(const ContractionChoice& choice, const MachineModel& machine) {
  const std::int64_t lanes = machine.lanes(4);
  const std::int64_t vectors = (choice.tileColumns + lanes - 1) / lanes;
  return choice.tileRows * choice.tileSecondRows * vectors + vectors < machine.vectorRegisters;
}

}  // namespace

std::vector<ContractionChoice> neighboursOf(const BlockShape& shape, const ContractionChoice& choice,
                                            const MachineModel& machine) {
  const std::int64_t lanes = machine.lanes(4);
  std::vector<ContractionChoice> neighbours;
  const auto consider = [&](std::int64_t ContractionChoice::* decision, std::int64_t value,
                            std::int64_t least, std::int64_t most) {
    ContractionChoice changed = choice;
    changed.*decision = std::clamp(value, least, std::max(least, most));
    const ContractionFactors before = factorsOf(shape, choice);
    const ContractionFactors after = factorsOf(shape, changed);
    if (before != after && fitsRegisters(changed, machine) &&
        std::none_of(neighbours.begin(), neighbours.end(),
                     [&](const ContractionChoice& other) { return factorsOf(shape, other) == after; }))
      neighbours.push_back(changed);
  };
  const auto scale = [&](std::int64_t ContractionChoice::* decision, std::int64_t least, std::int64_t most) {
    consider(decision, choice.*decision / 2, least, most);
    consider(decision, choice.*decision * 2, least, most);
  };
  const std::int64_t height = shape.extentOf(shape.rowAxis);
  const std::int64_t width = shape.extentOf(shape.vectorAxis);
  for (const std::int64_t step : {-1, 1}) {
    consider(&ContractionChoice::tileRows, choice.tileRows + step, 1, height);
    consider(&ContractionChoice::tileSecondRows, choice.tileSecondRows + step, 1,
             shape.extentOf(shape.secondRowAxis));
    consider(&ContractionChoice::tileColumns, choice.tileColumns + step * lanes, std::min(lanes, width),
             width);
  }
  scale(&ContractionChoice::tileRows, 1, height);
  scale(&ContractionChoice::rowBlock, choice.tileRows, height);
  scale(&ContractionChoice::columnBlock, choice.tileColumns, width);
  scale(&ContractionChoice::depthBlock, 1, shape.extentOf(shape.depthAxis));
  scale(&ContractionChoice::depthUnroll, 1, kLongestUnroll);
  return neighbours;
}

}  // namespace espalier
