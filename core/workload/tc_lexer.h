// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workload/tc_diagnostics.h"

namespace espalier {

enum class TokenKind : std::uint8_t {
  End,
  Name,
  Integer,
  Real,
  Def,
  Where,
  In,
  Exists,
  True,
  False,  // words
  Arrow,
  LeftParen,
  RightParen,
  LeftBrace,
  RightBrace,
  Comma,
  Colon,
  Semicolon,
  Question,
  Dot,
  Assign,
  SumAssign,
  ProductAssign,
  MaxAssign,
  MinAssign,  // = += *= max= min=
  SumAssignInit,
  ProductAssignInit,
  MaxAssignInit,
  MinAssignInit,  // the same with !
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  And,
  Or,
  Not,
};

struct Token {
  TokenKind kind = TokenKind::End;
  SourceSpan span;
  std::int64_t integer = 0;  ///< Integer
  double real = 0;           ///< Real
};

/// Cuts the text into tokens; the last one is End. Comments run from `#` or `//` to the end of the line, or
/// from
/// `/*` to `*/`.
[[nodiscard]] std::vector<Token> tokenize(TcDiagnostics& diagnostics);

}  // namespace espalier
