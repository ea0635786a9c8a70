// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong is named with its place and what to do.
#include <gmock/gmock.h>

#include "kernels.h"

namespace espalier::testing {
namespace {

struct BadKernel {
  std::string name;
  std::string text;
  Sizes sizes;
  std::string start;  ///< of the message, after the file name: "line:column: words"
  std::string hint;   ///< part of the hint
};

void PrintTo(const BadKernel& kernel, std::ostream* out) { *out << kernel.name; }

class BadKernels : public ::testing::TestWithParam<BadKernel> {};

TEST_P(BadKernels, AreRefusedWithPlaceAndHint) {
  const auto workload = readWorkload({GetParam().text, "k.tc", "", GetParam().sizes, {}});
  ASSERT_FALSE(workload) << print(workload->program);
  EXPECT_EQ(workload.error().kind, ErrorKind::Input);
  EXPECT_THAT(workload.error().message, ::testing::StartsWith("k.tc:" + GetParam().start));
  EXPECT_THAT(workload.error().hint, ::testing::HasSubstr(GetParam().hint));
}

std::string body(const std::string& statements) {
  return "def f(float(M,N) A, float(N) V, int32(M) I) -> (O) {\n  " + statements + "\n}";
}
const Sizes kSizes{{"M", 4}, {"N", 6}};

const std::vector<BadKernel> kBad{
    // text
    {"empty", "", {}, "1:1: there is no kernel in this text.", "def name"},
    {"onlyComments", "# nothing\n", {}, "2:1: there is no kernel", "def name"},
    {"openComment",
     "def f(float a) -> (b) { b = a } /* never closed",
     {},
     "1:33: this comment has no end.",
     "*/"},
    {"strangeByte", body("O(m) = V(m) $ 2"), kSizes, "2:15: `$` has no meaning in the notation.", "Remove"},
    {"unprintableByte", "def \x01", {}, "1:5: the byte 1 has no meaning", "Remove"},
    {"singleAnd", body("O(m) = V(m) & 2"), kSizes, "2:15: `&` is not an operator", "`&&`"},
    {"hugeInteger", body("O(m) = V(m) + 99999999999999999999"), kSizes, "2:17: the number is too large",
     "63 bits"},
    {"hugeReal", body("O(m) = V(m) + 1e999"), kSizes, "2:17: the number is too large", "1.7e308"},
    {"nameAfterDigit", body("O(m) = 2V(m)"), kSizes, "2:10: a name cannot begin with a digit.", "operator"},
    // syntax
    {"noDef",
     "kernel f(float a) -> (b) { b = a }",
     {},
     "1:1: expected `def` at the start of a kernel, found `kernel`.",
     ""},
    {"noName", "def (float a) -> (b) { b = a }", {}, "1:5: expected the kernel's name", ""},
    {"noArrow",
     "def f(float a) (b) { b = a }",
     {},
     "1:16: expected `->` between inputs and outputs, found `(`.",
     ""},
    {"noBrace", "def f(float a) -> (b) b = a }", {}, "1:23: expected `{` before the statements", ""},
    {"openBrace", "def f(float a) -> (b) { b = a", {}, "1:30: expected a statement or `}`", ""},
    {"noOutputs", "def f(float a) -> () { b = a }", {}, "1:5: kernel `f` returns nothing.", "after `->`"},
    {"noStatements", "def f(float a) -> (b) { }", {}, "1:5: kernel `f` has no statements.", ""},
    {"openParenthesis", body("O(m) +=! A(m, n"), kSizes,
     "3:1: expected `)` or `,` around the subscripts, found `}`.", ""},
    {"noAssignment", body("O(m) A(m, n)"), kSizes, "2:8: expected an assignment after `O`, found `A`.",
     "+=!"},
    {"noExpression", body("O(m) +=! * 2"), kSizes, "2:12: expected an expression, found `*`.", ""},
    {"questionWithoutColon", body("O(m) = V(m) > 0 ? 1"), kSizes, "3:1: expected `:` between the two values",
     ""},
    {"whereWithoutIn", body("O(m) = V(m) where m 0:2"), kSizes, "2:23: expected `in`", "where i in 0:10"},
    {"whereWithoutEnd", body("O(m) = V(m) where m in 0"), kSizes, "3:1: expected `:` in the range",
     "excluded"},
    {"callOfKernel", body("O, P = g(A)"), kSizes, "2:4: several targets in one statement", "cannot call"},
    {"untypedInput", "def f(A) -> (b) { b = A }", {}, "1:7: input `A` has no type.", "float(M, N) A"},
    {"unknownType",
     "def f(flaot(N) A) -> (b) { b +=! A(i) }",
     {{"N", 2}},
     "1:7: expected a type, found `flaot`.",
     "`float`"},
    {"unsupportedType",
     "def f(half(N) A) -> (b) { b +=! A(i) }",
     {{"N", 2}},
     "1:7: the type `half` is not supported.",
     "float"},
    {"expressionAsExtent",
     "def f(float(N-1) A) -> (b) { b +=! A(i) }",
     {{"N", 2}},
     "1:14: expected `)` or `,` around the extents",
     ""},
    // sizes
    {"missingSizes",
     body("O(m) +=! A(m, n)"),
     {},
     "1:13: the sizes M, N have no value.",
     "--size M=VALUE --size N=VALUE"},
    {"missingSize", body("O(m) +=! A(m, n)"), {{"M", 4}}, "1:15: the size N has no value.", "--size N=VALUE"},
    {"wrongSize",
     body("O(m) +=! A(m, n)"),
     {{"M", 4}, {"N", 6}, {"Q", 1}},
     "1:5: kernel `f` has no size `Q`.",
     ""},
    {"zeroSize",
     body("O(m) +=! A(m, n)"),
     {{"M", 0}, {"N", 6}},
     "1:5: the size M = 0 is out of range.",
     "1 to 2^40"},
    {"negativeSize",
     body("O(m) +=! A(m, n)"),
     {{"M", 4}, {"N", -6}},
     "1:5: the size N = -6 is out of range.",
     ""},
    {"hugeSize",
     body("O(m) +=! A(m, n)"),
     {{"M", std::int64_t{1} << 41}, {"N", 6}},
     "1:5: the size M = 2199023255552 is out",
     ""},
    {"hugeTensor",
     body("O(m) +=! A(m, n)"),
     {{"M", 1 << 30}, {"N", 1 << 30}},
     "1:18: `A` has more than 2^40 elements.",
     "smaller"},
    {"hugeOutput",
     "def f(float(M) A, float(N) B) -> (O) { O(m, n) = A(m) * B(n) }",
     {{"M", 1 << 30}, {"N", 1 << 30}},
     "1:40: `O` has more than 2^40 elements.",
     "smaller"},
    {"zeroExtent",
     "def f(float(0) A) -> (b) { b +=! A(i) }",
     {},
     "1:16: `A` has the extent 0.",
     "at least 1"},
    {"placeholderWithoutValue", body("O(m) = V(m) * {s}"), kSizes,
     "2:18: the placeholder `{s}` has no value.", "--size s=VALUE"},
    // names
    {"unknownTensor", body("O(m) +=! Av(m, n)"), kSizes, "2:12: `Av` is neither a tensor nor a function.",
     "`A`"},
    {"unknownFunction", body("O(m) = tahn(V(m))"), kSizes, "2:10: `tahn` is neither a tensor nor a function.",
     "`tanh`"},
    {"readBeforeComputed", body("O(m) = T(m)\n  T(m) = V(m)"), kSizes,
     "2:10: `T` is read before it is computed.", "up"},
    {"outputReadBefore",
     "def f(float(N) A) -> (O, P) { O(i) = P(i)  P(i) = A(i) }",
     {{"N", 2}},
     "1:38: `P` is read before it is computed.",
     "a type and a shape"},
    {"inputWritten", body("A(m, n) = V(n) where m in 0:M"), kSizes,
     "2:3: `A` is an input and cannot be written.", "output"},
    {"inputAsOutput",
     "def f(float(N) A) -> (A) { A(i) = 1 }",
     {{"N", 2}},
     "1:23: `A` is declared twice.",
     "cannot be an output"},
    {"twoInputsOfAName",
     "def f(float(N) A, float(N) A) -> (B) { B(i) = A(i) }",
     {{"N", 2}},
     "1:28: `A` is declared twice.",
     "Rename"},
    {"sizeAndTensor",
     "def f(float(N) N) -> (B) { B(i) = 1 where i in 0:2 }",
     {{"N", 2}},
     "1:16: `N` names a size and a tensor.",
     "Rename"},
    {"outputNeverComputed",
     "def f(float(N) A) -> (B, C) { B(i) = A(i) }",
     {{"N", 2}},
     "1:26: the output `C` is never computed.",
     "statement"},
    {"unusedTemporary", body("O(n) = V(n)  T(n) = exp(V(n))"), kSizes,
     "2:16: `T` is computed but neither returned nor used.", "outputs"},
    {"twoKernelsOfAName",
     "def f(float a) -> (b) { b = a } def f(float a) -> (b) { b = a }",
     {},
     "1:37: there is already a kernel `f`.",
     ""},
    {"severalKernels",
     "def f(float a) -> (b) { b = a } def g(float a) -> (b) { b = a }",
     {},
     "1:37: this text has 2 kernels: f, g.",
     "--kernel"},
    // shapes and ranges
    {"tooFewSubscripts", body("O(m) +=! A(m)"), kSizes, "2:12: `A` has 2 dimensions but 1 subscript.", ""},
    {"tensorAsScalar", body("O(m) = A + I(m)"), kSizes, "2:10: `A` has 2 dimensions but 0 subscripts.", ""},
    {"subscriptIsFloat", body("O(m) = V(V(m))"), kSizes,
     "2:12: a subscript must be an integer, this is float32.", "int32("},
    {"subscriptOnTheLeft", body("O(m + 1) = V(m)"), kSizes, "2:5: a subscript on the left must be an index",
     "right side"},
    {"sizeOnTheLeft", body("O(M) = V(m)"), kSizes,
     "2:5: a subscript on the left must be an index, `M` is a size.", ""},
    {"indexTwiceOnTheLeft", body("O(m, m) = V(m)"), kSizes, "2:8: the index `m` stands twice on the left.",
     "diagonal"},
    {"otherRank", body("O(n) = V(n)  O(m, n) = A(m, n)"), kSizes,
     "2:16: `O` has 1 dimensions, but is written with 2 indices.", ""},
    {"reductionWithoutOperator", body("O(m) = A(m, n)"), kSizes,
     "2:15: the index `n` appears only on the right", "+=!"},
    {"misspeltSize", body("O(m) = V(m) / NN"), kSizes, "2:17: the index `NN` appears only on the right",
     "--size NN=VALUE"},
    {"rangeUnknown", body("O(m, q) = V(m)"), kSizes, "2:8: the range of the index `q` cannot be inferred.",
     "where q in 0:N"},
    {"twoUnknowns", body("O(i, j) = V(i + j)"), kSizes, "2:5: the range of the index `i` cannot be inferred.",
     "where i in"},
    {"throughAnIndexTensor", body("O(m, q) = V(I(m) + q)"), kSizes,
     "2:8: the range of the index `q` cannot be inferred.", "where q in"},
    {"emptyIntersection", body("O(m) = V(m) + V(m + 7)"), kSizes, "2:5: the index `m` has no values",
     "check the sizes"},
    {"readOutside", body("O(m) = V(m) + V(m + 3) where m in 0:6"), kSizes,
     "2:19: this subscript runs from 3 to 8, but dimension 0 of `V` has the extent 6.", "condition"},
    {"negativeIndex", body("O(m) = V(m + 2)"), kSizes, "2:5: the index `m` runs from -2 to 3",
     "where m in 0:4"},
    {"undefinedElements", body("O(m) = V(m - 2)"), kSizes,
     "2:3: this leaves elements of `O` undefined: `m` runs from 2 to 7 of 0 to 7.", "where"},
    {"emptyRange", body("O(m) = V(m) where m in 3:3"), kSizes, "2:26: the range 3:3 of `m` is empty.",
     "excluded"},
    {"rangeTwice", body("O(m) = V(m) where m in 0:3, m in 0:2"), kSizes,
     "2:31: the range of `m` is given twice.", ""},
    {"rangeOfNothing", body("O(m) = V(m) where q in 0:3"), kSizes, "2:21: `q` is no index of this statement.",
     ""},
    {"rangeOfAnIndex", body("O(m) = V(m) where m in 0:q"), kSizes, "2:28: `q` is not a size",
     "--size q=VALUE"},
    {"rangeOfATensor", body("O(m) = V(m) where m in 0:I(0)"), kSizes,
     "2:28: the bounds of a range must be integers", ""},
    {"existsOnly", body("O(m) = V(m) where exists A(q, m)"), kSizes, "2:30: `q` appears in `exists` only.",
     ""},
    {"otherShape",
     "def f(float(N) A) -> (float(M) O) { O(i) = A(i) }",
     {{"N", 3}, {"M", 5}},
     "1:37: this leaves elements of `O` undefined: `i` runs from 0 to 2 of 0 to 4.",
     ""},
    {"accumulatesIntoNothing", body("T(m) += V(m)  O(m) = T(m)"), kSizes,
     "2:8: this accumulates into `T`, which holds nothing yet.", "`!`"},
    {"readsItselfWithAnotherRank", body("O(m, n) = A(m, n) - O(m)"), kSizes,
     "2:23: `O` is written with 2 indices, but read with 1 subscripts.", ""},
    {"readsWhatItChanges", body("O(m) = V(m)  O(m) = O(m + 1) where m in 0:2"), kSizes,
     "2:16: this statement reads elements of `O`", "own"},
    // arithmetic
    {"integerQuotient", body("O(m) = V(m) * (1 / N)"), kSizes,
     "2:18: this divides two integers, and the result is 0.", "1.0"},
    {"divisionByZero", body("O(m) = I(m) / 0"), kSizes, "2:10: this divides by zero.", ""},
    {"remainderOfReals", body("O(m) = V(m) % 2"), kSizes, "2:10: `%` needs integers, these are float32.", ""},
    {"wrongArity", body("O(m) = fmax(V(m))"), kSizes, "2:10: `fmax` takes 2 arguments, not 1.", ""},
    {"dimensionOfNothing", body("O(m) = V(m) * Q.0"), kSizes, "2:17: `Q` is not a tensor", ""},
    {"dimensionTooHigh", body("O(m) = V(m) * A.2"), kSizes, "2:17: `A` has 2 dimensions, counted from 0.",
     ""},
    {"bindingTwice", body("O(m) = x where x = V(m), x = 2"), kSizes,
     "2:28: `x` is already the name of something else.", ""},
};

std::string nameOfKernel(const ::testing::TestParamInfo<BadKernel>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Notation, BadKernels, ::testing::ValuesIn(kBad), nameOfKernel);

TEST(Errors, ShowTheLineWithACaret) {
  const auto workload = readWorkload({body("O(m) +=! Av(m, n)"), "k.tc", "", kSizes, {}});
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().text(),
            "k.tc:2:12: `Av` is neither a tensor nor a function.\n"
            "  2 |   O(m) +=! Av(m, n)\n"
            "    |            ^~ Did you mean `A` or `V`?");
}

TEST(Errors, CountCharactersNotBytes) {
  const auto workload =
      readWorkload({"def f(float(N) A) -> (B) { /* Länge */ B(i) = C(i) }", "k.tc", "", {{"N", 1}}, {}});
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().message, ::testing::StartsWith("k.tc:1:47: `C` is neither"));
}

TEST(Errors, UnknownKernelNamesTheOthers) {
  const auto workload = readWorkload({"def conv(float a) -> (b) { b = a }", "k.tc", "convv", {}, {}});
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().text(), ::testing::HasSubstr("there is no kernel `convv`; there is conv."));
  EXPECT_THAT(workload.error().text(), ::testing::HasSubstr("Did you mean `conv`?"));
}

TEST(Errors, ConstantsMustBeInputs) {
  const auto workload = readWorkload({"def f(float a) -> (b) { b = a }", "k.tc", "", {}, {"W"}});
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().text(), ::testing::HasSubstr("no input `W`"));
}

TEST(Errors, FilesThatCannotBeRead) {
  const auto missing = readKernelFile("/nonexistent/kernel.tc");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, ::testing::HasSubstr("/nonexistent/kernel.tc"));
  const auto directory = readKernelFile("/");
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, ::testing::HasSubstr("is a directory"));
}

}  // namespace
}  // namespace espalier::testing
