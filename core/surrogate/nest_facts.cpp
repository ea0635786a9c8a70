// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/nest_facts.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

#include "program/analysis.h"

namespace espalier {

namespace {

constexpr double kLineBytes = 64;

void countOperations(const Expr& expr, DataType outer, OperationCounts& floats, OperationCounts& integers) {
  if (expr.kind() == ExprKind::Load) return;  // subscripts are address arithmetic
  OperationCounts& counts = isFloat(outer) ? floats : integers;
  const auto isProduct = [](const Expr& operand) { return operand.kind() == ExprKind::Mul; };
  switch (expr.kind()) {
    case ExprKind::Add:
    case ExprKind::Sub:
      if (isFloat(expr.type()) && (isProduct(expr.operand(0)) || isProduct(expr.operand(1)))) {
        counts.multiplyAdd += 1;
        counts.multiply -= 1;
      } else {
        counts.addSub += 1;
      }
      break;
    case ExprKind::Mul: counts.multiply += 1; break;
    case ExprKind::Divide:
    case ExprKind::FloorDiv:
    case ExprKind::FloorMod: counts.divide += 1; break;
    case ExprKind::Min:
    case ExprKind::Max:
    case ExprKind::Less:
    case ExprKind::LessEqual:
    case ExprKind::Equal:
    case ExprKind::NotEqual: counts.compare += 1; break;
    case ExprKind::And:
    case ExprKind::Or:
    case ExprKind::Not: counts.boolean += 1; break;
    case ExprKind::Select: counts.select += 1; break;
    case ExprKind::Call:
      counts.function += 1;
      counts.functionWork += workOf(expr.function());
      break;
    case ExprKind::Cast: counts.other += 1; break;
    case ExprKind::Integer:
    case ExprKind::Real:
    case ExprKind::LoopVar:
    case ExprKind::AxisVar:
    case ExprKind::Load: break;
  }
  for (const Expr& operand : expr.operands())
    countOperations(operand, operand.type() == DataType::Bool ? outer : operand.type(), floats, integers);
}

void countCombination(const Block& block, OperationCounts& counts) {
  switch (block.combiner) {
    case Combiner::None: break;
    case Combiner::Sum:
      if (block.value.kind() == ExprKind::Mul) {
        counts.multiplyAdd += 1;
        counts.multiply -= 1;
      } else {
        counts.addSub += 1;
      }
      break;
    case Combiner::Product: counts.multiply += 1; break;
    case Combiner::Max:
    case Combiner::Min: counts.compare += 1; break;
  }
}

AccessFacts accessOf(const Program& program, const Block& block, const std::vector<LoopFacts>& loops,
                     BufferId buffer, const std::vector<Expr>& subscripts) {
  AccessFacts access;
  access.buffer = buffer;
  const Buffer& memory = program.buffer(buffer);
  access.bytesPerElement = bytesOf(memory.type);
  access.strides.assign(loops.size(), 0);
  access.depends.assign(loops.size(), false);
  std::int64_t pitch = 1;
  for (std::size_t d = subscripts.size(); d-- > 0;) {
    AccessFacts::Dimension dimension;
    dimension.extent = memory.shape[d];
    dimension.coefficients.assign(loops.size(), 0);
    dimension.depends.assign(loops.size(), false);
    const AffineForm form = affineForm(overLoops(block, subscripts[d]));
    for (const auto& term : form.terms) {
      if (term.atom.kind() == ExprKind::LoopVar) {
        for (std::size_t depth = 0; depth < loops.size(); ++depth)
          if (loops[depth].loop == term.atom.loop()) {
            dimension.coefficients[depth] += term.coefficient;
            dimension.depends[depth] = true;
            access.strides[depth] += term.coefficient * pitch;
          }
        continue;
      }
      dimension.irregular.push_back(term.atom);
      dimension.irregularCoefficients.push_back(term.coefficient);
      for (std::size_t depth = 0; depth < loops.size(); ++depth) {
        if (!usesLoop(term.atom, loops[depth].loop)) continue;
        dimension.depends[depth] = true;
        const LoopId moving = loops[depth].loop;
        const auto at = [&](std::int64_t value) {
          return intervalOf(term.atom, [&](const Expr& variable) {
            const bool moves = variable.kind() == ExprKind::LoopVar && variable.loop() == moving;
            return Interval{moves ? value : 0, moves ? value : 0};
          });
        };
        const std::int64_t last = std::min<std::int64_t>(1, loops[depth].extent - 1);
        const std::int64_t step = at(last).low - at(0).low;
        access.strides[depth] +=
            std::clamp<std::int64_t>(step, -memory.shape[d], memory.shape[d]) * term.coefficient * pitch;
      }
    }
    for (std::size_t depth = 0; depth < loops.size(); ++depth)
      if (dimension.depends[depth]) access.depends[depth] = true;
    access.dimensions.push_back(std::move(dimension));
    pitch *= memory.shape[d];
  }
  std::reverse(access.dimensions.begin(), access.dimensions.end());
  // A loop at run time that chooses the element keeps the buffer in memory.
  access.inRegisters = memory.role == BufferRole::Intermediate && memory.memory == MemoryKind::Register;
  for (std::size_t depth = 0; depth < loops.size(); ++depth)
    if (access.depends[depth] && !loops[depth].straight()) access.inRegisters = false;
  return access;
}

void collectLoads(const Program& program, const Block& block, const std::vector<LoopFacts>& loops,
                  const Expr& value, std::vector<AccessFacts>& accesses, std::vector<Expr>& seen) {
  forEach(value, [&](const Expr& expr) {
    if (expr.kind() != ExprKind::Load) return;
    for (const Expr& other : seen)
      if (equal(other, expr)) return;
    seen.push_back(expr);
    AccessFacts access = accessOf(program, block, loops, expr.buffer(), expr.operands());
    access.reads = true;
    if (access.buffer == accesses.front().buffer && access.strides == accesses.front().strides) {
      accesses.front().reads = true;  // an in-place update
      return;
    }
    accesses.push_back(std::move(access));
  });
}

double guardFractionOf(const Program& program, const Block& block) {
  double fraction = 1;
  for (const Guard& guard : block.guards) {
    const Interval range = intervalOf(program, guard.value);
    const double all = static_cast<double>(range.high - range.low + 1);
    fraction *= std::clamp(static_cast<double>(guard.limit - range.low) / all, 0.0, 1.0);
  }
  return fraction;
}

void collectQuotients(BlockFacts& facts) {
  std::vector<Expr> seen;
  for (const AccessFacts& access : facts.accesses)
    for (const AccessFacts::Dimension& dimension : access.dimensions)
      for (const Expr& term : dimension.irregular) {
        if (term.kind() != ExprKind::FloorDiv && term.kind() != ExprKind::FloorMod) continue;
        if (std::any_of(seen.begin(), seen.end(), [&](const Expr& other) { return equal(other, term); }))
          continue;
        seen.push_back(term);
        BlockFacts::Quotient& quotient = facts.quotients.emplace_back();
        const Expr& divisor = term.operand(1);
        quotient.shifts =
            divisor.isInteger() && std::has_single_bit(static_cast<std::uint64_t>(divisor.integerValue()));
        for (const LoopFacts& loop : facts.loops) quotient.depends.push_back(usesLoop(term, loop.loop));
      }
}

/// The compiler vectorises an innermost loop over neighbouring elements by itself.
void markLanes(const Program& program, const Block& block, BlockFacts& facts) {
  bool any = false;
  for (LoopFacts& loop : facts.loops) {
    loop.lanes = loop.kind == LoopKind::Vectorized;
    any = any || loop.lanes;
  }
  if (any || facts.loops.empty()) return;
  LoopFacts& innermost = facts.loops.back();
  const std::size_t depth = facts.loops.size() - 1;
  if (innermost.kind != LoopKind::Serial || innermost.reduction || innermost.extent < 8) return;
  if (program.loop(innermost.loop).body.size() != 1 || facts.accesses.front().strides[depth] != 1) return;
  for (const Guard& guard : block.guards)
    if (usesLoop(guard.value, innermost.loop)) return;
  for (const AccessFacts& access : facts.accesses)
    if (access.strides[depth] != 0 && access.strides[depth] != 1) return;
  for (const BlockFacts::Quotient& quotient : facts.quotients)
    if (quotient.depends[depth]) return;
  innermost.lanes = true;
}

/// Straight code that does the same in every iteration of a loop is done once: LLVM moves it out.
void hoistRepetition(BlockFacts& facts) {
  for (std::size_t l = facts.loops.size(); l-- > 0;) {
    LoopFacts& loop = facts.loops[l];
    if (loop.straight()) continue;
    for (const AccessFacts& access : facts.accesses)
      if (access.depends[l]) return;
    loop.extent = 1;
  }
}

/// Points and span of one subscript while the loops from `depth` inwards run.
struct Coverage {
  double points = 1;
  double span = 1;  ///< highest − lowest + 1
};

Coverage coverageOf(const BlockFacts& block, const AccessFacts::Dimension& dimension, std::size_t depth) {
  double span = 1;
  double iterations = 1;
  for (std::size_t l = depth; l < block.loops.size(); ++l) {
    if (!dimension.depends[l]) continue;
    iterations *= static_cast<double>(block.loops[l].extent);
    span += static_cast<double>(std::abs(dimension.coefficients[l])) *
            static_cast<double>(block.loops[l].extent - 1);
  }
  for (std::size_t t = 0; t < dimension.irregular.size(); ++t) {
    const Interval range = intervalOf(dimension.irregular[t], [&](const Expr& variable) {
      if (variable.kind() != ExprKind::LoopVar) return Interval{0, dimension.extent - 1};
      for (std::size_t l = depth; l < block.loops.size(); ++l)
        if (block.loops[l].loop == variable.loop()) return Interval{0, block.loops[l].extent - 1};
      return Interval{0, 0};
    });
    const double width = std::min(static_cast<double>(range.high) - static_cast<double>(range.low),
                                  static_cast<double>(dimension.extent - 1));
    span += static_cast<double>(std::abs(dimension.irregularCoefficients[t])) * std::max(0.0, width);
  }
  const double extent = static_cast<double>(dimension.extent);
  return {std::min({iterations, span, extent}), std::min(span, extent)};
}

}  // namespace

double workOf(Function function) {
  switch (function) {
    case Function::Abs: return 0.5;
    case Function::Floor:
    case Function::Ceil: return 1;
    case Function::Sqrt: return 10;
    case Function::Exp: return 14;
    case Function::Rsqrt: return 18;
    case Function::Log: return 20;
    case Function::Sigmoid: return 24;
    case Function::Tanh:
    case Function::Erf: return 28;
    case Function::Pow: return 60;
    case Function::Sin:
    case Function::Cos: return 100;
  }
  return 1;
}

double NestFacts::elements(const Program&, const BlockFacts& block, const AccessFacts& access,
                           std::size_t depth) {
  double points = 1;
  for (const auto& dimension : access.dimensions) points *= coverageOf(block, dimension, depth).points;
  return points;
}

double NestFacts::runBytes(const Program&, const BlockFacts& block, const AccessFacts& access,
                           std::size_t depth) {
  double run = access.bytesPerElement;
  for (std::size_t d = access.dimensions.size(); d-- > 0;) {
    const Coverage coverage = coverageOf(block, access.dimensions[d], depth);
    if (coverage.points < coverage.span) break;
    run *= coverage.points;
    if (coverage.points < static_cast<double>(access.dimensions[d].extent)) break;
  }
  return run;
}

double NestFacts::footprint(const Program& program, const BlockFacts& block, const AccessFacts& access,
                            std::size_t depth) {
  if (access.dimensions.empty()) return kLineBytes;
  double rows = 1;
  double run = access.bytesPerElement;
  bool contiguous = true;
  for (std::size_t d = access.dimensions.size(); d-- > 0;) {
    const Coverage coverage = coverageOf(block, access.dimensions[d], depth);
    if (!contiguous) {
      rows *= coverage.points;
      continue;
    }
    if (d + 1 == access.dimensions.size() && coverage.points < coverage.span) {
      // Strided in the fastest dimension: each point has a line of its own unless the steps are short.
      rows *= std::min(coverage.points * kLineBytes, coverage.span * access.bytesPerElement) / kLineBytes;
      run = kLineBytes;
      contiguous = false;
      continue;
    }
    run *= coverage.points;
    if (coverage.points < static_cast<double>(access.dimensions[d].extent)) contiguous = false;
  }
  const double bytes = rows * std::max(run, kLineBytes);
  const double whole = static_cast<double>(program.buffer(access.buffer).bytes());
  return std::min(bytes, std::max(whole, kLineBytes));
}

double NestFacts::setShare(const BlockFacts& block, const AccessFacts& access, std::size_t depth,
                           double wayBytes) {
  // Rows: the points of all dimensions but the fastest; their distance is the smallest pitch that is walked.
  double pitch = access.bytesPerElement;
  double run = 0;
  double positions = 1;
  for (std::size_t d = access.dimensions.size(); d-- > 0;) {
    const Coverage coverage = coverageOf(block, access.dimensions[d], depth);
    if (d + 1 == access.dimensions.size()) {
      run = std::max(kLineBytes, coverage.span * access.bytesPerElement);
    } else if (coverage.points > 1) {
      // How many different places in a way the rows of this dimension start at.
      const auto step = static_cast<std::int64_t>(pitch);
      const double distinct =
          wayBytes / static_cast<double>(std::gcd(step, static_cast<std::int64_t>(wayBytes)));
      positions *= std::min(coverage.points, distinct);
    }
    pitch *= static_cast<double>(access.dimensions[d].extent);
  }
  return std::clamp(run * positions / wayBytes, kLineBytes / wayBytes, 1.0);
}

NestFacts nestFacts(const Program& program) {
  NestFacts facts;
  walk(program, [&](const NodeRef& node, const std::vector<LoopId>& around) {
    const auto* id = std::get_if<BlockId>(&node);
    if (id == nullptr) return;
    const Block& block = program.block(*id);
    BlockFacts entry;
    entry.block = *id;
    for (const LoopId loop : around)
      entry.loops.push_back(
          {loop, program.loop(loop).extent, program.loop(loop).kind, carriesReduction(block, loop), false});
    AccessFacts output = accessOf(program, block, entry.loops, block.output, block.subscripts);
    output.writes = true;
    output.reads = block.combiner != Combiner::None;
    entry.accesses.push_back(std::move(output));
    std::vector<Expr> seen;
    collectLoads(program, block, entry.loops, block.value, entry.accesses, seen);
    entry.floatOutput = isFloat(block.value.type());
    countOperations(block.value, block.value.type(), entry.floats, entry.integers);
    countCombination(block, entry.floatOutput ? entry.floats : entry.integers);
    entry.guardFraction = guardFractionOf(program, block);
    collectQuotients(entry);
    markLanes(program, block, entry);
    hoistRepetition(entry);
    for (const LoopFacts& loop : entry.loops)
      if (loop.reduction) {
        entry.ownsReduction = blocksBelow(program, loop.loop).size() == 1;
        break;
      }
    facts.blocks.push_back(std::move(entry));
  });
  return facts;
}

std::vector<double> workingSets(const Program& program, const NestFacts& facts) {
  std::vector<std::map<BufferId, double>> byLoop(program.loops.size() + 1);
  for (const BlockFacts& block : facts.blocks)
    for (const AccessFacts& access : block.accesses) {
      if (access.inRegisters) continue;
      for (std::size_t depth = 0; depth <= block.loops.size(); ++depth) {
        auto& set = byLoop[depth == 0 ? program.loops.size() : block.loops[depth - 1].loop.index];
        double& bytes = set[access.buffer];
        bytes = std::max(bytes, NestFacts::footprint(program, block, access, depth));
      }
    }
  std::vector<double> sums(byLoop.size(), 0);
  for (std::size_t i = 0; i < byLoop.size(); ++i)
    for (const auto& [buffer, bytes] : byLoop[i]) sums[i] += bytes;
  return sums;
}

}  // namespace espalier
