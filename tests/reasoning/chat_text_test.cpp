// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"
#include "reasoning/chat_sse.h"
#include "reasoning/chat_wire.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;

TEST(CleanText, MakesForeignTextHarmless) {
  EXPECT_EQ(cleanText("plain – ünïcode 😀\n\tok"), "plain – ünïcode 😀\n\tok");
  EXPECT_EQ(cleanText("a\r\nb\rc"), "a\nb\nc");
  EXPECT_EQ(cleanText("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(cleanText(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(cleanText("\xC2\x9B"
                      "31m"),
            "\\x9b31m")
      << "the C1 control that terminals obey";
  EXPECT_EQ(cleanText("abc\xE2\x80\xAE"
                      "fed"),
            "abcfed")
      << "right-to-left override";
  EXPECT_EQ(cleanText("\xFF\xC3"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(cleanText("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "a surrogate";
  EXPECT_EQ(cleanText("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "an overlong slash";
}

RC_GTEST_PROP(CleanText, IsIdempotentAndHasNoControls, (const std::string& text)) {
  const std::string once = cleanText(text);
  RC_ASSERT(cleanText(once) == once);
  for (const char c : once) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  RC_ASSERT(cleanLine(text).find('\n') == std::string::npos);
}

RC_GTEST_PROP(Shortened, CutsBetweenCharacters, (const std::string& text, unsigned char limit)) {
  const std::string clean = cleanText(text);
  const std::string cut = shortened(clean, limit + 3U);
  RC_ASSERT(cut.size() <= limit + 3U);
  RC_ASSERT(cleanText(cut) == cut);
}

TEST(EstimateTokens, IsInTheRightRange) {
  EXPECT_EQ(estimateTokens(""), 0U);
  EXPECT_EQ(estimateTokens("for n in range(2048):"), 9U);
  const std::string english =
      "The quick brown fox jumps over the lazy dog and keeps running through the forest.";
  EXPECT_GE(estimateTokens(english), 16U);
  EXPECT_LE(estimateTokens(english), 24U);
}

TEST(Secrets, AreRedacted) {
  const Secret key("sk-123456");
  EXPECT_EQ(key.redact("a sk-123456 b sk-123456"), "a [key] b [key]");
  EXPECT_EQ(Secret("x").redact("xxx"), "xxx") << "placeholders of local servers are no secrets";
}

RC_GTEST_PROP(Secrets, AreRedactedHoweverTheStreamIsCut, (const std::vector<unsigned char>& cuts)) {
  const Secret key("sk-sk-sk1");
  const std::string whole = "sk-sk-sk-sk1 and sk-sk-sk1sk-sk-sk1 sk-sk";
  StreamRedactor redactor(key);
  std::string out;
  std::size_t at = 0;
  for (const unsigned char cut : cuts) {
    const std::size_t length = std::min<std::size_t>(cut % 7, whole.size() - at);
    out += redactor.feed(std::string_view(whole).substr(at, length));
    at += length;
  }
  out += redactor.feed(whole.substr(at));
  out += redactor.finish();
  RC_ASSERT(out == "sk-[key] and [key][key] sk-sk");
}

RC_GTEST_PROP(Sse, IsReadAlikeHoweverItIsCut, (const std::vector<unsigned char>& cuts)) {
  const std::string whole =
      "\xEF\xBB\xBF: hi\r\ndata: one\r\n\r\nevent: e\ndata:two\ndata: three\n\nid: 1\rdata\r\rdata: last";
  std::vector<std::string> events;
  SseReader reader(100, [&](const SseEvent& event) { events.push_back(event.name + "|" + event.data); });
  std::size_t at = 0;
  for (const unsigned char cut : cuts) {
    const std::size_t length = std::min<std::size_t>(cut % 5, whole.size() - at);
    RC_ASSERT(reader.feed(std::string_view(whole).substr(at, length)));
    at += length;
  }
  RC_ASSERT(reader.feed(std::string_view(whole).substr(at)));
  reader.finish();
  RC_ASSERT(events == (std::vector<std::string>{"|one", "e|two\nthree", "|", "|last"}));
}

TEST(Sse, StopsAtAGiantLine) {
  SseReader reader(10, [](const SseEvent&) {});
  EXPECT_FALSE(reader.feed("data: 0123456789"));
  EXPECT_FALSE(reader.feed("\n\n"));
}

TEST(Thinking, IsSplitOff) {
  EXPECT_EQ(splitThinking("<think>a</think>b<think>c</think>d").text, "bd");
  EXPECT_EQ(splitThinking("<think>a</think>b<think>c</think>d").thought, "a\nc");
  EXPECT_EQ(splitThinking("a</think>b").text, "b");
  EXPECT_EQ(splitThinking("<think>never closed").text, "");
  EXPECT_EQ(splitThinking("<thinking>a</thinking>b").text, "b");
  EXPECT_EQ(splitThinking("no tags").text, "no tags");
}

TEST(ForeignJson, IsRefusedWhenItIsDeep) {
  EXPECT_TRUE(parseForeignJson(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parseForeignJson(std::string(70, '[') + std::string(70, ']')));
  EXPECT_FALSE(parseForeignJson("{\"a\": NaN}"));
  EXPECT_TRUE(parseForeignJson("\"[[[[[\\\"[[[\""));
}

}  // namespace
}  // namespace espalier
