// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Feeds arbitrary bytes to the reader of replies: no crash, no growth, and what comes out is safe text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "reasoning/chat_text.h"
#include "reasoning/reply_reader.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> names = {"TileSize", "Reorder",         "Vectorize", "Unroll",
                                                 "Parallel", "ComputeLocation", "CacheWrite"};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const espalier::ModelReply reply = espalier::readReply(text, names, 3);
  require(reply.sequences.size() <= 3);
  require(espalier::cleanText(reply.reasoning) == reply.reasoning);
  for (const espalier::ProposedSequence& sequence : reply.sequences) {
    require(!sequence.items.empty() && sequence.items.size() <= 64);
    for (const std::string& item : sequence.items) {
      require(!item.empty() && item.size() <= 400);
      require(espalier::cleanLine(item) == item);
    }
  }
  return 0;
}
