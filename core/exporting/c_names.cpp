// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "exporting/c_names.h"

#include <algorithm>
#include <array>

namespace espalier {
namespace {

constexpr std::array<std::string_view, 88> kReserved{
    "alignas",  "alignof",       "asm",      "auto",      "bool",     "break",   "case",      "catch",
    "char",     "class",         "const",    "constexpr", "continue", "default", "delete",    "do",
    "double",   "else",          "enum",     "explicit",  "export",   "extern",  "false",     "float",
    "for",      "friend",        "goto",     "if",        "inline",   "int",     "linux",     "long",
    "mutable",  "namespace",     "new",      "nullptr",   "operator", "private", "protected", "public",
    "register", "restrict",      "return",   "short",     "signed",   "sizeof",  "static",    "struct",
    "switch",   "template",      "this",     "throw",     "true",     "try",     "typedef",   "typeof",
    "union",    "unix",          "unsigned", "using",     "virtual",  "void",    "volatile",  "while",
    "abort",    "aligned_alloc", "free",     "exp",       "log",      "tanh",    "sqrt",      "fabs",
    "pow",      "sin",           "cos",      "erf",       "floor",    "ceil",    "expf",      "logf",
    "tanhf",    "sqrtf",         "fabsf",    "powf",      "sinf",     "cosf",    "erff",      "floorf"};

bool reserved(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end() || name == "ceilf" ||
         name == "INFINITY" || name == "INT32_MIN" || name == "INT64_C" || name == "main" || name == "I" ||
         name == "NULL" || name.starts_with("espalier_") || name.starts_with("ESPALIER_") ||
         name.ends_with("_t");
}

}  // namespace

std::string cIdentifier(std::string_view name) {
  std::string result;
  for (const char character : name) {
    const bool letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    const bool digit = character >= '0' && character <= '9';
    if (digit && result.empty()) result += '_';
    result += letter || digit || character == '_' ? character : '_';
  }
  // Identifiers that begin with an underscore belong to the implementation.
  if (result.empty() || result.front() == '_') result.insert(0, "x");
  return result;
}

std::string CNames::fresh(std::string_view wish) {
  const std::string stem = cIdentifier(wish);
  std::string name = stem;
  for (int suffix = 1; reserved(name) || taken_.count(name) != 0; ++suffix)
    name = stem + "_" + std::to_string(suffix);
  taken_.insert(name);
  return name;
}

}  // namespace espalier
