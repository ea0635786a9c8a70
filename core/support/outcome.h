// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace espalier {

/// What kind of trouble an Error is; the command line turns it into its exit status.
enum class ErrorKind {
  Usage,        ///< the request itself makes no sense (exit 2)
  Input,        ///< a file, a size or a text of the user is wrong (exit 3)
  Environment,  ///< the machine lacks something: a tool, a permission, room on a disk (exit 4)
};

/// A failure that a user can cause. `message` says what happened and where (file:line:column where
/// there is one); `hint` says what to do. Both are complete sentences without a final newline.
struct Error {
  ErrorKind kind = ErrorKind::Input;
  std::string message;
  std::string hint;

  /// Message and hint as one text.
  [[nodiscard]] std::string text() const { return hint.empty() ? message : message + " " + hint; }
};

/// A value, or the error that a user caused. Bugs and broken environments throw instead.
template <class Value>
using Result = tl::expected<Value, Error>;

[[nodiscard]] inline tl::unexpected<Error> inputError(std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{ErrorKind::Input, std::move(message), std::move(hint)});
}
[[nodiscard]] inline tl::unexpected<Error> usageError(std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{ErrorKind::Usage, std::move(message), std::move(hint)});
}
[[nodiscard]] inline tl::unexpected<Error> environmentError(std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{ErrorKind::Environment, std::move(message), std::move(hint)});
}

}  // namespace espalier
