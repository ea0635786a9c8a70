// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "program/program.h"
#include "transform/step.h"

namespace espalier {

inline constexpr std::array<std::int64_t, 4> kUnrollSteps = {0, 16, 64, 512};

/// The free choices of the second part of a design: what does not follow from its decisions.
struct SecondPart {
  std::map<std::string, std::int64_t> unroll;  ///< max_steps by reduction block
  std::map<std::string, int>
      parallel;  ///< fused loops by the first block of a nest, where it is not the default
};

/// A trace that grows step by step with the program that it leads to.
class DesignBuilder {
 public:
  explicit DesignBuilder(const Program& initial) : program_(initial) {}

  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const Trace& trace() const { return trace_; }

  /// Applies a step if it is legal.
  bool take(const Step& step);
  /// Legal ComputeLocation steps of a producer, `root` among them.
  [[nodiscard]] std::vector<Step> placesOf(BlockId block) const;
  [[nodiscard]] std::vector<std::string> reductionBlocks() const;

  /// By the first block of every nest at the root: how many outermost loops could be fused into a parallel
  /// one.
  [[nodiscard]] std::map<std::string, int> parallelRoom(int cores) const;
  /// How many are fused: as chosen, else as many as 16 iterations a core need.
  [[nodiscard]] int parallelCount(const std::string& nest, int cores, const SecondPart& second) const;

  /// Adds the second part: parallel, vectorise, unroll, decompose.
  void finish(const SecondPart& second, int cores);
  /// The choices that the second part of a trace, which follows these decisions, has made.
  [[nodiscard]] SecondPart secondPartOf(const Trace& steps, int cores) const;

 private:
  /// The outermost loops of a nest that may be parallel, outermost first, the ones kept for lanes left out.
  [[nodiscard]] std::vector<LoopId> parallelLoops(const NodeRef& root) const;
  /// The innermost loop around the block with more than one iteration, if it may become lanes and walks the
  /// output contiguously.
  [[nodiscard]] std::optional<LoopId> lanesOf(BlockId block) const;
  [[nodiscard]] std::string firstBlock(const NodeRef& root) const;

  Program program_;
  Trace trace_;
};

}  // namespace espalier
