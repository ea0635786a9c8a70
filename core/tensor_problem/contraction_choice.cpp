// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/contraction_choice.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <tuple>

#include "program/prefetch.h"

namespace espalier {

namespace {

/// Where a weight passes once, the rows that it meets pass through the first-level cache beside it and take
/// half.
constexpr std::int64_t kLinesAheadOfOnePass = 2 * kLinesAhead;

std::int64_t ceilDiv(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }
std::int64_t roundUp(std::int64_t value, std::int64_t to) { return ceilDiv(value, to) * to; }

/// Relative excess of iterations that a tile of this size causes.
double waste(std::int64_t extent, std::int64_t tile) {
  return static_cast<double>(roundUp(extent, tile)) / static_cast<double>(extent);
}

/// A reduction over a window of a few elements is written out as a whole: what its steps load overlaps, and
/// the weights stay in registers.
constexpr std::int64_t kLargestWindow = 27;

std::int64_t reductionPoints(const BlockShape& shape) {
  std::int64_t points = 1;
  for (const AxisShape& axis : shape.axes)
    if (axis.reduction) points *= axis.extent;
  return points;
}

bool isWindow(const BlockShape& shape) { return shape.depthAxis && reductionPoints(shape) <= kLargestWindow; }

bool isTiled(const BlockShape& shape, std::size_t axis) {
  return axis == shape.vectorAxis || axis == shape.rowAxis || axis == shape.secondRowAxis ||
         axis == shape.depthAxis;
}

struct TileShape {
  std::int64_t rows;
  std::int64_t secondRows;
  std::int64_t columns;
  double cost;  ///< cycles for one multiply-add instruction, 1 / multiplyAddsPerCycle at best
};

std::vector<std::int64_t> secondRowsWorthALook(const BlockShape& shape) {
  std::vector<std::int64_t> sizes{1};
  for (const std::int64_t size : {2, 3, 4})
    if (shape.secondRowAxis && size <= shape.extentOf(shape.secondRowAxis)) sizes.push_back(size);
  return sizes;
}

bool streamsAlongSecondRows(const BlockShape& shape) {
  return shape.secondRowAxis && shape.streamedOperand &&
         shape.axes[*shape.secondRowAxis].strides[*shape.streamedOperand + 1] != 0;
}

/// Vectors a row of the columns that are left over takes: with masks one holds them, without each power of
/// two of them has one of its own.
std::int64_t vectorsOfTail(std::int64_t width, std::int64_t columns, std::int64_t lanes,
                           const MachineModel& machine) {
  const std::int64_t tail = width % columns;
  const std::int64_t rest = tail % lanes;
  const bool masks = machine.vectorBits >= 512;
  return tail / lanes +
         (masks ? std::min<std::int64_t>(rest, 1) : std::popcount(static_cast<std::uint64_t>(rest)));
}

/// Register tiles, best first: accumulators must hide the latency, fit the registers, and amortise the loads.
std::vector<TileShape> tileShapes(const BlockShape& shape, const MachineModel& machine, int bytesPerElement) {
  const std::int64_t lanes = machine.lanes(bytesPerElement);
  const std::int64_t width = shape.extentOf(shape.vectorAxis);
  const std::int64_t height = shape.extentOf(shape.rowAxis);
  // Beside the vectors that are loaded: one broadcast, or the weights of a whole window.
  const double held = isWindow(shape) ? std::min<double>(static_cast<double>(reductionPoints(shape)), 9) : 1;
  const double hideLatency = machine.multiplyAddLatency * machine.multiplyAddsPerCycle;
  std::vector<TileShape> tiles;
  for (std::int64_t vectors = 1; vectors <= 6; ++vectors) {
    std::int64_t columns = vectors * lanes;
    if (columns >= width + lanes) break;
    columns = std::min(columns, width);
    for (const std::int64_t secondRows : secondRowsWorthALook(shape))
      for (std::int64_t rows = 1; rows <= std::min<std::int64_t>(height, machine.vectorRegisters); ++rows) {
        const auto accumulators = static_cast<double>(rows * secondRows * vectors);
        const std::int64_t streamed = vectors * (streamsAlongSecondRows(shape) ? secondRows : 1);
        // Windows, and rows that share what is streamed, load what comes next while this is used.
        const std::int64_t loaded = isWindow(shape) || secondRows > 1 ? 2 * streamed : streamed;
        if (accumulators + static_cast<double>(loaded) + held > machine.vectorRegisters) break;
        const std::int64_t tail = vectorsOfTail(width, columns, lanes, machine);
        if (static_cast<double>((rows * secondRows + 1) * tail) + held > machine.vectorRegisters) break;
        const double loads = static_cast<double>(streamed) / machine.loadsPerCycle +
                             static_cast<double>(rows) / machine.broadcastsPerCycle;
        const double cycles = std::max({1 / machine.multiplyAddsPerCycle, loads / accumulators,
                                        machine.multiplyAddLatency / accumulators});
        // A little more than the minimum of accumulators keeps the units fed across loop ends.
        const double slack = accumulators < 1.5 * hideLatency ? 1.06 : 1.0;
        tiles.push_back({rows, secondRows, columns,
                         cycles * slack * waste(height, rows) * waste(width, columns) *
                             waste(shape.extentOf(shape.secondRowAxis), secondRows)});
      }
  }
  // Costs that differ by rounding alone are equal; the larger tile then has the smaller overhead.
  const auto key = [](const TileShape& tile) {
    return std::tuple(std::llround(tile.cost * 1e9), -tile.rows * tile.secondRows * tile.columns, tile.rows);
  };
  std::sort(tiles.begin(), tiles.end(),
            [&](const TileShape& a, const TileShape& b) { return key(a) < key(b); });
  return tiles;
}

/// The first few, and not all of one kind.
std::vector<TileShape> mostPromising(const std::vector<TileShape>& sorted) {
  constexpr int kFlat = 10;
  constexpr int kDeep = 6;  ///< with several second rows
  int flat = 0;
  int deep = 0;
  std::vector<TileShape> kept;
  for (const TileShape& tile : sorted)
    if (tile.secondRows == 1 ? flat++ < kFlat : deep++ < kDeep) kept.push_back(tile);
  return kept;
}

/// The largest divisor of `extent` in (limit / 2, limit], or a multiple of 8 near the limit.
std::int64_t blockBelow(std::int64_t extent, std::int64_t limit) {
  if (limit >= extent) return extent;
  if (limit < 1) return 1;
  for (std::int64_t block = limit; 2 * block > limit; --block)
    if (extent % block == 0) return block;
  return limit >= 8 ? limit / 8 * 8 : limit;
}

/// A weight that no cache of one core holds should come past once: a tile of all rows reads it in one pass.
std::optional<TileShape> singlePass(const BlockShape& shape, const MachineModel& machine, double nearBytes) {
  constexpr double kBytes = 4;
  const std::int64_t height = shape.extentOf(shape.rowAxis);
  const std::int64_t lanes = std::min<std::int64_t>(machine.lanes(4), shape.extentOf(shape.vectorAxis));
  const double weight = kBytes * static_cast<double>(shape.extentOf(shape.vectorAxis)) *
                        static_cast<double>(shape.extentOf(shape.depthAxis));
  const double hideLatency = machine.multiplyAddLatency * machine.multiplyAddsPerCycle;
  const bool constant = shape.streamedOperand && shape.operands[*shape.streamedOperand].constant;
  if (!constant || weight <= nearBytes || static_cast<double>(height) < hideLatency ||
      height + 2 > machine.vectorRegisters)
    return std::nullopt;
  return TileShape{height, 1, lanes, 1 / machine.multiplyAddsPerCycle};
}

template <class Value>
void addOnce(std::vector<Value>& list, Value value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

}  // namespace

std::string levelName(const AxisShape& axis, int level) {
  return axis.loopName + "." + std::to_string(level);
}

ContractionFactors factorsOf(const BlockShape& shape, const ContractionChoice& choice) {
  ContractionFactors factors;
  const auto threeLevels = [](std::int64_t extent, std::int64_t block, std::int64_t tile) {
    const std::int64_t covered = std::min(roundUp(block, tile), roundUp(extent, tile));
    return std::vector<std::int64_t>{ceilDiv(extent, covered), covered / tile, tile};
  };
  if (shape.vectorAxis)
    factors.lanes = threeLevels(shape.extentOf(shape.vectorAxis), choice.columnBlock, choice.tileColumns);
  if (shape.rowAxis)
    factors.rows = threeLevels(shape.extentOf(shape.rowAxis), choice.rowBlock, choice.tileRows);
  if (shape.secondRowAxis)
    factors.secondRows = {ceilDiv(shape.extentOf(shape.secondRowAxis), choice.tileSecondRows),
                          choice.tileSecondRows};
  if (shape.depthAxis)
    factors.depth = threeLevels(shape.extentOf(shape.depthAxis), choice.depthBlock, choice.depthUnroll);
  return factors;
}

std::vector<ContractionChoice> contractionChoices(const BlockShape& shape, const MachineModel& machine,
                                                  std::size_t limit) {
  constexpr int kBytes = 4;
  const std::int64_t width = shape.extentOf(shape.vectorAxis);
  const std::int64_t height = shape.extentOf(shape.rowAxis);
  const std::int64_t depth = shape.extentOf(shape.depthAxis);
  std::int64_t otherReductions = 1;
  std::int64_t others = 1;
  for (std::size_t a = 0; a < shape.axes.size(); ++a) {
    if (isTiled(shape, a)) continue;
    if (shape.axes[a].reduction && shape.axes[a].shared) continue;  // one pass of it at a time
    (shape.axes[a].reduction ? otherReductions : others) *= shape.axes[a].extent;
  }
  const double firstCache = machine.levels.front().bytes;
  const double secondCache = machine.levels.size() > 2 ? machine.levels[1].bytes : firstCache * 8;

  const std::int64_t secondHeight = shape.extentOf(shape.secondRowAxis);
  const std::vector<TileShape> tiles = mostPromising(tileShapes(shape, machine, kBytes));
  std::vector<ContractionChoice> choices;
  if (const auto pass = otherReductions == 1 ? singlePass(shape, machine, secondCache) : std::nullopt)
    for (const std::int64_t columnBlock :
         {pass->columns, std::min(width, roundUp(ceilDiv(width, machine.threads), pass->columns))})
      addOnce(choices, ContractionChoice{.tileRows = pass->rows,
                                         .tileColumns = pass->columns,
                                         .rowBlock = height,
                                         .columnBlock = columnBlock,
                                         .depthBlock = depth});
  for (const TileShape& tile : tiles) {
    std::vector<std::int64_t> depths;
    for (const double share : {0.85, 0.55, 0.3, 0.12})
      if (!isWindow(shape))
        addOnce(
            depths,
            blockBelow(depth, static_cast<std::int64_t>(share * firstCache /
                                                        static_cast<double>(kBytes * otherReductions *
                                                                            (tile.columns + tile.rows)))));
    addOnce(depths, depth);
    // Short enough that the core sees the next panel while it still works on this one.
    if (shape.depthAxis && otherReductions == 1 && !isWindow(shape))
      for (const std::int64_t steps : {32, 16})
        if (steps < depth) addOnce(depths, blockBelow(depth, steps));
    for (const std::int64_t depthBlock : depths) {
      std::vector<std::int64_t> rowBlocks;
      const auto panelBytes = static_cast<double>(kBytes * depthBlock * otherReductions);
      addOnce(rowBlocks, height);
      const auto fitting = static_cast<std::int64_t>(0.5 * secondCache / panelBytes) / tile.rows * tile.rows;
      if (fitting >= tile.rows && fitting < height) addOnce(rowBlocks, fitting);
      std::vector<std::int64_t> columnBlocks;
      addOnce(columnBlocks, tile.columns);
      addOnce(columnBlocks, std::min(width, roundUp(ceilDiv(width, machine.threads), tile.columns)));
      const auto fittingColumns =
          static_cast<std::int64_t>(0.5 * secondCache / panelBytes) / tile.columns * tile.columns;
      if (fittingColumns >= tile.columns && fittingColumns < width) addOnce(columnBlocks, fittingColumns);
      for (const std::int64_t rowBlock : rowBlocks)
        for (const std::int64_t columnBlock : columnBlocks) {
          const std::int64_t nests = others * ceilDiv(secondHeight, tile.secondRows);
          const std::int64_t chunks = nests * ceilDiv(height, rowBlock) * ceilDiv(width, columnBlock);
          const bool couldShare =
              nests * ceilDiv(height, tile.rows) * ceilDiv(width, tile.columns) >= machine.threads;
          if (chunks < machine.threads && couldShare) continue;
          ContractionChoice choice{.tileRows = tile.rows,
                                   .tileSecondRows = tile.secondRows,
                                   .tileColumns = tile.columns,
                                   .rowBlock = rowBlock,
                                   .columnBlock = columnBlock,
                                   .depthBlock = depthBlock};
          if (otherReductions == 1 && depthBlock % 4 == 0 && depthBlock > 4) choice.depthUnroll = 4;
          if (isWindow(shape)) choice.depthUnroll = depth;
          addOnce(choices, choice);
        }
    }
  }
  if (choices.size() > limit) {
    // Every register tile with its first blocks, then every tile with its second ones, and so on.
    std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, int> seen;
    std::vector<std::pair<int, ContractionChoice>> ranked;
    for (const ContractionChoice& choice : choices)
      ranked.emplace_back(seen[{choice.tileRows, choice.tileSecondRows, choice.tileColumns}]++, choice);
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& left, const auto& right) { return left.first < right.first; });
    choices.clear();
    for (std::size_t i = 0; i < limit; ++i) choices.push_back(ranked[i].second);
  }
  return choices;
}

std::vector<Step> contractionSteps(const BlockShape& shape, const ContractionChoice& choice, bool localOutput,
                                   int threads) {
  std::vector<Step> steps;
  const ContractionFactors factors = factorsOf(shape, choice);
  const auto tile = [&](std::optional<std::size_t> axis, const std::vector<std::int64_t>& sizes) {
    if (!axis) return;
    steps.push_back(Step{"TileSize", {}}
                        .set("block", shape.name)
                        .set("loop", shape.axes[*axis].loopName)
                        .set("factors", sizes));
  };
  tile(shape.vectorAxis, factors.lanes);
  tile(shape.rowAxis, factors.rows);
  tile(shape.secondRowAxis, factors.secondRows);
  tile(shape.depthAxis, factors.depth);

  std::vector<std::string> outer;
  std::vector<std::string> farther;
  std::vector<std::string> nearer;
  for (std::size_t a = 0; a < shape.axes.size(); ++a) {
    const AxisShape& axis = shape.axes[a];
    if (isTiled(shape, a) || axis.shared) continue;
    const bool isFarther = shape.depthAxis && axis.inputStep() > shape.axes[*shape.depthAxis].inputStep();
    (!axis.reduction ? outer : isFarther ? farther : nearer).push_back(axis.loopName);
  }
  const bool alone =
      std::none_of(shape.axes.begin(), shape.axes.end(), [](const AxisShape& axis) { return axis.shared; });
  std::vector<std::string> order = outer;
  const auto add = [&](std::optional<std::size_t> axis, int level) {
    if (axis) order.push_back(levelName(shape.axes[*axis], level));
  };
  add(shape.secondRowAxis, 0);
  std::vector<std::string> parallel = order;
  for (const int level : {0, 1}) {
    add(shape.vectorAxis, level);
    add(shape.rowAxis, level);
    if (level == 0) parallel = order;
    if (level == 1) order.insert(order.end(), farther.begin(), farther.end());
    add(shape.depthAxis, level);
  }
  order.insert(order.end(), nearer.begin(), nearer.end());
  add(shape.depthAxis, 2);
  add(shape.rowAxis, 2);
  add(shape.secondRowAxis, 1);
  add(shape.vectorAxis, 2);
  steps.push_back(Step{"Reorder", {}}.set("loops", order));

  if (shape.vectorAxis)
    steps.push_back(Step{"Vectorize", {}}.set("loop", levelName(shape.axes[*shape.vectorAxis], 2)));
  if (shape.rowAxis)
    steps.push_back(Step{"Unroll", {}}.set("loop", levelName(shape.axes[*shape.rowAxis], 2)));
  if (shape.secondRowAxis)
    steps.push_back(Step{"Unroll", {}}.set("loop", levelName(shape.axes[*shape.secondRowAxis], 1)));
  if (shape.depthAxis)
    steps.push_back(Step{"Unroll", {}}.set("loop", levelName(shape.axes[*shape.depthAxis], 2)));
  if (isWindow(shape))
    for (const auto& loops : {farther, nearer})
      for (const std::string& loop : loops) steps.push_back(Step{"Unroll", {}}.set("loop", loop));
  const auto tileLoop = shape.rowAxis ? shape.rowAxis : shape.vectorAxis;
  if (tileLoop && localOutput)
    steps.push_back(Step{"CacheWrite", {}}
                        .set("block", shape.name)
                        .set("loop", levelName(shape.axes[*tileLoop], 0))
                        .set("memory", std::string("stack")));
  if (tileLoop)
    steps.push_back(Step{"CacheWrite", {}}
                        .set("block", shape.name)
                        .set("loop", levelName(shape.axes[*tileLoop], 1))
                        .set("memory", std::string("register")));
  if (threads > 1 && alone && !parallel.empty()) {
    if (parallel.size() == 1)
      steps.push_back(Step{"Parallel", {}}.set("loop", parallel.front()));
    else
      steps.push_back(Step{"Parallel", {}}.set("loops", parallel));
  }
  return steps;
}

std::optional<Step> layoutStep(const BlockShape& shape, std::size_t operand,
                               const ContractionChoice& choice) {
  const OperandShape& weight = shape.operands[operand];
  std::vector<std::int64_t> tiles(weight.dimensions, 0);
  std::vector<std::string> order;
  std::optional<std::size_t> tiled;
  for (std::size_t d = 0; d < weight.dimensions; ++d) {
    const auto axis = weight.axisOfDimension[d];
    const std::int64_t size = axis && axis == shape.vectorAxis ? choice.tileColumns
                              : axis && axis == shape.rowAxis  ? choice.tileRows
                                                               : 0;
    if (size <= 1 || tiled) continue;
    tiled = d;
    tiles[d] = size;
  }
  if (!tiled) return std::nullopt;
  order.push_back(std::to_string(*tiled) + ".0");
  for (std::size_t d = 0; d < weight.dimensions; ++d)
    if (d != *tiled) order.push_back(std::to_string(d));
  order.push_back(std::to_string(*tiled) + ".1");
  return Step{"TransformLayout", {}}.set("buffer", weight.name).set("tiles", tiles).set("order", order);
}

std::optional<Step> prefetchStep(const BlockShape& shape, std::size_t operand,
                                 const ContractionChoice& choice) {
  const bool alongLanes = shape.vectorAxis && shape.axes[*shape.vectorAxis].strides[operand + 1] != 0;
  if (!alongLanes || !shape.depthAxis) return std::nullopt;
  const bool blocks = choice.depthBlock < shape.extentOf(shape.depthAxis);
  if (!blocks && choice.tileRows < shape.extentOf(shape.rowAxis)) return std::nullopt;
  constexpr std::int64_t kFloatsInLine = kCacheLineBytes / 4;
  const std::int64_t steps = blocks ? choice.depthBlock : choice.depthUnroll;
  const std::int64_t lines = std::max<std::int64_t>(1, steps * choice.tileColumns / kFloatsInLine);
  return Step{"Prefetch", {}}
      .set("buffer", shape.operands[operand].name)
      .set("loop", levelName(shape.axes[*shape.depthAxis], blocks ? 0 : 1))
      .set("ahead", ceilDiv(blocks ? kLinesAhead : kLinesAheadOfOnePass, lines));
}

}  // namespace espalier
