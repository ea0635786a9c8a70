// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace espalier {

/// Why a candidate did not give a result: an ordinary outcome of a sample.
struct Failure {
  /// Short and stable: `crash`, `timeout`, `memory`, `out-of-bounds`, `modified-input`, `exit`, `load`,
  /// `wrong-output`, or `worker` when the fault is not the candidate's.
  std::string code;
  std::string detail;  ///< in words
};

/// A value, or how the candidate failed.
template <class Value>
using Attempt = tl::expected<Value, Failure>;

[[nodiscard]] inline tl::unexpected<Failure> failed(std::string code, std::string detail) {
  return tl::unexpected<Failure>(Failure{std::move(code), std::move(detail)});
}

}  // namespace espalier
