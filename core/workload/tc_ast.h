// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "program/program.h"
#include "workload/tc_diagnostics.h"
#include "workload/tc_lexer.h"

namespace espalier {

/// An expression as written; names are not resolved yet.
struct TcExpression {
  enum class Kind : std::uint8_t {
    Integer,
    Real,
    Boolean,
    Name,         ///< index variable, size, scalar tensor or `where x = …` binding
    Placeholder,  ///< `{name}`: a size of a kernel that was published as a template
    Apply,        ///< name(operands): a tensor's element or a function
    Dimension,    ///< name.integer: an extent of a tensor
    Unary,        ///< sign operands[0]
    Binary,       ///< operands[0] sign operands[1]
    Conditional,  ///< operands[0] ? operands[1] : operands[2]
    Cast,         ///< type(operands[0])
  };
  Kind kind = Kind::Integer;
  SourceSpan span;
  std::string name;
  std::int64_t integer = 0;
  double real = 0;
  TokenKind sign = TokenKind::End;
  DataType type = DataType::Float32;
  std::vector<TcExpression> operands;
  int depth = 1;  ///< levels of the tree
};

/// `name in low:high`, high excluded.
struct TcRange {
  std::string name;
  SourceSpan span;
  TcExpression low;
  TcExpression high;
};

/// `name = value` in a where clause.
struct TcBinding {
  std::string name;
  SourceSpan span;
  TcExpression value;
};

struct TcStatement {
  std::string target;
  SourceSpan span;  ///< of the target's name
  std::vector<TcExpression> subscripts;
  Combiner combiner = Combiner::None;
  bool initialises = false;
  SourceSpan operatorSpan;
  TcExpression value;
  std::vector<TcRange> ranges;
  std::vector<TcBinding> bindings;
  std::vector<TcExpression> exists;  ///< take part in range inference only
};

/// A tensor of the signature.
struct TcParameter {
  struct Extent {
    SourceSpan span;
    std::string symbol;  ///< empty: `value` is the extent
    std::int64_t value = 0;
  };
  std::string name;
  SourceSpan span;
  std::optional<DataType> type;  ///< outputs may leave type and shape to inference
  std::vector<Extent> extents;
};

struct TcKernel {
  std::string name;
  SourceSpan span;
  std::vector<TcParameter> inputs;
  std::vector<TcParameter> outputs;
  std::vector<TcStatement> statements;
};

}  // namespace espalier
