// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace espalier {

/// Why a transformation may not be applied: a value, part of the ordinary course of a search.
struct Refusal {
  std::string code;  ///< short and stable: `unknown-loop`, `carries-reduction`, …
  std::string
      sentence;      ///< what, which, why: `Vectorize(k): k carries the reduction of block C (extent 7168).`
  std::string hint;  ///< what instead: `Vectorise n, or apply RFactor(loop=k) first.`
};

/// A value, or why not.
template <class Value>
using Outcome = tl::expected<Value, Refusal>;

[[nodiscard]] inline tl::unexpected<Refusal> refuse(std::string code, std::string sentence,
                                                    std::string hint = {}) {
  return tl::unexpected<Refusal>(Refusal{std::move(code), std::move(sentence), std::move(hint)});
}

}  // namespace espalier
