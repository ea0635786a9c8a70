// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// Those of `known` that `name` may have been meant for (a few edits away, or one contains the other), best
/// first, at most three.
[[nodiscard]] std::vector<std::string> nearNames(std::string_view name,
                                                 const std::vector<std::string>& known);

/// "Did you mean `a` or `b`?", or `otherwise` if nothing is near.
[[nodiscard]] std::string didYouMean(std::string_view name, const std::vector<std::string>& known,
                                     std::string otherwise = {});

}  // namespace espalier
