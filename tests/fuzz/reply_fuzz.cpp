// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Feeds arbitrary bytes to the reader of replies: no crash, no hang, no growth, and what comes out is safe
// text.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_check.h"
#include "reasoning/chat_text.h"
#include "reasoning/reply_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using espalier::fuzz::require;
  static const std::vector<std::string> names = {"TileSize", "Reorder",         "Vectorize", "Unroll",
                                                 "Parallel", "ComputeLocation", "CacheWrite"};
  constexpr std::size_t kWanted = 3;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  espalier::ModelReply reply;
  espalier::fuzz::requireWithin(espalier::fuzz::kSeconds,
                                [&] { reply = espalier::readReply(text, names, kWanted); });
  require(reply.sequences.size() <= kWanted);
  require(espalier::cleanText(reply.reasoning) == reply.reasoning);
  std::size_t bytes = reply.reasoning.size();
  for (const std::string& repair : reply.repairs) bytes += repair.size();
  for (const espalier::ReplySequence& sequence : reply.sequences) {
    require(!sequence.items.empty() && sequence.items.size() <= 64);
    bytes += sequence.reasoning.size();
    for (const std::string& item : sequence.items) {
      require(!item.empty() && item.size() <= 400);
      require(espalier::cleanLine(item) == item);
      bytes += item.size();
    }
  }
  // Each sequence may repeat the reasoning, in which a byte that is no UTF-8 becomes three.
  require(bytes <= 64 * size + 4096);
  return 0;
}
