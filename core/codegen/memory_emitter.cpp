// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Subscripts, loads and stores of ValueEmitter.
#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>

#include <llvm/IR/Instructions.h>

#include "codegen/value_emitter.h"

namespace espalier {
namespace {

constexpr std::int64_t kBaseAlignment = 64;  ///< of workspace parts and stack buffers

bool isVector(const llvm::Value* value) { return value->getType()->isVectorTy(); }

}  // namespace

ValueEmitter::Offset ValueEmitter::offsetOf(const Expr& expr) {
  const auto [entry, added] = forms_.try_emplace(&expr.node());
  if (added) entry->second = affineForm(expr);
  const AffineForm form = entry->second;  // a copy: emitting atoms adds to the map
  Offset offset;
  offset.constant = form.constant;
  for (const AffineForm::Term& term : form.terms) {
    const bool variable = term.atom.kind() == ExprKind::LoopVar;
    if (variable && frame_.lanes != nullptr && term.atom.loop() == frame_.lanes->variable) {
      offset.stride += term.coefficient;
      continue;
    }
    llvm::Value* atom = variable ? frame_.values.at(term.atom.loop().index) : indexAtom(term.atom);
    if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(atom)) {
      offset.constant += term.coefficient * known->getSExtValue();
      continue;
    }
    if (isVector(atom)) {
      llvm::Value* scaled = builder_.CreateMul(
          atom, llvm::ConstantInt::get(atom->getType(), static_cast<std::uint64_t>(term.coefficient), true));
      offset.varying = offset.varying == nullptr ? scaled : builder_.CreateAdd(offset.varying, scaled);
      continue;
    }
    llvm::Value* scaled = builder_.CreateMul(
        atom, builder_.getInt64(static_cast<std::uint64_t>(term.coefficient)), "", false, true);
    offset.runtime =
        offset.runtime == nullptr ? scaled : builder_.CreateAdd(offset.runtime, scaled, "", false, true);
    offset.divisor = std::gcd(offset.divisor, term.coefficient);
  }
  return offset;
}

llvm::Value* ValueEmitter::scalarOf(const Offset& offset) {
  llvm::Value* constant = builder_.getInt64(static_cast<std::uint64_t>(offset.constant));
  if (offset.runtime == nullptr) return constant;
  return offset.constant == 0 ? offset.runtime
                              : builder_.CreateAdd(offset.runtime, constant, "", false, true);
}

llvm::Value* ValueEmitter::lanesOf(const Offset& offset) {
  llvm::Value* lanes = splat(scalarOf(offset));
  if (offset.stride != 0)
    lanes = builder_.CreateAdd(lanes, laneNumbers(builder_.getInt64Ty(), offset.stride));
  if (offset.varying != nullptr) lanes = builder_.CreateAdd(lanes, offset.varying);
  return lanes;
}

llvm::Value* ValueEmitter::index(const Expr& expr) {
  const Offset offset = offsetOf(expr);
  return offset.perLane() ? lanesOf(offset) : scalarOf(offset);
}

/// An Index expression that is no sum of scaled terms.
llvm::Value* ValueEmitter::indexAtom(const Expr& expr) {
  switch (expr.kind()) {
    case ExprKind::FloorDiv:
    case ExprKind::FloorMod: return floorDivision(expr);
    case ExprKind::Mul: {
      llvm::Value* left = index(expr.operand(0));
      llvm::Value* right = index(expr.operand(1));
      match(left, right);
      return builder_.CreateMul(left, right);
    }
    case ExprKind::Min:
    case ExprKind::Max:
    case ExprKind::Select:
    case ExprKind::Cast:
    case ExprKind::Load: return value(expr);
    default: throw std::logic_error("indexAtom: not an Index expression");
  }
}

llvm::Value* ValueEmitter::floorDivision(const Expr& expr) {
  llvm::Value* dividend = index(expr.operand(0));
  llvm::Value* divisor = index(expr.operand(1));
  match(dividend, divisor);
  const bool quotient = expr.kind() == ExprKind::FloorDiv;
  llvm::Value* zero = llvm::Constant::getNullValue(dividend->getType());
  llvm::Value* rest = builder_.CreateSRem(dividend, divisor);
  llvm::Value* below = builder_.CreateICmpSLT(rest, zero);
  if (!quotient) return builder_.CreateSelect(below, builder_.CreateAdd(rest, divisor), rest);
  llvm::Value* one = llvm::ConstantInt::get(dividend->getType(), 1);
  llvm::Value* towardsZero = builder_.CreateSDiv(dividend, divisor);
  return builder_.CreateSelect(below, builder_.CreateSub(towardsZero, one), towardsZero);
}

llvm::Type* ValueEmitter::memoryType(DataType type) {
  switch (type) {
    case DataType::Float32: return builder_.getFloatTy();
    case DataType::Float64: return builder_.getDoubleTy();
    case DataType::Int32: return builder_.getInt32Ty();
    case DataType::Index: return builder_.getInt64Ty();
    case DataType::Bool: return builder_.getInt8Ty();
  }
  throw std::logic_error("memoryType: unknown type");
}

bool ValueEmitter::isPrivate(BufferId buffer) const {
  return llvm::isa<llvm::AllocaInst>(frame_.pointers.at(buffer.index));
}

llvm::Align ValueEmitter::alignmentOf(BufferId buffer, const Offset& offset) const {
  const std::int64_t element = bytesOf(program_.buffer(buffer).type);
  const std::int64_t base = program_.buffer(buffer).isArgument() ? argumentAlignment_ : kBaseAlignment;
  const std::int64_t step = std::gcd(std::gcd(offset.constant, offset.divisor) * element, base);
  return llvm::Align(static_cast<std::uint64_t>(step));
}

llvm::Value* ValueEmitter::pointerTo(BufferId buffer, const Offset& offset) {
  llvm::Value* pointer = frame_.pointers.at(buffer.index);
  if (pointer == nullptr) throw std::logic_error("pointerTo: a buffer is used outside its scope");
  llvm::Type* type = memoryType(program_.buffer(buffer).type);
  // The constant goes last: it ends up in the address of the instruction, and the rest is shared. Only the
  // whole is surely inside the buffer when the constant is negative.
  const bool inbounds = offset.constant >= 0;
  const auto step = [&](llvm::Value* distance) {
    pointer = inbounds ? builder_.CreateInBoundsGEP(type, pointer, distance)
                       : builder_.CreateGEP(type, pointer, distance);
  };
  if (offset.runtime != nullptr) step(offset.runtime);
  if (offset.constant != 0) step(builder_.getInt64(static_cast<std::uint64_t>(offset.constant)));
  return pointer;
}

llvm::Value* ValueEmitter::lanePointers(BufferId buffer, const Offset& offset) {
  llvm::Type* type = memoryType(program_.buffer(buffer).type);
  if (offset.varying == nullptr) {
    // 32-bit distances from one address need half the registers of 64-bit ones.
    const bool narrow = std::abs(offset.stride) < (std::int64_t{1} << 24);
    llvm::Type* distance = narrow ? builder_.getInt32Ty() : builder_.getInt64Ty();
    return builder_.CreateGEP(type, pointerTo(buffer, offset), laneNumbers(distance, offset.stride));
  }
  return builder_.CreateGEP(type, frame_.pointers.at(buffer.index), lanesOf(offset));
}

llvm::Value* ValueEmitter::laneNumbers(llvm::Type* element, std::int64_t stride) {
  std::vector<llvm::Constant*> numbers;
  for (int lane = 0; lane < frame_.lanes->width; ++lane)
    numbers.push_back(llvm::ConstantInt::getSigned(element, lane * stride));
  return llvm::ConstantVector::get(numbers);
}

llvm::Value* ValueEmitter::activeLanes() {
  if (frame_.lanes->active == frame_.lanes->width) return nullptr;
  std::vector<llvm::Constant*> lanes;
  for (int lane = 0; lane < frame_.lanes->width; ++lane)
    lanes.push_back(builder_.getInt1(lane < frame_.lanes->active));
  return llvm::ConstantVector::get(lanes);
}

llvm::Value* ValueEmitter::mask() {
  if (frame_.lanes == nullptr) return nullptr;
  llvm::Value* active = activeLanes();
  if (guardMask_ == nullptr) return active;
  return active == nullptr ? guardMask_ : builder_.CreateAnd(guardMask_, active);
}

const LanePattern* ValueEmitter::patternOf(const Expr& offset) {
  if (frame_.lanes == nullptr) return nullptr;
  const LoopId lane = frame_.lanes->variable;
  const auto [entry, added] = patterns_.try_emplace(&offset.node());
  if (added) {
    const std::vector<AffineForm::Term> terms = affineForm(offset).terms;
    const bool scattered = std::any_of(terms.begin(), terms.end(), [&](const AffineForm::Term& term) {
      const bool alone = term.atom.kind() == ExprKind::LoopVar;
      return usesLoop(term.atom, lane) && (!alone || term.coefficient != 1);
    });
    if (scattered) entry->second = lanePattern(offset, lane, frame_.lanes->active, ranges_);
  }
  return entry->second ? &*entry->second : nullptr;
}

/// Elements from an address on, as the first of the lanes; never more than these, which are sure to exist.
llvm::Value* ValueEmitter::loadPiece(BufferId buffer, const Offset& from, std::int64_t elements) {
  llvm::Type* element = memoryType(program_.buffer(buffer).type);
  llvm::Value* pointer = pointerTo(buffer, from);
  const llvm::Align alignment = alignmentOf(buffer, from);
  const auto count = static_cast<unsigned>(elements);
  const auto width = static_cast<unsigned>(frame_.lanes->width);
  if (count == width || std::has_single_bit(count))
    return builder_.CreateAlignedLoad(llvm::FixedVectorType::get(element, count), pointer, alignment);
  std::vector<llvm::Constant*> on;
  for (unsigned lane = 0; lane < width; ++lane) on.push_back(builder_.getInt1(lane < count));
  auto* vector = llvm::FixedVectorType::get(element, width);
  return builder_.CreateMaskedLoad(vector, pointer, alignment, llvm::ConstantVector::get(on),
                                   llvm::Constant::getNullValue(vector));
}

/// Whole vectors that overlap rather than reach beyond the span, then shuffles that pick each lane's element.
llvm::Value* ValueEmitter::loadPattern(BufferId buffer, const LanePattern& pattern) {
  const std::int64_t width = frame_.lanes->width;
  const std::int64_t span = pattern.span();
  const std::int64_t lowest = pattern.lowest();
  std::vector<std::int64_t> places;  // from the lowest one; lanes that are off take the first lane's
  for (std::int64_t lane = 0; lane < width; ++lane)
    places.push_back(pattern.places[lane < frame_.lanes->active ? static_cast<std::size_t>(lane) : 0] -
                     lowest);
  Offset from = offsetOf(pattern.base);
  from.constant += lowest;
  llvm::Value* result = nullptr;
  std::vector<bool> found(places.size(), false);
  for (std::int64_t start = 0, piece = 0; piece * width < span;
       ++piece, start = std::min(start + width, span - width)) {
    Offset here = from;
    here.constant += start;
    llvm::Value* loaded = loadPiece(buffer, here, std::min(span, width));
    const auto loadedLanes =
        static_cast<std::int64_t>(llvm::cast<llvm::FixedVectorType>(loaded->getType())->getNumElements());
    std::vector<int> picks;
    for (std::size_t lane = 0; lane < places.size(); ++lane) {
      const std::int64_t place = places[lane] - start;
      const bool inside = !found[lane] && place >= 0 && place < std::min(loadedLanes, span);
      const std::int64_t before = result == nullptr ? 0 : width;
      picks.push_back(inside ? static_cast<int>(before + place) : found[lane] ? static_cast<int>(lane) : 0);
      found[lane] = found[lane] || inside;
    }
    result = result == nullptr ? builder_.CreateShuffleVector(loaded, picks)
                               : builder_.CreateShuffleVector(result, loaded, picks);
  }
  return result;
}

llvm::Value* ValueEmitter::load(BufferId buffer, const Expr& expr) {
  const LanePattern* pattern = patternOf(expr);
  if (pattern != nullptr && pattern->consecutive()) return load(buffer, pattern->row);
  if (pattern != nullptr && guardMask_ == nullptr &&
      pattern->span() <= kWidestPattern * frame_.lanes->width) {
    llvm::Value* loaded = loadPattern(buffer, *pattern);
    if (program_.buffer(buffer).type != DataType::Bool) return loaded;
    return builder_.CreateICmpNE(loaded, llvm::Constant::getNullValue(loaded->getType()));
  }
  const Offset offset = offsetOf(expr);
  const DataType type = program_.buffer(buffer).type;
  llvm::Type* element = memoryType(type);
  llvm::Align alignment = alignmentOf(buffer, offset);
  llvm::Value* loaded = nullptr;
  if (!offset.perLane()) {
    loaded = builder_.CreateAlignedLoad(element, pointerTo(buffer, offset), alignment);
  } else {
    auto* vector = llvm::FixedVectorType::get(element, static_cast<unsigned>(frame_.lanes->width));
    llvm::Value* on = mask();
    if (offset.stride == 1 && offset.varying == nullptr) {
      llvm::Value* pointer = pointerTo(buffer, offset);
      // Stack buffers have room for a whole vector behind their last element.
      loaded = on == nullptr || isPrivate(buffer)
                   ? static_cast<llvm::Value*>(builder_.CreateAlignedLoad(vector, pointer, alignment))
                   : builder_.CreateMaskedLoad(vector, pointer, alignment, on,
                                               llvm::Constant::getNullValue(vector));
    } else {
      alignment = llvm::Align(static_cast<std::uint64_t>(bytesOf(type)));
      llvm::Value* all = llvm::Constant::getAllOnesValue(
          llvm::FixedVectorType::get(builder_.getInt1Ty(), static_cast<unsigned>(frame_.lanes->width)));
      loaded = builder_.CreateMaskedGather(vector, lanePointers(buffer, offset), alignment,
                                           on == nullptr ? all : on, llvm::Constant::getNullValue(vector));
    }
  }
  if (type != DataType::Bool) return loaded;
  return builder_.CreateICmpNE(loaded, llvm::Constant::getNullValue(loaded->getType()));
}

void ValueEmitter::store(const LoweredBlock& block, const Expr& expr, llvm::Value* value) {
  if (const LanePattern* pattern = patternOf(expr); pattern != nullptr && pattern->consecutive())
    return store(block, pattern->row, value);
  const BufferId buffer = block.output;
  const Offset offset = offsetOf(expr);
  const DataType type = program_.buffer(buffer).type;
  llvm::Align alignment = alignmentOf(buffer, offset);
  if (!offset.perLane()) {
    // Every lane would write this element, in order: the last one wins.
    if (isVector(value))
      value = builder_.CreateExtractElement(value, static_cast<std::uint64_t>(frame_.lanes->active - 1));
    if (type == DataType::Bool) value = builder_.CreateZExt(value, builder_.getInt8Ty());
    builder_.CreateAlignedStore(value, pointerTo(buffer, offset), alignment);
    return;
  }
  value = splat(value);
  if (type == DataType::Bool) {
    value = builder_.CreateZExt(
        value, llvm::FixedVectorType::get(builder_.getInt8Ty(), static_cast<unsigned>(frame_.lanes->width)));
  }
  llvm::Value* on = mask();
  if (offset.stride == 1 && offset.varying == nullptr) {
    llvm::Value* pointer = pointerTo(buffer, offset);
    if (block.wholeRows && isPrivate(buffer)) {
      on = nullptr;
    } else if (on != nullptr && isPrivate(buffer)) {
      // A blend instead of a masked store: LLVM keeps such a buffer in registers.
      llvm::Value* old = builder_.CreateAlignedLoad(value->getType(), pointer, alignment);
      value = builder_.CreateSelect(on, value, old);
      on = nullptr;
    }
    if (on == nullptr) {
      llvm::StoreInst* store = builder_.CreateAlignedStore(value, pointer, alignment);
      // Machines store whole aligned vectors around the caches, and nothing else.
      const std::uint64_t bytes = value->getType()->getPrimitiveSizeInBits().getFixedValue() / 8;
      if (block.streams && alignment.value() >= bytes) {
        llvm::Metadata* one = llvm::ConstantAsMetadata::get(builder_.getInt32(1));
        store->setMetadata(llvm::LLVMContext::MD_nontemporal, llvm::MDNode::get(builder_.getContext(), one));
        frame_.streams = true;
      }
    } else {
      builder_.CreateMaskedStore(value, pointer, alignment, on);
    }
    return;
  }
  alignment = llvm::Align(static_cast<std::uint64_t>(bytesOf(type)));
  builder_.CreateMaskedScatter(value, lanePointers(buffer, offset), alignment, on);
}

}  // namespace espalier
