// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/verification.h"

#include <cfloat>
#include <cmath>
#include <cstdio>

namespace espalier {
namespace {

std::string withCommas(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits;
}

std::string number(double value, const char* format = "%.9g") {
  if (std::isnan(value)) return "nan";
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string place(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t flat) {
  std::string text = "]";
  for (std::size_t d = shape.size(); d-- > 0; flat /= shape[d])
    text = (d > 0 ? ", " : "") + std::to_string(flat % shape[d]) + text;
  return name + "[" + text;
}

/// Where a float32 evaluation may honestly have overflowed.
bool overflowAllowed(double value, double wanted, double bound, DataType type) {
  const double largest = type == DataType::Float32 ? static_cast<double>(FLT_MAX) : DBL_MAX;
  return std::isinf(value) && std::signbit(value) == std::signbit(wanted) &&
         std::abs(wanted) + bound >= largest;
}

struct Difference {
  double error = 0;
  double ofBound = 0;
  std::size_t output = 0;
  std::int64_t flat = -1;
};

}  // namespace

Verdict compareOutputs(const Reference& reference, const std::vector<Tensor>& outputs) {
  std::int64_t compared = 0;
  std::int64_t wrong = 0;
  Difference first;  // that is wrong
  Difference worst;
  for (std::size_t o = 0; o < reference.values.size(); ++o) {
    const Tensor& wanted = reference.values[o];
    const Tensor& got = outputs[o];
    const bool bounded = reference.kind == OracleKind::Float && isFloat(got.type);
    // Below the normal numbers float32 has less to offer than its unit.
    const double smallest = got.type == DataType::Float32 ? static_cast<double>(FLT_MIN) : DBL_MIN;
    for (std::int64_t i = 0; i < wanted.elements(); ++i, ++compared) {
      const double value = got.at(i);
      const double right = wanted.at(i);
      if (value == right || (std::isnan(value) && std::isnan(right))) continue;
      const double bound = bounded ? reference.bounds[o].at(i) + smallest : 0;
      const double error = std::abs(value - right);
      const bool accepted = bounded && (error <= bound || overflowAllowed(value, right, bound, got.type));
      if (!accepted && wrong++ == 0) first = {error, 0, o, i};
      const double ofBound = accepted ? error / bound : INFINITY;
      if (std::isfinite(error) && (worst.flat < 0 || ofBound > worst.ofBound)) worst = {error, ofBound, o, i};
    }
  }

  const std::string oracle = reference.kind == OracleKind::Exact ? "exact oracle: " : "float oracle: ";
  Verdict verdict;
  verdict.correct = wrong == 0;
  verdict.largestError = worst.error;
  verdict.largestOfBound = worst.ofBound;
  if (!verdict.correct) {
    const Tensor& wanted = reference.values[first.output];
    verdict.words =
        oracle + withCommas(wrong) + " of " + withCommas(compared) + " elements are wrong, the first " +
        place(reference.names[first.output], wanted.shape, first.flat) + " = " +
        number(outputs[first.output].at(first.flat)) + " instead of " + number(wanted.at(first.flat));
  } else if (reference.kind == OracleKind::Exact) {
    verdict.words = oracle + withCommas(compared) + " elements equal";
  } else if (worst.flat < 0) {
    verdict.words = oracle + "no error in " + withCommas(compared) + " elements";
  } else {
    const Tensor& wanted = reference.values[worst.output];
    verdict.words = oracle + "largest error " + number(worst.error, "%.2g") + " of bound " +
                    number(worst.error / worst.ofBound, "%.2g") + " at " +
                    place(reference.names[worst.output], wanted.shape, worst.flat);
  }
  return verdict;
}

}  // namespace espalier
