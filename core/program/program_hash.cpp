// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/program_hash.h"

#include <algorithm>
#include <bit>
#include <map>
#include <vector>

#include "program/analysis.h"
#include "support/hash.h"

namespace espalier {
namespace {

/// The program as a row of numbers in which loops stand for their position in the tree, intermediates for the
/// order of their first appearance and arguments for their place in the signature.
class Canonical {
 public:
  explicit Canonical(const Program& program) : program_(program) {
    for (std::uint32_t i = 0; i < program.buffers.size(); ++i) {
      const Buffer& buffer = program.buffers[i];
      if (!buffer.isArgument()) continue;
      number(BufferId{i});
      put(Hasher().add(buffer.name).value());
    }
    body(program.roots);
  }

  [[nodiscard]] const std::vector<std::uint64_t>& tokens() const { return tokens_; }

 private:
  void put(std::uint64_t token) { tokens_.push_back(token); }
  template <class Enumeration>
  void putKind(Enumeration value) {
    put(static_cast<std::uint64_t>(value));
  }
  void putAll(const std::vector<std::int64_t>& values) {
    put(values.size());
    for (const std::int64_t value : values) put(static_cast<std::uint64_t>(value));
  }

  /// Describes a buffer where it first appears.
  std::uint64_t number(BufferId id) {
    const auto [position, isNew] = buffers_.try_emplace(id, buffers_.size());
    if (isNew) {
      const Buffer& buffer = program_.buffer(id);
      putKind(buffer.type);
      putKind(buffer.role);
      putKind(buffer.memory);
      putAll(buffer.shape);
      put(buffer.packing.has_value() ? 1 : 0);
      if (buffer.packing) {
        putAll(buffer.packing->logicalShape);
        for (const Expr& subscript : buffer.packing->logicalSubscripts) expression(subscript);
      }
    }
    return position->second;
  }

  /// Sums of subscripts are sorted by what they hold here, not by the handles of their loops, which depend on
  /// the way to a program.
  void sum(const Expr& expr) {
    const AffineForm form = affineForm(expr);
    std::vector<std::vector<std::uint64_t>> terms;
    for (const auto& [atom, coefficient] : form.terms) {
      const std::size_t start = tokens_.size();
      expression(atom);
      put(static_cast<std::uint64_t>(coefficient));
      terms.emplace_back(tokens_.begin() + static_cast<std::ptrdiff_t>(start), tokens_.end());
      tokens_.resize(start);
    }
    std::sort(terms.begin(), terms.end());
    putKind(ExprKind::Add);
    put(static_cast<std::uint64_t>(form.constant));
    put(terms.size());
    for (const auto& term : terms) tokens_.insert(tokens_.end(), term.begin(), term.end());
  }

  static bool isSum(const Expr& expr) {
    if (expr.type() != DataType::Index) return false;
    if (expr.kind() == ExprKind::Add || expr.kind() == ExprKind::Sub) return true;
    return expr.kind() == ExprKind::Mul && (expr.operand(0).isInteger() || expr.operand(1).isInteger());
  }

  void expression(const Expr& expr) {
    if (isSum(expr)) return sum(expr);
    const Expr::Node& node = expr.node();
    putKind(node.kind);
    putKind(node.type);
    switch (node.kind) {
      case ExprKind::Integer:
      case ExprKind::AxisVar: put(static_cast<std::uint64_t>(node.integer)); break;
      case ExprKind::Real: put(std::bit_cast<std::uint64_t>(node.real)); break;
      case ExprKind::LoopVar: put(loops_.at(node.loop)); break;
      case ExprKind::Load: {
        const std::uint64_t buffer = number(node.buffer);
        put(buffer);
        break;
      }
      case ExprKind::Call: putKind(node.function); break;
      default: break;
    }
    put(node.operands.size());
    for (const Expr& operand : node.operands) expression(operand);
  }

  void body(const std::vector<NodeRef>& nodes) {
    put(nodes.size());
    for (const NodeRef& node : nodes) {
      put(node.index());
      if (const LoopId* id = std::get_if<LoopId>(&node)) {
        const Loop& loop = program_.loop(*id);
        loops_[*id] = loops_.size();
        put(static_cast<std::uint64_t>(loop.extent));
        putKind(loop.kind);
        for (const Prefetch& prefetch : loop.prefetches) {
          const std::uint64_t buffer = number(prefetch.buffer);
          put(buffer);
          put(static_cast<std::uint64_t>(prefetch.ahead));
        }
        body(loop.body);
      } else {
        block(program_.block(std::get<BlockId>(node)));
      }
    }
  }

  void block(const Block& block) {
    put(block.axes.size());
    for (std::size_t i = 0; i < block.axes.size(); ++i) {
      put(static_cast<std::uint64_t>(block.axes[i].extent));
      putKind(block.axes[i].kind);
      expression(block.bindings[i]);
    }
    put(block.guards.size());
    for (const Guard& guard : block.guards) {
      expression(guard.value);
      put(static_cast<std::uint64_t>(guard.limit));
    }
    putKind(block.combiner);
    put(block.initialises ? 1 : 0);
    const std::uint64_t output = number(block.output);
    put(output);
    put(block.subscripts.size());
    for (const Expr& subscript : block.subscripts) expression(subscript);
    expression(block.value);
    constexpr std::uint64_t kStreams = 2;  // neither a loop nor a block comes next
    if (block.streams) put(kStreams);
  }

  const Program& program_;
  std::map<BufferId, std::uint64_t> buffers_;
  std::map<LoopId, std::uint64_t> loops_;
  std::vector<std::uint64_t> tokens_;
};

}  // namespace

std::uint64_t programHash(const Program& program) {
  Hasher hasher;
  const Canonical canonical(program);
  for (const std::uint64_t token : canonical.tokens()) hasher.add(token);
  return hasher.value();
}

bool equivalent(const Program& left, const Program& right) {
  return Canonical(left).tokens() == Canonical(right).tokens();
}

}  // namespace espalier
