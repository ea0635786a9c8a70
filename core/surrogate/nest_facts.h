// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "program/program.h"

namespace espalier {

/// How often each kind of operation occurs in one instance of a block.
struct OperationCounts {
  double multiplyAdd = 0;  ///< a product that is added at once
  double addSub = 0;
  double multiply = 0;
  double divide = 0;
  double compare = 0;       ///< comparisons, minimum, maximum
  double function = 0;      ///< calls
  double functionWork = 0;  ///< calls weighed in multiply-adds that a vectorised polynomial takes
  double select = 0;
  double boolean = 0;
  double other = 0;

  /// Arithmetic in the sense of FLOPs: a multiply-add counts as two.
  [[nodiscard]] double arithmetic() const {
    return 2 * multiplyAdd + addSub + multiply + divide + compare + function;
  }
};

/// A loop around a block.
struct LoopFacts {
  LoopId loop;
  std::int64_t extent = 1;  ///< 1 as well where the iterations repeat each other and run once
  LoopKind kind = LoopKind::Serial;
  bool reduction = false;  ///< carries a reduction of the block
  bool lanes =
      false;  ///< iterations become lanes: Vectorized, or a plain innermost loop that the compiler vectorises
  /// Replicated into straight code or lanes, or a single iteration: no loop at run time.
  [[nodiscard]] bool straight() const {
    return extent == 1 || kind == LoopKind::Unrolled || kind == LoopKind::Vectorized;
  }
};

/// One element of a buffer that a block touches. "Depth" counts the loops around the block from outside,
/// starting at 0.
struct AccessFacts {
  /// One subscript as a function of the loops.
  struct Dimension {
    std::int64_t extent = 1;                 ///< of the buffer
    std::vector<std::int64_t> coefficients;  ///< by depth; 0 where the subscript is not linear in the loop
    std::vector<bool> depends;               ///< by depth
    std::vector<Expr> irregular;             ///< what is not linear: quotients of fused loops, index tensors
    std::vector<std::int64_t> irregularCoefficients;
  };

  BufferId buffer;
  int bytesPerElement = 4;
  bool reads = false;
  bool writes = false;
  bool inRegisters = false;  ///< MemoryKind::Register: no memory traffic at all
  std::vector<Dimension> dimensions;
  std::vector<std::int64_t> strides;  ///< by depth: elements that the address moves from iteration 0 to 1
  std::vector<bool> depends;          ///< by depth
};

struct BlockFacts {
  BlockId block;
  std::vector<LoopFacts> loops;       ///< outermost first
  std::vector<AccessFacts> accesses;  ///< the output first, then each different load once
  OperationCounts floats;
  OperationCounts integers;
  /// A quotient or remainder in the subscripts, as fused loops leave them.
  struct Quotient {
    std::vector<bool> depends;  ///< by depth
    bool shifts = false;        ///< the divisor is a power of two
  };
  std::vector<Quotient> quotients;  ///< different ones
  bool floatOutput = true;
  double guardFraction = 1;  ///< share of instances whose guards hold
  bool ownsReduction =
      true;  ///< nothing else hangs below the outermost reduction loop: the start value is set before it
};

/// Everything that the prior and the features read off a program.
struct NestFacts {
  std::vector<BlockFacts> blocks;  ///< in order of execution

  /// Bytes (whole 64-byte lines) that an access touches when the loops from `depth` inwards run and the outer
  /// ones stand still.
  [[nodiscard]] static double footprint(const Program& program, const BlockFacts& block,
                                        const AccessFacts& access, std::size_t depth);
  /// Share of a cache's sets that the footprint uses, in (0, 1]: rows at a distance that is a multiple of
  /// `wayBytes` compete for the same lines.
  [[nodiscard]] static double setShare(const BlockFacts& block, const AccessFacts& access, std::size_t depth,
                                       double wayBytes);
  /// The footprint in elements.
  [[nodiscard]] static double elements(const Program& program, const BlockFacts& block,
                                       const AccessFacts& access, std::size_t depth);
  /// Bytes of one run of consecutive addresses in that footprint.
  [[nodiscard]] static double runBytes(const Program& program, const BlockFacts& block,
                                       const AccessFacts& access, std::size_t depth);
};

[[nodiscard]] NestFacts nestFacts(const Program& program);

/// Bytes that all blocks below a loop touch while the loop stands at one iteration; per loop of the program,
/// indexed by LoopId. The last entry is the whole program.
[[nodiscard]] std::vector<double> workingSets(const Program& program, const NestFacts& facts);

/// Multiply-adds that one call of a function costs in vectorised polynomials.
[[nodiscard]] double workOf(Function function);

}  // namespace espalier
