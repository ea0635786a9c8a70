// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/features.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "program/analysis.h"

namespace espalier {

namespace {

double slog(double value) { return std::log2(std::abs(value) + 1); }

/// Where an annotated loop stands among the loops around its store.
enum class LoopPosition {
  None,
  InnerSpatial,
  MiddleSpatial,
  OuterSpatial,
  InnerReduce,
  MiddleReduce,
  OuterReduce,
  Mixed
};
constexpr std::array<const char*, 8> kPositionNames = {"none",
                                                       "inner spatial",
                                                       "middle spatial",
                                                       "outer spatial",
                                                       "inner reduction",
                                                       "middle reduction",
                                                       "outer reduction",
                                                       "mixed"};

struct Annotation {
  double loops = 0;
  double product = 1;
  double innermost = 0;
  LoopPosition position = LoopPosition::None;
};

Annotation annotationOf(const BlockFacts& block, LoopKind kind) {
  Annotation annotation;
  for (std::size_t l = 0; l < block.loops.size(); ++l) {
    const LoopFacts& loop = block.loops[l];
    if (loop.kind != kind) continue;
    annotation.loops += 1;
    annotation.product *= static_cast<double>(loop.extent);
    annotation.innermost = static_cast<double>(loop.extent);
    const bool inner = l + 1 == block.loops.size();
    const bool outer = l == 0;
    LoopPosition here = inner   ? LoopPosition::InnerSpatial
                        : outer ? LoopPosition::OuterSpatial
                                : LoopPosition::MiddleSpatial;
    if (loop.reduction) here = static_cast<LoopPosition>(static_cast<int>(here) + 3);
    annotation.position = annotation.loops > 1 && annotation.position != here ? LoopPosition::Mixed : here;
  }
  return annotation;
}

double touchedBytes(const StoreContext& context, std::size_t depth) {
  double bytes = 0;
  for (const AccessFacts& access : context.block.accesses)
    bytes += NestFacts::elements(context.program, context.block, access, depth) * access.bytesPerElement;
  return bytes;
}

BufferUse useOf(const StoreContext& context, const AccessFacts& access) {
  const auto& loops = context.block.loops;
  BufferUse use;
  use.reads = access.reads;
  use.writes = access.writes;
  use.bytes = context.iterations * access.bytesPerElement;
  use.uniqueBytes = NestFacts::elements(context.program, context.block, access, 0) * access.bytesPerElement;
  double notStrided = 1;
  double leastStride = 0;
  for (std::size_t l = loops.size(); l-- > 0;) {
    if (access.strides[l] != 0) {
      leastStride = static_cast<double>(std::abs(access.strides[l]));
      break;
    }
    notStrided *= static_cast<double>(loops[l].extent);
  }
  use.lines = std::max(
      1.0, context.iterations / notStrided * std::min(1.0, leastStride * access.bytesPerElement / 64));
  use.uniqueLines = NestFacts::footprint(context.program, context.block, access, 0) / 64;
  use.stride = loops.empty() ? 0 : static_cast<double>(access.strides.back());
  double inside = 1;
  for (std::size_t l = loops.size(); l-- > 0;) {
    if (!access.depends[l] && loops[l].extent > 1) {
      use.reuse = BufferUse::Reuse::LoopMultipleRead;
      use.reuseCount = static_cast<double>(loops[l].extent);
      use.reuseIterations = inside;
      use.reuseBytes = touchedBytes(context, l + 1);
      return use;
    }
    inside *= static_cast<double>(loops[l].extent);
  }
  if (access.reads && access.writes) {
    use.reuse = BufferUse::Reuse::SerialMultipleReadWrite;
    use.reuseCount = 1;
    use.reuseIterations = 1;
    use.reuseBytes = touchedBytes(context, loops.size());
  }
  return use;
}

void fillIntensity(StoreContext& context) {
  const auto& loops = context.block.loops;
  const double perInstance =
      std::max(1.0, context.block.floats.arithmetic() + context.block.integers.arithmetic());
  std::vector<double> operations;
  std::vector<double> intensity;
  double inside = 1;
  for (std::size_t depth = loops.size() + 1; depth-- > 0;) {
    if (depth < loops.size()) inside *= static_cast<double>(loops[depth].extent);
    operations.push_back(slog(inside * perInstance));
    intensity.push_back(inside * perInstance / std::max(1.0, touchedBytes(context, depth)));
  }
  // Equal steps of the logarithm of the operations done so far, so that inner loops are seen as well as outer
  // ones.
  for (std::size_t i = 0; i < StoreContext::kIntensityPoints; ++i) {
    const double wanted = operations.front() + (operations.back() - operations.front()) *
                                                   static_cast<double>(i) /
                                                   static_cast<double>(StoreContext::kIntensityPoints - 1);
    std::size_t at = 0;
    while (at + 1 < operations.size() && operations[at + 1] < wanted) ++at;
    const std::size_t next = std::min(at + 1, operations.size() - 1);
    const double gap = operations[next] - operations[at];
    const double share = gap > 0 ? std::clamp((wanted - operations[at]) / gap, 0.0, 1.0) : 0;
    context.intensity[i] = intensity[at] + (intensity[next] - intensity[at]) * share;
  }
}

StoreContext contextOf(const Program& program, const BlockFacts& block, const BlockEstimate& estimate,
                       const MachineModel& machine) {
  StoreContext context{program, block, estimate, machine, 1, {}, {}};
  for (const LoopFacts& loop : block.loops) context.iterations *= static_cast<double>(loop.extent);
  for (const AccessFacts& access : block.accesses) context.buffers.push_back(useOf(context, access));
  const auto key = [](const BufferUse& use) {
    return std::tuple(use.lines, use.bytes, use.uniqueBytes, use.writes, use.reuseIterations, use.stride);
  };
  std::sort(context.buffers.begin(), context.buffers.end(),
            [&](const BufferUse& a, const BufferUse& b) { return key(a) > key(b); });
  context.buffers.resize(StoreContext::kBuffers);
  fillIntensity(context);
  return context;
}

using Table = std::vector<StoreFeature>;

void addArithmetic(Table& table) {
  struct Kind {
    const char* name;
    double OperationCounts::* count;
  };
  constexpr std::array<Kind, 9> kinds = {{{"multiply-add", &OperationCounts::multiplyAdd},
                                          {"add or subtract", &OperationCounts::addSub},
                                          {"multiply", &OperationCounts::multiply},
                                          {"divide", &OperationCounts::divide},
                                          {"compare", &OperationCounts::compare},
                                          {"function", &OperationCounts::function},
                                          {"other", &OperationCounts::other},
                                          {"select", &OperationCounts::select},
                                          {"boolean", &OperationCounts::boolean}}};
  for (const Kind& kind : kinds) {
    const auto count = kind.count;
    table.push_back({std::string("float ") + kind.name, "log2 operations",
                     [count](const StoreContext& c) { return slog(c.block.floats.*count * c.iterations); }});
    table.push_back({std::string("integer ") + kind.name, "log2 operations", [count](const StoreContext& c) {
                       return slog(c.block.integers.*count * c.iterations);
                     }});
  }
}

void addAnnotations(Table& table) {
  constexpr std::array<std::pair<const char*, LoopKind>, 3> kinds = {{{"vectorized", LoopKind::Vectorized},
                                                                      {"unrolled", LoopKind::Unrolled},
                                                                      {"parallel", LoopKind::Parallel}}};
  for (const auto& [label, loopKind] : kinds) {
    const std::string prefix = label;
    const LoopKind kind = loopKind;
    table.push_back({prefix + " loops", "log2 loops",
                     [kind](const StoreContext& c) { return slog(annotationOf(c.block, kind).loops); }});
    table.push_back({prefix + " extents together", "log2 iterations",
                     [kind](const StoreContext& c) { return slog(annotationOf(c.block, kind).product); }});
    table.push_back({prefix + " innermost extent", "log2 iterations",
                     [kind](const StoreContext& c) { return slog(annotationOf(c.block, kind).innermost); }});
    for (std::size_t p = 0; p < kPositionNames.size(); ++p)
      table.push_back({prefix + " at " + kPositionNames[p], "0 or 1", [kind, p](const StoreContext& c) {
                         return static_cast<std::size_t>(annotationOf(c.block, kind).position) == p ? 1.0
                                                                                                    : 0.0;
                       }});
  }
}

void addBuffers(Table& table) {
  const auto add = [&table](std::size_t b, const char* name, const char* unit,
                            double (*value)(const BufferUse&)) {
    table.push_back({"buffer " + std::to_string(b) + " " + name, unit,
                     [b, value](const StoreContext& c) { return value(c.buffers[b]); }});
  };
  using Use = const BufferUse&;
  using Reuse = BufferUse::Reuse;
  for (std::size_t b = 0; b < StoreContext::kBuffers; ++b) {
    add(b, "is read", "0 or 1", [](Use u) { return u.reads && !u.writes ? 1.0 : 0.0; });
    add(b, "is written", "0 or 1", [](Use u) { return u.writes && !u.reads ? 1.0 : 0.0; });
    add(b, "is updated", "0 or 1", [](Use u) { return u.reads && u.writes ? 1.0 : 0.0; });
    add(b, "bytes", "log2 bytes", [](Use u) { return slog(u.bytes); });
    add(b, "unique bytes", "log2 bytes", [](Use u) { return slog(u.uniqueBytes); });
    add(b, "lines", "log2 lines", [](Use u) { return slog(u.lines); });
    add(b, "unique lines", "log2 lines", [](Use u) { return slog(u.uniqueLines); });
    add(b, "reused by a loop", "0 or 1",
        [](Use u) { return u.reuse == Reuse::LoopMultipleRead ? 1.0 : 0.0; });
    add(b, "reused in place", "0 or 1",
        [](Use u) { return u.reuse == Reuse::SerialMultipleReadWrite ? 1.0 : 0.0; });
    add(b, "not reused", "0 or 1", [](Use u) { return u.reuse == Reuse::None ? 1.0 : 0.0; });
    add(b, "reuse distance", "log2 iterations", [](Use u) { return slog(u.reuseIterations); });
    add(b, "reuse distance in bytes", "log2 bytes", [](Use u) { return slog(u.reuseBytes); });
    add(b, "reuse count", "log2 uses", [](Use u) { return slog(u.reuseCount); });
    add(b, "bytes per use", "log2 bytes", [](Use u) { return slog(u.bytes / std::max(0.5, u.reuseCount)); });
    add(b, "unique bytes per use", "log2 bytes",
        [](Use u) { return slog(u.uniqueBytes / std::max(0.5, u.reuseCount)); });
    add(b, "lines per use", "log2 lines", [](Use u) { return slog(u.lines / std::max(0.5, u.reuseCount)); });
    add(b, "unique lines per use", "log2 lines",
        [](Use u) { return slog(u.uniqueLines / std::max(0.5, u.reuseCount)); });
    add(b, "stride", "log2 elements", [](Use u) { return slog(u.stride); });
  }
}

void addIntensityAllocationAndOuter(Table& table) {
  for (std::size_t i = 0; i < StoreContext::kIntensityPoints; ++i)
    table.push_back({"intensity at " + std::to_string(i) + " of 9", "operations per byte",
                     [i](const StoreContext& c) { return slog(c.intensity[i]); }});
  const auto allocationIterations = [](const StoreContext& c) {
    const Buffer& buffer = c.program.buffer(c.block.accesses.front().buffer);
    if (buffer.isArgument()) return 1.0;
    const auto scope = allocationScope(c.program, c.block.accesses.front().buffer);
    double iterations = 1;
    if (!scope) return iterations;
    for (const LoopFacts& loop : c.block.loops) {
      iterations *= static_cast<double>(loop.extent);
      if (loop.loop == *scope) break;
    }
    return iterations;
  };
  const auto allocatedBytes = [](const StoreContext& c) {
    const Buffer& buffer = c.program.buffer(c.block.accesses.front().buffer);
    return buffer.isArgument() ? 0.0 : static_cast<double>(buffer.bytes());
  };
  table.push_back(
      {"allocation", "log2 bytes", [=](const StoreContext& c) { return slog(allocatedBytes(c)); }});
  table.push_back({"allocation, all iterations", "log2 bytes",
                   [=](const StoreContext& c) { return slog(allocatedBytes(c) * allocationIterations(c)); }});
  table.push_back({"allocation count", "log2 iterations",
                   [=](const StoreContext& c) { return slog(allocationIterations(c)); }});
  table.push_back({"iterations per allocation", "log2 iterations",
                   [=](const StoreContext& c) { return slog(c.iterations / allocationIterations(c)); }});
  table.push_back(
      {"iterations", "log2 iterations", [](const StoreContext& c) { return slog(c.iterations); }});
  table.push_back({"loops", "log2 loops",
                   [](const StoreContext& c) { return slog(static_cast<double>(c.block.loops.size())); }});
}

void addPrior(Table& table) {
  const auto share = [&table](const char* name, double BlockEstimate::* part) {
    table.push_back({std::string("prior ") + name, "share of the estimate", [part](const StoreContext& c) {
                       return c.estimate.*part / std::max(1e-30, c.estimate.seconds);
                     }});
  };
  share("arithmetic", &BlockEstimate::arithmetic);
  share("load and store issue", &BlockEstimate::memoryIssue);
  share("latency", &BlockEstimate::latency);
  share("front end", &BlockEstimate::frontEnd);
  share("launches", &BlockEstimate::launch);
  const auto count = [&table](const char* name, const char* unit, double BlockEstimate::* part) {
    table.push_back({std::string("prior ") + name, unit,
                     [part](const StoreContext& c) { return slog(c.estimate.*part); }});
  };
  count("accumulators", "log2 registers", &BlockEstimate::accumulators);
  count("registers wanted", "log2 registers", &BlockEstimate::registersNeeded);
  count("loads", "log2 instructions", &BlockEstimate::loads);
  count("broadcasts", "log2 instructions", &BlockEstimate::broadcasts);
  count("gathers", "log2 instructions", &BlockEstimate::gathers);
  count("stores", "log2 instructions", &BlockEstimate::stores);
  count("code", "log2 bytes", &BlockEstimate::codeBytes);
  table.push_back({"prior vector efficiency", "share",
                   [](const StoreContext& c) { return c.estimate.vectorEfficiency; }});
  table.push_back(
      {"prior parallelism", "threads", [](const StoreContext& c) { return c.estimate.parallelism; }});
  for (std::size_t level = 1; level < 4; ++level)
    table.push_back({"prior traffic of level " + std::to_string(level + 1), "share of the estimate",
                     [level](const StoreContext& c) {
                       return level < c.estimate.traffic.size()
                                  ? c.estimate.traffic[level] / std::max(1e-30, c.estimate.seconds)
                                  : 0.0;
                     }});
}

constexpr std::size_t kPriorFeatures = 17;

Table makeStoreTable() {
  Table table;
  addArithmetic(table);
  addAnnotations(table);
  addBuffers(table);
  addIntensityAllocationAndOuter(table);
  addPrior(table);
  return table;
}

std::vector<ProgramFeature> makeProgramTable() {
  using Blocks = const std::vector<BlockEstimate>&;
  const auto largest = [](Blocks blocks) {
    double seconds = 0;
    for (const BlockEstimate& block : blocks) seconds = std::max(seconds, block.seconds);
    return seconds;
  };
  std::vector<ProgramFeature> table = {
      {"estimate", "log2 nanoseconds",
       [](const Program&, const Estimate& e) { return slog(e.seconds * 1e9); }},
      {"blocks", "blocks",
       [](const Program&, const Estimate& e) { return static_cast<double>(e.blocks.size()); }},
      {"largest block", "share of the estimate",
       [largest](const Program&, const Estimate& e) {
         return largest(e.blocks) / std::max(1e-30, e.seconds);
       }},
      {"copying", "share of the estimate",
       [](const Program&, const Estimate& e) {
         double seconds = 0;
         for (const BlockEstimate& block : e.blocks) seconds += block.copies ? block.seconds : 0;
         return seconds / std::max(1e-30, e.seconds);
       }},
      {"all code", "log2 bytes",
       [](const Program&, const Estimate& e) {
         double bytes = 0;
         for (const BlockEstimate& block : e.blocks) bytes += block.codeBytes;
         return slog(bytes);
       }},
      {"scalar arithmetic", "log2 instructions",
       [](const Program&, const Estimate& e) {
         double instructions = 0;
         for (const BlockEstimate& block : e.blocks)
           if (block.vectorEfficiency < 0.26) instructions += block.vectorInstructions;
         return slog(instructions);
       }},
      {"packed constants", "buffers",
       [](const Program& p, const Estimate&) {
         return static_cast<double>(std::count_if(p.buffers.begin(), p.buffers.end(),
                                                  [](const Buffer& b) { return b.packing.has_value(); }));
       }},
  };
  const auto sum = [&table](const std::string& name, auto part) {
    table.push_back({"all " + name, "share of the estimate", [part](const Program&, const Estimate& e) {
                       double seconds = 0;
                       for (const BlockEstimate& block : e.blocks) seconds += part(block);
                       return seconds / std::max(1e-30, e.seconds);
                     }});
  };
  sum("arithmetic", [](const BlockEstimate& block) { return block.arithmetic; });
  sum("load and store issue", [](const BlockEstimate& block) { return block.memoryIssue; });
  sum("latency", [](const BlockEstimate& block) { return block.latency; });
  sum("front end", [](const BlockEstimate& block) { return block.frontEnd; });
  for (std::size_t level = 1; level < 4; ++level)
    sum("traffic of level " + std::to_string(level + 1), [level](const BlockEstimate& block) {
      return level < block.traffic.size() ? block.traffic[level] : 0.0;
    });
  return table;
}

}  // namespace

std::span<const StoreFeature> storeFeatures() {
  static const Table table = makeStoreTable();
  return table;
}

std::span<const ProgramFeature> programFeatures() {
  static const std::vector<ProgramFeature> table = makeProgramTable();
  return table;
}

std::vector<float> featureRow(const Program& program, const NestFacts& facts, const Estimate& estimate,
                              const MachineModel& machine) {
  std::vector<float> row;
  for (const ProgramFeature& feature : programFeatures())
    row.push_back(static_cast<float>(feature.value(program, estimate)));
  const auto stores = storeFeatures();
  const auto prior = stores.last(kPriorFeatures);
  std::vector<std::size_t> order(facts.blocks.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double left = estimate.blocks[a].seconds;
    const double right = estimate.blocks[b].seconds;
    return left != right ? left > right : a < b;
  });
  const auto append = [&](std::size_t rank, std::span<const StoreFeature> features) {
    if (rank >= order.size()) {
      row.insert(row.end(), features.size(), 0.0F);
      return;
    }
    const StoreContext context =
        contextOf(program, facts.blocks[order[rank]], estimate.blocks[order[rank]], machine);
    for (const StoreFeature& feature : features) row.push_back(static_cast<float>(feature.value(context)));
  };
  append(0, stores);
  append(1, prior);
  return row;
}

std::vector<std::string> featureNames() {
  std::vector<std::string> names;
  for (const ProgramFeature& feature : programFeatures()) names.push_back("program: " + feature.name);
  const auto stores = storeFeatures();
  for (const StoreFeature& feature : stores) names.push_back(feature.name);
  for (const StoreFeature& feature : stores.last(kPriorFeatures)) names.push_back("second: " + feature.name);
  return names;
}

}  // namespace espalier
