// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// Longer replies are read up to here.
inline constexpr std::size_t kLongestReply = std::size_t{256} << 10;

/// One sequence that a reply proposes.
struct ReplySequence {
  std::string reasoning;           ///< of its own, or that of the whole reply
  std::vector<std::string> items;  ///< step texts, never empty
  double preference = 0;           ///< stated for it, in (0, 1]; 0 = nothing stated
};

/// What a reply says. All text is clean; nothing in it is believed.
struct ModelReply {
  std::string reasoning;
  std::vector<ReplySequence> sequences;  ///< empty: nothing readable
  std::vector<std::string> repairs;         ///< what had to be forgiven, in words
};

/// Reads a reply in whatever form it comes: the JSON that was asked for, fenced, prefixed, doubled, truncated
/// or nearly JSON; the paper's plain `Transformations to apply: …`; bullets, numbers, bold, inline code.
/// `wanted` is how many sequences were asked for; at most that many are returned. Linear in the reply, no
/// recursion without bound, never throws on foreign text.
[[nodiscard]] ModelReply readReply(std::string_view reply, std::span<const std::string> knownNames,
                                   std::size_t wanted = 1);

}  // namespace espalier
