// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Feeds arbitrary bytes in arbitrary pieces to the reader of streamed replies, in both dialects: no crash, no
// hang, the same reply however the stream was cut, and no more text than came.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz_check.h"
#include "reasoning/chat_sse.h"
#include "reasoning/chat_text.h"
#include "reasoning/chat_wire.h"

namespace {

using espalier::fuzz::require;

constexpr std::size_t kLineLimit = 1 << 16;

struct Read {
  espalier::ChatReply reply;
  std::string pieces;  ///< as they were streamed
  bool failed = false;
};

Read readStream(std::string_view bytes, std::size_t piece, espalier::ChatDialect dialect) {
  Read read;
  espalier::ReplyAssembler assembler(dialect, [&](std::string_view text, bool) { read.pieces += text; });
  espalier::SseReader reader(kLineLimit, [&](const espalier::SseEvent& event) { assembler.event(event); });
  bool going = true;
  while (!bytes.empty() && going) {
    going = reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  reader.finish();
  read.failed = assembler.error().has_value();
  read.reply = assembler.take();
  return read;
}

}  // namespace

/// The first byte chooses dialect and pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto dialect = (data[0] & 1) == 0 ? espalier::ChatDialect::OpenAi : espalier::ChatDialect::Anthropic;
  const std::size_t piece = 1 + (data[0] >> 1);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Read inPieces;
  espalier::fuzz::requireWithin(espalier::fuzz::kSeconds,
                                [&] { inPieces = readStream(bytes, piece, dialect); });
  const Read atOnce = readStream(bytes, size, dialect);
  require(inPieces.failed == atOnce.failed);
  require(inPieces.reply.text == atOnce.reply.text && inPieces.reply.reasoning == atOnce.reply.reasoning);
  require(inPieces.pieces == atOnce.pieces);
  require(espalier::cleanText(inPieces.reply.text) == inPieces.reply.text);
  require(espalier::cleanText(inPieces.reply.reasoning) == inPieces.reply.reasoning);
  // Escapes in JSON make text shorter, a byte that is no UTF-8 makes it longer.
  require(inPieces.reply.text.size() + inPieces.reply.reasoning.size() <= 8 * size + 256);

  espalier::fuzz::requireWithin(espalier::fuzz::kSeconds, [&] {
    espalier::ReplyAssembler assembler(dialect, {});
    (void)assembler.whole(bytes);
    (void)assembler.take();
  });
  const espalier::ServerError error = espalier::serverErrorIn(bytes, 500);
  require(error.message.size() <= 512 && espalier::cleanLine(error.message) == error.message);
  return 0;
}
