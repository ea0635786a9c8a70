// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Internal to codegen/: the only headers with LLVM types are this one, kernel_emitter.h, math.h and
// machine.h.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <llvm/IR/IRBuilder.h>

#include "codegen/lane_pattern.h"
#include "codegen/lowered.h"
#include "codegen/math.h"
#include "program/program.h"

namespace espalier {

/// What names stand for while one LLVM function is filled.
struct Frame {
  llvm::Function* function = nullptr;
  std::vector<llvm::Value*> pointers;  ///< by BufferId; null where the buffer is out of scope
  std::vector<llvm::Value*> values;    ///< i64 by lowered variable; null where it is out of scope
  const LoweredLanes* lanes = nullptr;
  bool streams = false;  ///< some store goes around the caches
};

/// Emits expressions, loads and stores of blocks. A value is a scalar, or a vector with one element a lane
/// where it differs between the lanes of Frame::lanes.
class ValueEmitter {
 public:
  /// `ranges` are those of the lowered variables; `argumentAlignment` in bytes is what the caller promises
  /// for arguments.
  ValueEmitter(const Program& program, const std::vector<Interval>& ranges, llvm::IRBuilder<>& builder,
               Frame& frame, MathStyle style, std::int64_t argumentAlignment)
      : program_(program),
        ranges_(ranges),
        builder_(builder),
        frame_(frame),
        style_(style),
        argumentAlignment_(argumentAlignment) {}

  /// Emits the block at the builder's position, with branches where guards need them.
  void emit(const LoweredBlock& block);
  /// An Index expression.
  llvm::Value* index(const Expr& expr);

 private:
  /// constant + runtime + lane·stride + varying; the last two only under lanes.
  struct Offset {
    std::int64_t constant = 0;
    llvm::Value* runtime = nullptr;
    std::int64_t divisor = 0;  ///< a power of two times anything that divides `runtime`; 0 if there is none
    std::int64_t stride = 0;
    llvm::Value* varying = nullptr;

    [[nodiscard]] bool perLane() const { return stride != 0 || varying != nullptr; }
  };

  Offset offsetOf(const Expr& expr);
  llvm::Value* indexAtom(const Expr& expr);
  llvm::Value* scalarOf(const Offset& offset);
  llvm::Value* lanesOf(const Offset& offset);
  llvm::Value* floorDivision(const Expr& expr);

  llvm::Value* value(const Expr& expr);
  llvm::Value* arithmetic(ExprKind kind, llvm::Value* left, llvm::Value* right);
  llvm::Value* divide(llvm::Value* left, llvm::Value* right);
  llvm::Value* compare(ExprKind kind, llvm::Value* left, llvm::Value* right);
  llvm::Value* cast(DataType from, DataType to, llvm::Value* operand);
  llvm::Value* load(BufferId buffer, const Expr& offset);
  /// What is known about lanes that do not simply lie side by side; null if nothing is.
  const LanePattern* patternOf(const Expr& offset);
  llvm::Value* loadPattern(BufferId buffer, const LanePattern& pattern);
  llvm::Value* loadPiece(BufferId buffer, const Offset& from, std::int64_t elements);
  void store(const LoweredBlock& block, const Expr& offset, llvm::Value* value);
  void storeBlock(const LoweredBlock& block);
  llvm::Value* combined(Combiner combiner, llvm::Value* left, llvm::Value* right);
  llvm::Value* join(const LoweredBlock& block, llvm::Value* lanes);

  llvm::Value* pointerTo(BufferId buffer, const Offset& offset);
  llvm::Value* lanePointers(BufferId buffer, const Offset& offset);
  llvm::Align alignmentOf(BufferId buffer, const Offset& offset) const;
  [[nodiscard]] bool isPrivate(BufferId buffer) const;
  llvm::Type* memoryType(DataType type);
  llvm::Value* splat(llvm::Value* scalar);
  void match(llvm::Value*& left, llvm::Value*& right);
  llvm::Value* laneNumbers(llvm::Type* element, std::int64_t stride);
  llvm::Value* activeLanes();
  /// All active lanes for which the guards hold; null if that is every lane.
  llvm::Value* mask();

  const Program& program_;
  const std::vector<Interval>& ranges_;
  llvm::IRBuilder<>& builder_;
  Frame& frame_;
  MathStyle style_;
  std::int64_t argumentAlignment_;
  llvm::Value* guardMask_ = nullptr;  ///< of the block at hand
  // Looked up only, so their order does not matter.
  std::unordered_map<const Expr::Node*, AffineForm> forms_;
  std::unordered_map<const Expr::Node*, std::optional<LanePattern>> patterns_;
};

}  // namespace espalier
