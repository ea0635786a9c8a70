// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/lowered.h"

#include <set>

namespace espalier {
namespace {

void collectBuffers(const Expr& expr, std::set<BufferId>& buffers) {
  forEach(expr, [&](const Expr& part) {
    if (part.kind() == ExprKind::Load) buffers.insert(part.buffer());
  });
}

void collectBuffers(const std::vector<LoweredNode>& nodes, std::set<BufferId>& buffers) {
  for (const LoweredNode& any : nodes) {
    if (const auto* block = std::get_if<LoweredBlock>(&any.node)) {
      buffers.insert(block->output);
      collectBuffers(block->offset, buffers);
      collectBuffers(block->value, buffers);
    } else if (const auto* prefetch = std::get_if<LoweredPrefetch>(&any.node)) {
      buffers.insert(prefetch->buffer);
    } else if (const auto* scope = std::get_if<LoweredScope>(&any.node)) {
      std::set<BufferId> inner;
      collectBuffers(scope->body, inner);
      for (const BufferId own : scope->buffers) inner.erase(own);
      buffers.insert(inner.begin(), inner.end());
    } else if (const auto* loop = std::get_if<LoweredLoop>(&any.node)) {
      collectBuffers(loop->body, buffers);
    } else if (const auto* lanes = std::get_if<LoweredLanes>(&any.node)) {
      collectBuffers(lanes->body, buffers);
    } else if (const auto* parallel = std::get_if<LoweredParallel>(&any.node)) {
      for (const LoweredLoop& piece : parallel->pieces) collectBuffers(piece.body, buffers);
    } else if (const auto* choice = std::get_if<LoweredChoice>(&any.node)) {
      for (const LoweredLoop& piece : choice->pieces) collectBuffers(piece.body, buffers);
    }
  }
}

}  // namespace

std::vector<BufferId> buffersTouched(const std::vector<LoweredNode>& nodes) {
  std::set<BufferId> buffers;
  collectBuffers(nodes, buffers);
  return {buffers.begin(), buffers.end()};
}

std::vector<BufferId> buffersTouched(const std::vector<LoweredLoop>& pieces) {
  std::set<BufferId> buffers;
  for (const LoweredLoop& piece : pieces) collectBuffers(piece.body, buffers);
  return {buffers.begin(), buffers.end()};
}

}  // namespace espalier
