// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_parser.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "workload/near_names.h"

namespace espalier {
namespace {

struct ScalarType {
  std::string_view name;
  DataType type;
};
constexpr std::array<ScalarType, 6> kScalarTypes{{
    {"float", DataType::Float32},
    {"float32", DataType::Float32},
    {"double", DataType::Float64},
    {"float64", DataType::Float64},
    {"int32", DataType::Int32},
    {"int", DataType::Int32},
}};
constexpr std::array<std::string_view, 12> kOtherTypes{"half",  "float16", "bfloat16", "bool",
                                                       "byte",  "int8",    "int16",    "int64",
                                                       "uint8", "uint16",  "uint32",   "uint64"};

struct BinarySign {
  TokenKind kind;
  int strength;
};
constexpr std::array<BinarySign, 13> kBinarySigns{{
    {TokenKind::Or, 1},
    {TokenKind::And, 2},
    {TokenKind::Less, 3},
    {TokenKind::LessEqual, 3},
    {TokenKind::Greater, 3},
    {TokenKind::GreaterEqual, 3},
    {TokenKind::Equal, 3},
    {TokenKind::NotEqual, 3},
    {TokenKind::Plus, 4},
    {TokenKind::Minus, 4},
    {TokenKind::Star, 5},
    {TokenKind::Slash, 5},
    {TokenKind::Percent, 5},
}};

int strengthOf(TokenKind kind) {
  for (const auto& sign : kBinarySigns)
    if (sign.kind == kind) return sign.strength;
  return 0;
}

struct AssignmentSign {
  TokenKind kind;
  Combiner combiner;
  bool initialises;
};
constexpr std::array<AssignmentSign, 9> kAssignmentSigns{{
    {TokenKind::Assign, Combiner::None, false},
    {TokenKind::SumAssign, Combiner::Sum, false},
    {TokenKind::SumAssignInit, Combiner::Sum, true},
    {TokenKind::ProductAssign, Combiner::Product, false},
    {TokenKind::ProductAssignInit, Combiner::Product, true},
    {TokenKind::MaxAssign, Combiner::Max, false},
    {TokenKind::MaxAssignInit, Combiner::Max, true},
    {TokenKind::MinAssign, Combiner::Min, false},
    {TokenKind::MinAssignInit, Combiner::Min, true},
}};

/// Recursive descent. After an error the cursor stands at the end of the text, so every loop ends by itself.
class Parser {
 public:
  explicit Parser(TcDiagnostics& diagnostics) : diagnostics_(diagnostics), tokens_(tokenize(diagnostics)) {
    if (diagnostics_.failed()) position_ = tokens_.size() - 1;
  }

  std::vector<TcKernel> kernels() {
    std::vector<TcKernel> result;
    while (!diagnostics_.failed() && !is(TokenKind::End)) result.push_back(kernel());
    if (!diagnostics_.failed() && result.empty())
      fail(here(), "there is no kernel in this text.",
           "Write `def name(float(M) A) -> (B) { B(m) = A(m) }`.");
    return result;
  }

 private:
  // --- tokens ---
  [[nodiscard]] const Token& ahead(std::size_t count = 0) const {
    return tokens_[std::min(position_ + count, tokens_.size() - 1)];
  }
  [[nodiscard]] bool is(TokenKind kind) const { return ahead().kind == kind; }
  [[nodiscard]] SourceSpan here() const { return ahead().span; }
  [[nodiscard]] std::string textOf(const Token& token) const {
    return std::string(diagnostics_.text(token.span));
  }
  [[nodiscard]] std::string found() const {
    return is(TokenKind::End) ? "the end of the text" : "`" + textOf(ahead()) + "`";
  }
  Token take() {
    const Token token = ahead();
    if (position_ + 1 < tokens_.size()) ++position_;
    return token;
  }
  bool takeIf(TokenKind kind) {
    if (!is(kind)) return false;
    take();
    return true;
  }
  void fail(SourceSpan span, const std::string& what, const std::string& hint = {}) {
    diagnostics_.fail(span, what, hint);
    position_ = tokens_.size() - 1;
  }
  Token expect(TokenKind kind, const char* what, const char* where, const std::string& hint = {}) {
    if (!is(kind)) {
      fail(here(), std::string("expected ") + what + " " + where + ", found " + found() + ".", hint);
      return ahead();
    }
    return take();
  }
  template <class Element>
  auto list(const char* where, Element element) {
    std::vector<decltype(element())> result;
    expect(TokenKind::LeftParen, "`(`", where);
    if (!is(TokenKind::RightParen)) do {
        result.push_back(element());
      } while (takeIf(TokenKind::Comma));
    expect(TokenKind::RightParen, "`)` or `,`", where);
    return result;
  }

  // --- signature ---
  TcKernel kernel() {
    TcKernel result;
    expect(TokenKind::Def, "`def`", "at the start of a kernel");
    const Token name = expect(TokenKind::Name, "the kernel's name", "after `def`");
    result.name = textOf(name);
    result.span = name.span;
    result.inputs = list("around the inputs", [&] { return parameter(true); });
    expect(TokenKind::Arrow, "`->`", "between inputs and outputs");
    if (is(TokenKind::LeftParen)) {
      result.outputs = list("around the outputs", [&] { return parameter(false); });
    } else {
      result.outputs.push_back(parameter(false));
    }
    const Token open = expect(TokenKind::LeftBrace, "`{`", "before the statements");
    // Kernels published as templates of another language double their braces.
    const bool doubled = is(TokenKind::LeftBrace) && here().begin == open.span.end;
    if (doubled) take();
    while (!diagnostics_.failed() && !is(TokenKind::RightBrace)) result.statements.push_back(statement());
    expect(TokenKind::RightBrace, "`}`", "after the statements");
    if (doubled) expect(TokenKind::RightBrace, "`}`", "after the statements");
    if (!diagnostics_.failed() && result.outputs.empty())
      fail(result.span, "kernel `" + result.name + "` returns nothing.", "Name its outputs after `->`.");
    if (!diagnostics_.failed() && result.statements.empty())
      fail(result.span, "kernel `" + result.name + "` has no statements.",
           "Say how its outputs are computed.");
    return result;
  }

  TcParameter parameter(bool needsType) {
    TcParameter result;
    const bool bare = is(TokenKind::Name) && !scalarType(ahead()) &&
                      (ahead(1).kind == TokenKind::Comma || ahead(1).kind == TokenKind::RightParen ||
                       ahead(1).kind == TokenKind::LeftBrace);
    if (!bare) {
      result.type = type();
      if (is(TokenKind::LeftParen)) result.extents = list("around the extents", [&] { return extent(); });
    }
    const Token name = expect(TokenKind::Name, "a tensor's name", "in the signature",
                              "Tensors are declared as `float(M, N) A`, scalars as `float a`.");
    result.name = textOf(name);
    result.span = name.span;
    if (bare && needsType)
      fail(name.span, "input `" + result.name + "` has no type.",
           "Write for instance `float(M, N) " + result.name + "`.");
    return result;
  }

  [[nodiscard]] const ScalarType* scalarType(const Token& token) const {
    for (const auto& known : kScalarTypes)
      if (known.name == diagnostics_.text(token.span)) return &known;
    return nullptr;
  }

  DataType type() {
    const Token token = ahead();
    if (const auto* known = scalarType(token)) {
      take();
      return known->type;
    }
    const std::string text = textOf(token);
    if (std::find(kOtherTypes.begin(), kOtherTypes.end(), text) != kOtherTypes.end())
      fail(token.span, "the type `" + text + "` is not supported.", "Use float, double or int32.");
    else
      fail(token.span, "expected a type, found " + found() + ".",
           didYouMean(text, {"float", "double", "int32"}, "Types are float, double and int32."));
    return DataType::Float32;
  }

  TcParameter::Extent extent() {
    TcParameter::Extent result;
    result.span = here();
    // `{name}` is a size of a template.
    const bool placeholder = is(TokenKind::LeftBrace) && ahead(2).kind == TokenKind::RightBrace;
    if (placeholder) take();
    if (is(TokenKind::Integer) && !placeholder) {
      result.value = take().integer;
    } else {
      const Token name = expect(TokenKind::Name, "a size", "as an extent",
                                "Extents are size symbols or integers; expressions are not allowed here.");
      result.span = name.span;
      result.symbol = textOf(name);
    }
    if (placeholder) take();
    return result;
  }

  // --- statements ---
  TcStatement statement() {
    TcStatement result;
    const Token target = expect(TokenKind::Name, "a statement or `}`", "in the kernel's body");
    result.target = textOf(target);
    result.span = target.span;
    if (is(TokenKind::LeftParen))
      result.subscripts = list("around the indices", [&] { return expression(); });
    if (is(TokenKind::Comma)) {
      fail(here(), "several targets in one statement are not supported.",
           "Kernels cannot call kernels; write their statements here.");
      return result;
    }
    assignment(result);
    result.value = expression();
    if (takeIf(TokenKind::Where)) do {
        clause(result);
      } while (takeIf(TokenKind::Comma));
    takeIf(TokenKind::Semicolon);
    return result;
  }

  void assignment(TcStatement& result) {
    result.operatorSpan = here();
    for (const auto& sign : kAssignmentSigns) {
      if (!is(sign.kind)) continue;
      result.combiner = sign.combiner;
      result.initialises = sign.initialises;
      take();
      return;
    }
    fail(here(), "expected an assignment after `" + result.target + "`, found " + found() + ".",
         "Assignments are = += *= max= min= and, to start from the identity, +=! *=! max=! min=!.");
  }

  void clause(TcStatement& result) {
    if (is(TokenKind::Exists)) {
      take();
      result.exists.push_back(expression());
      return;
    }
    const Token name = expect(TokenKind::Name, "an index", "after `where`", "Write `where i in 0:10`.");
    if (takeIf(TokenKind::Assign)) {
      result.bindings.push_back({textOf(name), name.span, expression()});
      return;
    }
    expect(TokenKind::In, "`in`", "in the range of an index", "Write `where i in 0:10`.");
    TcRange range{textOf(name), name.span, expression(), {}};
    expect(TokenKind::Colon, "`:`", "in the range of an index",
           "Write `where i in 0:10`; the end is excluded.");
    range.high = expression();
    result.ranges.push_back(std::move(range));
  }

  // --- expressions ---
  /// Counts nesting while it lives; refuses too much of it.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.level_ > kDeepestExpression) parser_.tooDeep();
    }
    ~Level() { --parser_.level_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  void tooDeep() {
    fail(here(),
         "this expression is nested more than " + std::to_string(kDeepestExpression) + " levels deep.",
         "Compute parts of it in statements of their own.");
  }

  TcExpression node(TcExpression::Kind kind, SourceSpan span, std::vector<TcExpression> operands) {
    TcExpression result;
    result.kind = kind;
    result.span = span;
    for (const auto& operand : operands) result.depth = std::max(result.depth, operand.depth + 1);
    result.operands = std::move(operands);
    if (result.depth > kDeepestExpression) tooDeep();
    return result;
  }

  TcExpression expression() {
    const Level level(*this);
    TcExpression condition = binary(1);
    if (!takeIf(TokenKind::Question)) return condition;
    TcExpression ifTrue = expression();
    expect(TokenKind::Colon, "`:`", "between the two values of `?`");
    TcExpression ifFalse = expression();
    const SourceSpan span{condition.span.begin, ifFalse.span.end};
    std::vector<TcExpression> operands;
    operands.push_back(std::move(condition));
    operands.push_back(std::move(ifTrue));
    operands.push_back(std::move(ifFalse));
    return node(TcExpression::Kind::Conditional, span, std::move(operands));
  }

  TcExpression binary(int weakest) {
    TcExpression left = unary();
    while (strengthOf(ahead().kind) >= weakest) {
      const Token sign = take();
      TcExpression right = binary(strengthOf(sign.kind) + 1);
      const SourceSpan span{left.span.begin, right.span.end};
      std::vector<TcExpression> operands;
      operands.push_back(std::move(left));
      operands.push_back(std::move(right));
      left = node(TcExpression::Kind::Binary, span, std::move(operands));
      left.sign = sign.kind;
    }
    return left;
  }

  TcExpression unary() {
    if (!is(TokenKind::Minus) && !is(TokenKind::Not) && !is(TokenKind::Plus)) return primary();
    const Level level(*this);
    const Token sign = take();
    TcExpression operand = unary();
    if (sign.kind == TokenKind::Plus) return operand;
    const SourceSpan span{sign.span.begin, operand.span.end};
    std::vector<TcExpression> operands;
    operands.push_back(std::move(operand));
    TcExpression result = node(TcExpression::Kind::Unary, span, std::move(operands));
    result.sign = sign.kind;
    return result;
  }

  TcExpression primary() {
    const Token token = ahead();
    TcExpression result;
    result.span = token.span;
    switch (token.kind) {
      case TokenKind::Integer: result.integer = take().integer; return result;
      case TokenKind::Real:
        result.kind = TcExpression::Kind::Real;
        result.real = take().real;
        return result;
      case TokenKind::True:
      case TokenKind::False:
        result.kind = TcExpression::Kind::Boolean;
        result.integer = take().kind == TokenKind::True ? 1 : 0;
        return result;
      case TokenKind::LeftParen:
        take();
        result = expression();
        expect(TokenKind::RightParen, "`)`", "after the expression");
        return result;
      case TokenKind::LeftBrace: return placeholder();
      case TokenKind::Name: return named();
      default: fail(here(), "expected an expression, found " + found() + "."); return result;
    }
  }

  TcExpression placeholder() {
    TcExpression result;
    result.kind = TcExpression::Kind::Placeholder;
    take();
    const Token name = expect(TokenKind::Name, "a size's name", "between braces");
    result.name = textOf(name);
    result.span = name.span;
    expect(TokenKind::RightBrace, "`}`", "after the size's name");
    return result;
  }

  TcExpression named() {
    const Token token = ahead();
    if (const auto* scalar = scalarType(token); scalar != nullptr && ahead(1).kind == TokenKind::LeftParen) {
      take();
      take();
      std::vector<TcExpression> operands;
      operands.push_back(expression());
      const Token close = expect(TokenKind::RightParen, "`)`", "after the converted value");
      TcExpression result =
          node(TcExpression::Kind::Cast, {token.span.begin, close.span.end}, std::move(operands));
      result.type = scalar->type;
      return result;
    }
    take();
    TcExpression result;
    result.kind = TcExpression::Kind::Name;
    result.span = token.span;
    if (is(TokenKind::LeftParen)) {
      result = node(TcExpression::Kind::Apply, token.span,
                    list("around the subscripts", [&] { return expression(); }));
      result.span.end = tokens_[position_ == 0 ? 0 : position_ - 1].span.end;
    } else if (is(TokenKind::Dot) && ahead(1).kind == TokenKind::Integer) {
      take();
      result.kind = TcExpression::Kind::Dimension;
      result.span.end = here().end;
      result.integer = take().integer;
    }
    result.name = textOf(token);
    return result;
  }

  TcDiagnostics& diagnostics_;
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  int level_ = 0;
};

}  // namespace

std::vector<TcKernel> parseKernels(TcDiagnostics& diagnostics) { return Parser(diagnostics).kernels(); }

}  // namespace espalier
