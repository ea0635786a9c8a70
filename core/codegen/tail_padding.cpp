// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/tail_padding.h"

#include <algorithm>
#include <optional>

namespace espalier {
namespace {

/// Visits the lists of nodes that hang right below a node.
template <class Node, class Visit>
void forEachBody(Node& any, const Visit& visit) {
  if (auto* scope = std::get_if<LoweredScope>(&any.node)) {
    visit(scope->body);
  } else if (auto* loop = std::get_if<LoweredLoop>(&any.node)) {
    visit(loop->body);
  } else if (auto* lanes = std::get_if<LoweredLanes>(&any.node)) {
    visit(lanes->body);
  } else if (auto* parallel = std::get_if<LoweredParallel>(&any.node)) {
    for (auto& piece : parallel->pieces) visit(piece.body);
  } else if (auto* choice = std::get_if<LoweredChoice>(&any.node)) {
    for (auto& piece : choice->pieces) visit(piece.body);
  }
}

/// Visits the blocks below the nodes with the lanes around them, null where there are none.
template <class Visit>
void forEachBlock(std::vector<LoweredNode>& nodes, const LoweredLanes* lanes, const Visit& visit) {
  for (LoweredNode& any : nodes) {
    if (auto* block = std::get_if<LoweredBlock>(&any.node)) visit(*block, lanes);
    const auto* inner = std::get_if<LoweredLanes>(&any.node);
    forEachBody(any, [&](std::vector<LoweredNode>& body) {
      forEachBlock(body, inner != nullptr ? inner : lanes, visit);
    });
  }
}

class ScopeBuffer {
 public:
  ScopeBuffer(BufferId buffer, const Storage& storage, const std::vector<Interval>& ranges)
      : buffer_(buffer),
        row_(storage.strides.size() > 1 ? storage.strides[storage.strides.size() - 2] : storage.elements),
        ranges_(ranges) {}

  void mark(std::vector<LoweredNode>& body) {
    forEachBlock(body, nullptr, [this](LoweredBlock& block, const LoweredLanes*) { note(block); });
    if (!known_) return;
    forEachBlock(body, nullptr, [this](LoweredBlock& block, const LoweredLanes* lanes) {
      if (lanes == nullptr || lanes->active == lanes->width || block.output != buffer_ ||
          !block.guards.empty() || !alongLanes(block.offset, lanes->variable))
        return;
      const Interval place = *placeInRow(block.offset);
      block.wholeRows =
          place.low + lanes->active > last_ && place.high - lanes->active + 1 + lanes->width <= row_;
    });
  }

 private:
  void note(const LoweredBlock& block) {
    if (block.output == buffer_) note(block.offset);
    const auto noteLoads = [this](const Expr& expr) {
      forEach(expr, [this](const Expr& part) {
        if (part.kind() == ExprKind::Load && part.buffer() == buffer_) note(part.operand(0));
      });
    };
    noteLoads(block.value);
    noteLoads(block.offset);
    for (const Guard& guard : block.guards) noteLoads(guard.value);
  }

  void note(const Expr& offset) {
    const auto place = placeInRow(offset);
    known_ = known_ && place.has_value();
    if (place) last_ = std::max(last_, place->high);
  }

  /// Which elements of its row an offset may stand for; nothing if that is not known.
  [[nodiscard]] std::optional<Interval> placeInRow(const Expr& offset) const {
    const AffineForm form = affineForm(offset);
    Interval place{((form.constant % row_) + row_) % row_, 0};
    place.high = place.low;
    for (const AffineForm::Term& term : form.terms) {
      if (term.coefficient % row_ == 0) continue;
      const Interval values =
          intervalOf(term.atom, [this](const Expr& variable) { return ranges_.at(variable.loop().index); });
      if (term.coefficient < 0 || values.low < 0) return std::nullopt;
      place.low += term.coefficient * values.low;
      place.high += term.coefficient * values.high;
    }
    if (place.high >= row_) return std::nullopt;
    return place;
  }

  /// True if the lanes lie side by side.
  static bool alongLanes(const Expr& offset, LoopId lane) {
    bool found = false;
    for (const AffineForm::Term& term : affineForm(offset).terms) {
      if (!usesLoop(term.atom, lane)) continue;
      if (term.atom.kind() != ExprKind::LoopVar || term.coefficient != 1) return false;
      found = true;
    }
    return found;
  }

  BufferId buffer_;
  std::int64_t row_;
  const std::vector<Interval>& ranges_;
  std::int64_t last_ = -1;  ///< element of a row that something uses
  bool known_ = true;
};

void visitScopes(std::vector<LoweredNode>& nodes, LoweredProgram& program) {
  for (LoweredNode& any : nodes) {
    if (auto* scope = std::get_if<LoweredScope>(&any.node))
      for (const BufferId buffer : scope->buffers) {
        const Storage& storage = program.storage.of(buffer);
        const bool rows = storage.lanes == 0 && !storage.strides.empty() && storage.strides.back() == 1;
        if (rows) ScopeBuffer(buffer, storage, program.ranges).mark(scope->body);
      }
    forEachBody(any, [&](std::vector<LoweredNode>& body) { visitScopes(body, program); });
  }
}

}  // namespace

void findTailPadding(LoweredProgram& program) { visitScopes(program.body, program); }

}  // namespace espalier
