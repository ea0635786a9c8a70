// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// The seeds of the fuzzer of streams: byte 0 chooses dialect and pieces, the rest is what a server sends.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "reasoning/chat_sse.h"
#include "reasoning/chat_wire.h"

namespace espalier {
namespace {

ChatReply readStream(std::string_view bytes, std::size_t piece, ChatDialect dialect) {
  ReplyAssembler assembler(dialect, {});
  SseReader reader(1 << 16, [&](const SseEvent& event) { assembler.event(event); });
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
    EXPECT_TRUE(reader.feed(bytes.substr(0, piece)));
  reader.finish();
  return assembler.take();
}

TEST(StreamCorpus, IsReadAlikeHoweverItIsCut) {
  int files = 0;
  int replies = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(ESPALIER_SOURCE_DIR "/tests/fuzz/stream_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const std::string bytes = text.str();
    if (bytes.empty()) continue;
    ++files;
    const auto dialect = (bytes[0] & 1) == 0 ? ChatDialect::OpenAi : ChatDialect::Anthropic;
    const std::string_view stream = std::string_view(bytes).substr(1);
    const ChatReply atOnce = readStream(stream, bytes.size(), dialect);
    for (const std::size_t piece : {1, 7, 64}) {
      const ChatReply inPieces = readStream(stream, piece, dialect);
      EXPECT_EQ(inPieces.text, atOnce.text) << entry.path();
      EXPECT_EQ(inPieces.reasoning, atOnce.reasoning) << entry.path();
      EXPECT_EQ(inPieces.usage.tokens, atOnce.usage.tokens) << entry.path();
    }
    replies += atOnce.text.find("Unroll") != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(files, 20);
  EXPECT_GE(replies, 12);
}

}  // namespace
}  // namespace espalier
