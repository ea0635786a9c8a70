// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "support/outcome.h"

namespace espalier {

/// A stretch of the source, in bytes: begin … end − 1.
struct SourceSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Collects what is wrong with one source text. Only the first error counts: later ones often follow from it,
/// so phases go on with placeholders and their caller asks failed() at the end.
class TcDiagnostics {
 public:
  TcDiagnostics(std::string_view text, std::string fileName) : text_(text), fileName_(std::move(fileName)) {}

  /// `what` is a sentence; the message becomes `file:line:column: what`, the line, and a caret under the
  /// span.
  void fail(SourceSpan span, const std::string& what, const std::string& hint = {});
  /// An error that has no place in the text.
  void fail(Error error);

  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const Error& error() const { return *error_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(SourceSpan span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }

 private:
  std::string_view text_;
  std::string fileName_;
  std::optional<Error> error_;
};

}  // namespace espalier
