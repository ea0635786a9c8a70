// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/value_emitter.h"

#include <numeric>
#include <stdexcept>

#include <llvm/IR/Instructions.h>

namespace espalier {
namespace {

llvm::Type* valueType(llvm::LLVMContext& context, DataType type) {
  switch (type) {
    case DataType::Float32: return llvm::Type::getFloatTy(context);
    case DataType::Float64: return llvm::Type::getDoubleTy(context);
    case DataType::Int32: return llvm::Type::getInt32Ty(context);
    case DataType::Index: return llvm::Type::getInt64Ty(context);
    case DataType::Bool: return llvm::Type::getInt1Ty(context);
  }
  throw std::logic_error("valueType: unknown type");
}

bool isVector(const llvm::Value* value) { return value->getType()->isVectorTy(); }
bool isReal(const llvm::Value* value) { return value->getType()->isFPOrFPVectorTy(); }

}  // namespace

llvm::Value* ValueEmitter::value(const Expr& expr) {
  llvm::LLVMContext& context = builder_.getContext();
  switch (expr.kind()) {
    case ExprKind::Integer:
      return llvm::ConstantInt::getSigned(valueType(context, expr.type()), expr.integerValue());
    case ExprKind::Real: return llvm::ConstantFP::get(valueType(context, expr.type()), expr.realValue());
    case ExprKind::LoopVar:
    case ExprKind::FloorDiv:
    case ExprKind::FloorMod: return index(expr);
    case ExprKind::AxisVar: throw std::logic_error("value: an axis variable was left in a lowered block");
    case ExprKind::Add:
    case ExprKind::Sub:
    case ExprKind::Mul:
      if (expr.type() == DataType::Index) return index(expr);
      return arithmetic(expr.kind(), value(expr.operand(0)), value(expr.operand(1)));
    case ExprKind::Min:
    case ExprKind::Max: return arithmetic(expr.kind(), value(expr.operand(0)), value(expr.operand(1)));
    case ExprKind::Divide: return divide(value(expr.operand(0)), value(expr.operand(1)));
    case ExprKind::Less:
    case ExprKind::LessEqual:
    case ExprKind::Equal:
    case ExprKind::NotEqual: return compare(expr.kind(), value(expr.operand(0)), value(expr.operand(1)));
    case ExprKind::And:
    case ExprKind::Or: {
      llvm::Value* left = value(expr.operand(0));
      llvm::Value* right = value(expr.operand(1));
      match(left, right);
      return expr.kind() == ExprKind::And ? builder_.CreateAnd(left, right) : builder_.CreateOr(left, right);
    }
    case ExprKind::Not: return builder_.CreateNot(value(expr.operand(0)));
    case ExprKind::Select: {
      llvm::Value* condition = value(expr.operand(0));
      llvm::Value* ifTrue = value(expr.operand(1));
      llvm::Value* ifFalse = value(expr.operand(2));
      match(ifTrue, ifFalse);
      if (isVector(condition) && !isVector(ifTrue)) {
        ifTrue = splat(ifTrue);
        ifFalse = splat(ifFalse);
      }
      return builder_.CreateSelect(condition, ifTrue, ifFalse);
    }
    case ExprKind::Load: return load(expr.buffer(), expr.operand(0));
    case ExprKind::Call: {
      std::vector<llvm::Value*> operands;
      bool vector = false;
      for (const Expr& operand : expr.operands()) {
        operands.push_back(value(operand));
        vector = vector || isVector(operands.back());
      }
      for (llvm::Value*& operand : operands) operand = vector ? splat(operand) : operand;
      return emitFunction(builder_, style_, expr.function(), operands);
    }
    case ExprKind::Cast: return cast(expr.operand(0).type(), expr.type(), value(expr.operand(0)));
  }
  throw std::logic_error("value: unknown expression");
}

llvm::Value* ValueEmitter::arithmetic(ExprKind kind, llvm::Value* left, llvm::Value* right) {
  match(left, right);
  const bool real = isReal(left);
  switch (kind) {
    case ExprKind::Add: return real ? builder_.CreateFAdd(left, right) : builder_.CreateAdd(left, right);
    case ExprKind::Sub: return real ? builder_.CreateFSub(left, right) : builder_.CreateSub(left, right);
    case ExprKind::Mul: return real ? builder_.CreateFMul(left, right) : builder_.CreateMul(left, right);
    // `left > right ? left : right` as in the interpreter: a NaN on either side gives the right side. It is
    // what the machine's maximum does, in one instruction.
    case ExprKind::Max: {
      llvm::Value* greater = real ? builder_.CreateFCmpOGT(left, right) : builder_.CreateICmpSGT(left, right);
      return builder_.CreateSelect(greater, left, right);
    }
    case ExprKind::Min: {
      llvm::Value* less = real ? builder_.CreateFCmpOLT(left, right) : builder_.CreateICmpSLT(left, right);
      return builder_.CreateSelect(less, left, right);
    }
    default: throw std::logic_error("arithmetic: not an arithmetic operation");
  }
}

llvm::Value* ValueEmitter::divide(llvm::Value* left, llvm::Value* right) {
  if (isReal(left) && isVector(left) && !isVector(right)) {
    // One division for all lanes, often for a whole row; a division of vectors takes as long as ten products.
    llvm::Value* one = llvm::ConstantFP::get(right->getType(), 1);
    return arithmetic(ExprKind::Mul, left, builder_.CreateFDiv(one, right));
  }
  match(left, right);
  if (isReal(left)) return builder_.CreateFDiv(left, right);
  // A lane that is switched off must not trap on whatever it happens to hold.
  if (llvm::Value* on = mask(); on != nullptr && isVector(right)) {
    right = builder_.CreateSelect(on, right, llvm::ConstantInt::get(right->getType(), 1));
  }
  return builder_.CreateSDiv(left, right);
}

llvm::Value* ValueEmitter::compare(ExprKind kind, llvm::Value* left, llvm::Value* right) {
  match(left, right);
  const bool real = isReal(left);
  switch (kind) {
    case ExprKind::Less:
      return real ? builder_.CreateFCmpOLT(left, right) : builder_.CreateICmpSLT(left, right);
    case ExprKind::LessEqual:
      return real ? builder_.CreateFCmpOLE(left, right) : builder_.CreateICmpSLE(left, right);
    case ExprKind::Equal:
      return real ? builder_.CreateFCmpOEQ(left, right) : builder_.CreateICmpEQ(left, right);
    case ExprKind::NotEqual:
      return real ? builder_.CreateFCmpUNE(left, right) : builder_.CreateICmpNE(left, right);
    default: throw std::logic_error("compare: not a comparison");
  }
}

llvm::Value* ValueEmitter::cast(DataType from, DataType to, llvm::Value* operand) {
  llvm::Type* type = valueType(builder_.getContext(), to);
  if (isVector(operand)) type = llvm::FixedVectorType::get(type, static_cast<unsigned>(frame_.lanes->width));
  if (isFloat(from) && isFloat(to)) return builder_.CreateFPCast(operand, type);
  if (to == DataType::Bool) {
    llvm::Value* zero = llvm::Constant::getNullValue(operand->getType());
    return compare(ExprKind::NotEqual, operand, zero);
  }
  if (isFloat(from)) return builder_.CreateFPToSI(operand, type);
  if (isFloat(to)) {
    return from == DataType::Bool ? builder_.CreateUIToFP(operand, type)
                                  : builder_.CreateSIToFP(operand, type);
  }
  return from == DataType::Bool ? builder_.CreateZExt(operand, type)
                                : builder_.CreateSExtOrTrunc(operand, type);
}

llvm::Value* ValueEmitter::splat(llvm::Value* scalar) {
  if (isVector(scalar)) return scalar;
  return builder_.CreateVectorSplat(static_cast<unsigned>(frame_.lanes->width), scalar);
}

void ValueEmitter::match(llvm::Value*& left, llvm::Value*& right) {
  if (isVector(left) == isVector(right)) return;
  left = splat(left);
  right = splat(right);
}

void ValueEmitter::emit(const LoweredBlock& block) {
  guardMask_ = nullptr;
  llvm::Value* condition = nullptr;
  for (const Guard& guard : block.guards) {
    llvm::Value* holds = compare(ExprKind::Less, index(guard.value),
                                 builder_.getInt64(static_cast<std::uint64_t>(guard.limit)));
    llvm::Value*& joined = isVector(holds) ? guardMask_ : condition;
    joined = joined == nullptr ? holds : builder_.CreateAnd(joined, holds);
  }
  if (guardMask_ != nullptr) {
    // Where no lane is on, addresses that all lanes share may lie outside their buffers.
    llvm::Value* some = builder_.CreateOrReduce(mask());
    condition = condition == nullptr ? some : builder_.CreateAnd(condition, some);
  }
  if (const auto* known = llvm::dyn_cast_or_null<llvm::ConstantInt>(condition)) {
    if (known->isZero()) return;
    condition = nullptr;
  }
  if (condition == nullptr) {
    storeBlock(block);
    return;
  }
  llvm::BasicBlock* inside = llvm::BasicBlock::Create(builder_.getContext(), "guarded", frame_.function);
  llvm::BasicBlock* after = llvm::BasicBlock::Create(builder_.getContext(), "after", frame_.function);
  builder_.CreateCondBr(condition, inside, after);
  builder_.SetInsertPoint(inside);
  storeBlock(block);
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
}

llvm::Value* ValueEmitter::combined(Combiner combiner, llvm::Value* left, llvm::Value* right) {
  switch (combiner) {
    case Combiner::Sum: return arithmetic(ExprKind::Add, left, right);
    case Combiner::Product: return arithmetic(ExprKind::Mul, left, right);
    case Combiner::Max: return arithmetic(ExprKind::Max, left, right);
    case Combiner::Min: return arithmetic(ExprKind::Min, left, right);
    case Combiner::None: break;
  }
  throw std::logic_error("combined: a block without a combiner");
}

/// What all active lanes come to, halving them again and again.
llvm::Value* ValueEmitter::join(const LoweredBlock& block, llvm::Value* lanes) {
  if (llvm::Value* on = mask(); on != nullptr) {
    llvm::Value* identity = value(identityOf(block.combiner, program_.buffer(block.output).type));
    lanes = builder_.CreateSelect(on, lanes, splat(identity));
  }
  for (int width = frame_.lanes->width / 2; width >= 1; width /= 2) {
    std::vector<int> low;
    std::vector<int> high;
    for (int lane = 0; lane < width; ++lane) {
      low.push_back(lane);
      high.push_back(lane + width);
    }
    lanes = combined(block.combiner, builder_.CreateShuffleVector(lanes, low),
                     builder_.CreateShuffleVector(lanes, high));
  }
  return builder_.CreateExtractElement(lanes, std::uint64_t{0});
}

void ValueEmitter::storeBlock(const LoweredBlock& block) {
  llvm::Value* result = value(block.value);
  if (block.combiner != Combiner::None) {
    if (isVector(result) && !offsetOf(block.offset).perLane()) result = join(block, result);
    llvm::Value* previous = load(block.output, block.offset);
    if (block.initialises) {
      llvm::Value* first = builder_.getTrue();
      for (const Expr& reduction : block.firstPoint) {
        llvm::Value* zero = compare(ExprKind::Equal, index(reduction), builder_.getInt64(0));
        match(first, zero);
        first = builder_.CreateAnd(first, zero);
      }
      llvm::Value* identity = value(identityOf(block.combiner, program_.buffer(block.output).type));
      match(identity, previous);
      previous = builder_.CreateSelect(first, identity, previous);
    }
    result = combined(block.combiner, previous, result);
  }
  store(block, block.offset, result);
}

}  // namespace espalier
