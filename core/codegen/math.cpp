// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/math.h"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>

#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/IR/Module.h>

namespace espalier {
namespace {

/// Arithmetic on values of one float type, scalar or vector. Polynomials of exp, log and tanh are the
/// classical ones of Cephes (float32) and of fdlibm or Taylor (float64).
class Maker {
 public:
  Maker(llvm::IRBuilder<>& builder, MathStyle style, llvm::Type* type)
      : builder_(builder),
        guard_(builder),
        style_(style),
        type_(type),
        single_(type->getScalarType()->isFloatTy()) {
    // The reductions below rely on every operation being rounded as written.
    builder_.setFastMathFlags(llvm::FastMathFlags());
    llvm::Type* bits = single_ ? builder.getInt32Ty() : builder.getInt64Ty();
    const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
    bits_ = vector == nullptr ? bits : llvm::FixedVectorType::get(bits, vector->getNumElements());
  }

  llvm::Value* exp(llvm::Value* x);
  llvm::Value* log(llvm::Value* x);
  llvm::Value* tanh(llvm::Value* x);
  llvm::Value* sigmoid(llvm::Value* x);
  llvm::Value* erf(llvm::Value* x);
  llvm::Value* reciprocal(llvm::Value* x) { return builder_.CreateFDiv(real(1), x); }
  llvm::Value* intrinsic(llvm::Intrinsic::ID id, llvm::Value* x) {
    return builder_.CreateUnaryIntrinsic(id, x);
  }
  llvm::Value* library(const std::string& name, const std::vector<llvm::Value*>& operands);
  llvm::Value* power(llvm::Value* base, llvm::Value* exponent);

  [[nodiscard]] bool single() const { return single_; }

 private:
  llvm::Value* real(double value) { return llvm::ConstantFP::get(type_, value); }
  llvm::Value* bits(std::uint64_t value) { return llvm::ConstantInt::get(bits_, value); }
  llvm::Value* asBits(llvm::Value* x) { return builder_.CreateBitCast(x, bits_); }
  llvm::Value* asReal(llvm::Value* x) { return builder_.CreateBitCast(x, type_); }

  llvm::Value* multiplyAdd(llvm::Value* a, llvm::Value* b, llvm::Value* c) {
    if (style_ == MathStyle::Fused || style_ == MathStyle::Avx512)
      return builder_.CreateIntrinsic(llvm::Intrinsic::fma, {type_}, {a, b, c});
    return builder_.CreateFAdd(builder_.CreateFMul(a, b), c);
  }
  /// Highest power first.
  llvm::Value* polynomial(llvm::Value* x, std::initializer_list<double> coefficients) {
    auto coefficient = coefficients.begin();
    llvm::Value* sum = real(*coefficient);
    for (++coefficient; coefficient != coefficients.end(); ++coefficient)
      sum = multiplyAdd(sum, x, real(*coefficient));
    return sum;
  }
  llvm::Value* powerOfTwo(llvm::Value* exponent) {
    return asReal(
        builder_.CreateShl(builder_.CreateAdd(exponent, bits(single_ ? 127 : 1023)), bits(mantissaBits())));
  }
  llvm::Value* withSignOf(llvm::Value* magnitude, llvm::Value* sign) {
    return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, magnitude, sign);
  }
  /// x · 2^n for an integer n given as a float, in one instruction; only where hasScaling().
  llvm::Value* scale(llvm::Value* x, llvm::Value* n) {
    const llvm::Intrinsic::ID id = single_ ? llvm::Intrinsic::x86_avx512_mask_scalef_ps_512
                                           : llvm::Intrinsic::x86_avx512_mask_scalef_pd_512;
    llvm::Value* allLanes = single_ ? builder_.getInt16(0xffff) : builder_.getInt8(0xff);
    constexpr std::uint32_t kCurrentRounding = 4;
    return builder_.CreateIntrinsic(id, {}, {x, n, x, allLanes, builder_.getInt32(kCurrentRounding)});
  }
  [[nodiscard]] bool hasScaling() const {
    return style_ == MathStyle::Avx512 && type_->isVectorTy() && type_->getPrimitiveSizeInBits() == 512;
  }
  [[nodiscard]] unsigned mantissaBits() const { return single_ ? 23 : 52; }

  llvm::IRBuilder<>& builder_;
  llvm::IRBuilder<>::FastMathFlagGuard guard_;
  MathStyle style_;
  llvm::Type* type_;
  llvm::Type* bits_ = nullptr;
  bool single_;
};

llvm::Value* Maker::exp(llvm::Value* x) {
  // Past these bounds the result is infinity or zero anyway; NaN passes both selects.
  llvm::Value* high = real(single_ ? 89.0 : 710.0);
  llvm::Value* low = real(single_ ? -104.0 : -746.0);
  x = builder_.CreateSelect(builder_.CreateFCmpOLT(high, x), high, x);
  x = builder_.CreateSelect(builder_.CreateFCmpOGT(low, x), low, x);
  // Adding 1.5·2^mantissa rounds to an integer n that stands in the low bits of the sum.
  llvm::Value* shift = real(single_ ? 12582912.0 : 6755399441055744.0);
  llvm::Value* shifted = multiplyAdd(x, real(1.44269504088896340736), shift);
  llvm::Value* n = builder_.CreateFSub(shifted, shift);
  // x = n·ln 2 + r, |r| ≤ ln 2 / 2, with ln 2 in two parts so that n·high is exact.
  llvm::Value* r = multiplyAdd(n, real(single_ ? -0.693359375 : -6.93147180369123816490e-01), x);
  r = multiplyAdd(n, real(single_ ? 2.12194440e-4 : -1.90821492927058770002e-10), r);
  llvm::Value* tail =
      single_ ? polynomial(r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2,
                               1.6666665459e-1, 5.0000001201e-1})
              : polynomial(r, {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
                               1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5});
  llvm::Value* result = builder_.CreateFAdd(multiplyAdd(tail, builder_.CreateFMul(r, r), r), real(1));
  if (hasScaling()) return scale(result, n);
  llvm::Value* exponent = builder_.CreateSub(asBits(shifted), asBits(shift));
  // 2^n in two factors: n itself may be outside the exponents of normal numbers.
  llvm::Value* half = builder_.CreateAShr(exponent, bits(1));
  result = builder_.CreateFMul(result, powerOfTwo(half));
  return builder_.CreateFMul(result, powerOfTwo(builder_.CreateSub(exponent, half)));
}

llvm::Value* Maker::log(llvm::Value* x) {
  const double smallest = single_ ? std::numeric_limits<float>::min() : std::numeric_limits<double>::min();
  llvm::Value* tiny = builder_.CreateFCmpOLT(x, real(smallest));
  llvm::Value* scaled = builder_.CreateSelect(tiny, builder_.CreateFMul(x, real(std::ldexp(1.0, 54))), x);
  // x = m·2^e with m in [√½, √2)
  llvm::Value* raw = asBits(scaled);
  llvm::Value* rootHalf = bits(single_ ? 0x3f3504f3ULL : 0x3fe6a09e667f3bcdULL);
  llvm::Value* exponent = builder_.CreateAShr(builder_.CreateSub(raw, rootHalf), bits(mantissaBits()));
  llvm::Value* mantissa = asReal(builder_.CreateSub(raw, builder_.CreateShl(exponent, bits(mantissaBits()))));
  llvm::Value* e = builder_.CreateSIToFP(exponent, type_);
  e = builder_.CreateSelect(tiny, builder_.CreateFSub(e, real(54)), e);
  llvm::Value* f = builder_.CreateFSub(mantissa, real(1));
  llvm::Value* result = nullptr;
  if (single_) {
    llvm::Value* square = builder_.CreateFMul(f, f);
    llvm::Value* tail =
        polynomial(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                       -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1});
    tail = builder_.CreateFMul(builder_.CreateFMul(tail, f), square);
    tail = multiplyAdd(e, real(-2.12194440e-4), tail);
    tail = multiplyAdd(square, real(-0.5), tail);
    result = multiplyAdd(e, real(0.693359375), builder_.CreateFAdd(f, tail));
  } else {
    llvm::Value* s = builder_.CreateFDiv(f, builder_.CreateFAdd(f, real(2)));
    llvm::Value* z = builder_.CreateFMul(s, s);
    llvm::Value* rest = builder_.CreateFMul(
        z, polynomial(z, {1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
                          2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
                          6.666666666666735130e-01}));
    llvm::Value* halfSquare = builder_.CreateFMul(builder_.CreateFMul(f, f), real(0.5));
    llvm::Value* low = multiplyAdd(s, builder_.CreateFAdd(halfSquare, rest),
                                   builder_.CreateFMul(e, real(1.90821492927058770002e-10)));
    llvm::Value* small = builder_.CreateFSub(builder_.CreateFSub(halfSquare, low), f);
    result = builder_.CreateFSub(builder_.CreateFMul(e, real(6.93147180369123816490e-01)), small);
  }
  llvm::Value* infinity = real(std::numeric_limits<double>::infinity());
  llvm::Value* positive = builder_.CreateFCmpOGT(x, real(0));
  llvm::Value* special = builder_.CreateSelect(positive, x, real(std::numeric_limits<double>::quiet_NaN()));
  special = builder_.CreateSelect(builder_.CreateFCmpOEQ(x, real(0)),
                                  real(-std::numeric_limits<double>::infinity()), special);
  llvm::Value* ordinary = builder_.CreateAnd(positive, builder_.CreateFCmpOLT(x, infinity));
  return builder_.CreateSelect(ordinary, result, special);
}

llvm::Value* Maker::tanh(llvm::Value* x) {
  llvm::Value* magnitude = intrinsic(llvm::Intrinsic::fabs, x);
  // Near zero the quotient below would cancel.
  llvm::Value* square = builder_.CreateFMul(x, x);
  llvm::Value* tail = nullptr;
  if (single_) {
    tail = polynomial(square, {-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1,
                               -3.33332819422e-1});
  } else {
    tail = builder_.CreateFDiv(polynomial(square, {-9.64399179425052238628e-1, -9.92877231001918586564e1,
                                                   -1.61468768441708447952e3}),
                               polynomial(square, {1.0, 1.12811678491632931402e2, 2.23548839060100448583e3,
                                                   4.84406305325125486048e3}));
  }
  llvm::Value* nearZero = multiplyAdd(builder_.CreateFMul(tail, square), x, x);
  llvm::Value* grown = exp(builder_.CreateFAdd(magnitude, magnitude));
  llvm::Value* far =
      builder_.CreateFSub(real(1), builder_.CreateFDiv(real(2), builder_.CreateFAdd(grown, real(1))));
  return builder_.CreateSelect(builder_.CreateFCmpOLT(magnitude, real(0.625)), nearZero, withSignOf(far, x));
}

llvm::Value* Maker::sigmoid(llvm::Value* x) {
  llvm::Value* negative = builder_.CreateFNeg(x);
  llvm::Value* decayed = style_ == MathStyle::Library ? library("exp", {negative}) : exp(negative);
  return reciprocal(builder_.CreateFAdd(decayed, real(1)));
}

llvm::Value* Maker::erf(llvm::Value* x) {
  llvm::Value* magnitude = intrinsic(llvm::Intrinsic::fabs, x);
  llvm::Value* square = builder_.CreateFMul(x, x);
  llvm::Value* nearZero = multiplyAdd(polynomial(square, {-5.96761703e-4, 4.99119423e-3, -2.67681349e-2,
                                                          1.12819925e-1, -3.76125336e-1, 1.28379166e-1}),
                                      x, x);
  // erf = 1 − exp(polynomial) away from zero; past 4 it is 1 in float32.
  llvm::Value* bound = real(4);
  llvm::Value* t = builder_.CreateSelect(builder_.CreateFCmpOLT(bound, magnitude), bound, magnitude);
  llvm::Value* exponent = polynomial(t, {-1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2,
                                         -1.06777877e-1, -6.34846687e-1, -1.28717512e-1});
  exponent = builder_.CreateFSub(builder_.CreateFMul(exponent, t), t);
  llvm::Value* far = withSignOf(builder_.CreateFSub(real(1), exp(exponent)), x);
  return builder_.CreateSelect(builder_.CreateFCmpOLT(real(0.927734375), magnitude), far, nearZero);
}

/// The C library's function of that name, called for each lane.
llvm::Value* Maker::library(const std::string& name, const std::vector<llvm::Value*>& operands) {
  llvm::Module* module = builder_.GetInsertBlock()->getModule();
  llvm::Type* scalar = type_->getScalarType();
  const std::vector<llvm::Type*> parameters(operands.size(), scalar);
  llvm::FunctionCallee callee = module->getOrInsertFunction(
      name + (single_ ? "f" : ""), llvm::FunctionType::get(scalar, parameters, false));
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->setDoesNotAccessMemory();
  function->setDoesNotThrow();
  function->setWillReturn();
  const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type_);
  if (vector == nullptr) return builder_.CreateCall(callee, operands);
  llvm::Value* result = llvm::PoisonValue::get(type_);
  for (unsigned lane = 0; lane < vector->getNumElements(); ++lane) {
    std::vector<llvm::Value*> elements;
    for (llvm::Value* operand : operands) elements.push_back(builder_.CreateExtractElement(operand, lane));
    result = builder_.CreateInsertElement(result, builder_.CreateCall(callee, elements), lane);
  }
  return result;
}

llvm::Value* Maker::power(llvm::Value* base, llvm::Value* exponent) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(exponent);
  if (constant != nullptr && type_->isVectorTy()) constant = constant->getSplatValue();
  const auto* known = llvm::dyn_cast_or_null<llvm::ConstantFP>(constant);
  if (known != nullptr && style_ != MathStyle::Library) {
    const double value =
        single_ ? known->getValueAPF().convertToFloat() : known->getValueAPF().convertToDouble();
    if (value == 1) return base;
    if (value == 2) return builder_.CreateFMul(base, base);
    if (value == 3) return builder_.CreateFMul(builder_.CreateFMul(base, base), base);
    if (value == -1) return reciprocal(base);
    if (value == 0.5) return intrinsic(llvm::Intrinsic::sqrt, base);
    if (value == -0.5) return reciprocal(intrinsic(llvm::Intrinsic::sqrt, base));
  }
  return library("pow", {base, exponent});
}

}  // namespace

llvm::Value* emitFunction(llvm::IRBuilder<>& builder, MathStyle style, Function function,
                          const std::vector<llvm::Value*>& operands) {
  llvm::Value* x = operands.at(0);
  Maker maker(builder, style, x->getType());
  const bool library = style == MathStyle::Library;
  switch (function) {
    case Function::Exp: return library ? maker.library("exp", operands) : maker.exp(x);
    case Function::Log: return library ? maker.library("log", operands) : maker.log(x);
    case Function::Tanh: return library ? maker.library("tanh", operands) : maker.tanh(x);
    case Function::Erf: return library || !maker.single() ? maker.library("erf", operands) : maker.erf(x);
    case Function::Sigmoid: return maker.sigmoid(x);
    case Function::Sqrt: return maker.intrinsic(llvm::Intrinsic::sqrt, x);
    case Function::Rsqrt: return maker.reciprocal(maker.intrinsic(llvm::Intrinsic::sqrt, x));
    case Function::Abs: return maker.intrinsic(llvm::Intrinsic::fabs, x);
    case Function::Floor: return maker.intrinsic(llvm::Intrinsic::floor, x);
    case Function::Ceil: return maker.intrinsic(llvm::Intrinsic::ceil, x);
    case Function::Pow: return maker.power(x, operands.at(1));
    case Function::Sin: return maker.library("sin", operands);
    case Function::Cos: return maker.library("cos", operands);
  }
  throw std::logic_error("emitFunction: unknown function");
}

}  // namespace espalier
