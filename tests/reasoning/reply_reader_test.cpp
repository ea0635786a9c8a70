// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/reply_reader.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Items = std::vector<std::string>;

const Items kNames = {"TileSize", "Reorder",         "Vectorize",  "Unroll",
                      "Parallel", "ComputeLocation", "CacheWrite", "CacheRead"};

ModelReply read(std::string_view text, std::size_t wanted = 1) { return readReply(text, kNames, wanted); }

Items itemsOf(std::string_view text) {
  const ModelReply reply = read(text);
  return reply.sequences.empty() ? Items{} : reply.sequences.front().items;
}

TEST(ReplyReader, ReadsTheJsonThatWasAskedFor) {
  const ModelReply reply = read(
      R"j({"reasoning": "n is long", "transformations": [{"name": "TileSize", "args": {"block": "C", "loop": "n", "factors": [64, 32]}}, {"name": "Unroll"}]})j");
  ASSERT_EQ(reply.sequences.size(), 1U);
  EXPECT_EQ(reply.reasoning, "n is long");
  EXPECT_THAT(reply.sequences[0].items, ElementsAre("TileSize(block=C, loop=n, factors=[64, 32])", "Unroll"));
  EXPECT_THAT(reply.repairs, IsEmpty());
}

TEST(ReplyReader, KeepsTheNamesOfPiecesThatLookLikeNumbers) {
  const auto layout = [](const std::string& order) {
    return itemsOf(R"j({"transformations": [{"name": "CacheRead", "args": {"tiles": [0, 32.0], "order": )j" +
                   order + "}}]}");
  };
  const auto expected = ElementsAre("CacheRead(tiles=[0, 32], order=[1.0, 0, 1.1])");
  EXPECT_THAT(layout("[1.0, 0, 1.1]"), expected);
  EXPECT_THAT(layout(R"j(["1.0", "0", "1.1"])j"), expected);
  EXPECT_THAT(layout(R"j(["1.0", 0, "1.1"])j"), expected);
  EXPECT_THAT(layout("[1.0, 0]"), ElementsAre("CacheRead(tiles=[0, 32], order=[1, 0])")) << "whole numbers";
}

TEST(ReplyReader, ReadsSeveralProposals) {
  const ModelReply reply = read(
      R"j({"reasoning": "both", "proposals": [{"transformations": [{"name": "Unroll"}]}, {"reasoning": "own", "transformations": ["Parallel(loop=m)"]}]})j",
      2);
  ASSERT_EQ(reply.sequences.size(), 2U);
  EXPECT_THAT(reply.sequences[0].items, ElementsAre("Unroll"));
  EXPECT_EQ(reply.sequences[0].reasoning, "both");
  EXPECT_THAT(reply.sequences[1].items, ElementsAre("Parallel(loop=m)"));
  EXPECT_EQ(reply.sequences[1].reasoning, "own");
}

TEST(ReplyReader, ReturnsNoMoreThanWanted) {
  EXPECT_EQ(
      read(R"j({"proposals": [{"transformations": ["Unroll"]}, {"transformations": ["Parallel"]}]})j", 1)
          .sequences.size(),
      1U);
}

TEST(ReplyReader, ReadsThePaperForm) {
  const ModelReply reply = read(
      "Reasoning: tiles fit L1.\nTransformations to apply: TileSize, TileSize, ComputeLocation, Parallel, "
      "Unroll, Unroll.");
  ASSERT_EQ(reply.sequences.size(), 1U);
  EXPECT_EQ(reply.reasoning, "tiles fit L1.");
  EXPECT_THAT(reply.sequences[0].items,
              ElementsAre("TileSize", "TileSize", "ComputeLocation", "Parallel", "Unroll", "Unroll"));
}

TEST(ReplyReader, StripsFencesPrefixesAndThinking) {
  EXPECT_THAT(itemsOf("<think>Maybe {\"transformations\": [\"Parallel\"]}?</think>Sure! Here it "
                      "is:\n```json\n{\"transformations\": [\"Unroll\"]}\n```\nGood luck."),
              ElementsAre("Unroll"));
  EXPECT_THAT(itemsOf("I thought a lot.</think>{\"transformations\": [\"Unroll\"]}"), ElementsAre("Unroll"));
}

TEST(ReplyReader, TakesTheLastCompleteOfSeveralAnswers) {
  EXPECT_THAT(itemsOf(R"j({"transformations": ["Parallel"]} No, better: {"transformations": ["Unroll"]})j"),
              ElementsAre("Unroll"));
  EXPECT_THAT(itemsOf(R"j({"transformations": ["Parallel"]} or {"transformations": ["Unroll", "Vec)j"),
              ElementsAre("Parallel"));
}

TEST(ReplyReader, ReadsWhatIsCompleteInATruncatedReply) {
  const ModelReply reply = read(
      R"j({"reasoning": "x", "transformations": [{"name": "TileSize", "args": {"loop": "n", "factors": [64, 3)j");
  ASSERT_EQ(reply.sequences.size(), 1U);
  EXPECT_THAT(reply.sequences[0].items.front(), HasSubstr("TileSize(loop=n"));
  EXPECT_THAT(reply.repairs, ElementsAre(HasSubstr("cut off")));
}

struct Form {
  const char* name;
  const char* text;
  Items items;
};

class ReplyForm : public ::testing::TestWithParam<Form> {};

TEST_P(ReplyForm, IsRead) { EXPECT_EQ(itemsOf(GetParam().text), GetParam().items) << GetParam().text; }

INSTANTIATE_TEST_SUITE_P(
    Forms, ReplyForm,
    ::testing::Values(
        Form{"single_quotes", "{'transformations': ['Unroll']}", {"Unroll"}},
        Form{"bare_keys",
             "{transformations: [{name: TileSize, args: {loop: n, factors: [8, 4]}}]}",
             {"TileSize(loop=n, factors=[8, 4])"}},
        Form{"trailing_commas", R"j({"transformations": ["Unroll", "Parallel",],})j", {"Unroll", "Parallel"}},
        Form{"comments",
             "{\"transformations\": [\"Unroll\" // first\n, \"Parallel\" /* then */]}",
             {"Unroll", "Parallel"}},
        Form{"typographic_quotes", "{“transformations”: [“Unroll”]}", {"Unroll"}},
        Form{"nan_argument",
             R"j({"transformations": [{"name": "Unroll", "args": {"factor": NaN}}]})j",
             {"Unroll"}},
        Form{"null_argument", R"j({"transformations": [{"name": "Unroll", "args": null}]})j", {"Unroll"}},
        Form{"float_argument",
             R"j({"transformations": [{"name": "Unroll", "args": {"factor": 4.0}}]})j",
             {"Unroll(factor=4)"}},
        Form{"number_as_text",
             R"j({"transformations": [{"name": "Unroll", "args": {"factor": "4"}}]})j",
             {"Unroll(factor=4)"}},
        Form{"list_as_text",
             R"j({"transformations": [{"name": "TileSize", "args": {"factors": "[8, 4]"}}]})j",
             {"TileSize(factors=[8, 4])"}},
        Form{"arguments_inline",
             R"j({"transformations": [{"name": "Unroll", "loop": "k", "factor": 4}]})j",
             {"Unroll(loop=k, factor=4)"}},
        Form{"other_keys",
             R"j({"rationale": "r", "steps": [{"transformation": "Unroll", "parameters": {"loop": "k"}}]})j",
             {"Unroll(loop=k)"}},
        Form{"name_as_key",
             R"j({"transformations": [{"TileSize": {"loop": "n"}}, {"Unroll": {}}]})j",
             {"TileSize(loop=n)", "Unroll"}},
        Form{"pairs", R"j({"transformations": [["TileSize", {"loop": "n"}]]})j", {"TileSize(loop=n)"}},
        Form{"flat_pairs",
             R"j({"transformations": ["TileSize", {"loop": "n"}, "Unroll"]})j",
             {"TileSize(loop=n)", "Unroll"}},
        Form{"text_of_steps",
             R"j({"transformations": "TileSize(loop=n, factors=[8, 4]), Unroll"})j",
             {"TileSize(loop=n, factors=[8, 4])", "Unroll"}},
        Form{"bare_list",
             R"j([{"name": "Unroll", "args": {"loop": "k"}}, {"name": "Parallel"}])j",
             {"Unroll(loop=k)", "Parallel"}},
        Form{"wrapped", R"j({"answer": {"reasoning": "r", "transformations": ["Unroll"]}})j", {"Unroll"}},
        Form{"single_object", R"j({"name": "Unroll", "args": {"loop": "k"}})j", {"Unroll(loop=k)"}},
        Form{"calls_in_json",
             R"j({"transformations": ["TileSize({'loop': 'n', 'factors': [8, 4]})"]})j",
             {"TileSize(loop=n, factors=[8, 4])"}},
        Form{"bullets",
             "Transformations to apply:\n- TileSize\n- Unroll\n\nThese should help.",
             {"TileSize", "Unroll"}},
        Form{"numbers",
             "**Transformations to apply:**\n1. TileSize(loop=n, factors=[8, 4])\n2. Unroll(loop=k)",
             {"TileSize(loop=n, factors=[8, 4])", "Unroll(loop=k)"}},
        Form{"bold", "**Transformations to apply**: **TileSize**, **Unroll**", {"TileSize", "Unroll"}},
        Form{"markdown_headline",
             "## Transformations\n* `TileSize(loop=n)`\n* `Unroll`",
             {"TileSize(loop=n)", "Unroll"}},
        Form{"code_block",
             "Transformations to apply:\n```\nTileSize(loop=n)\nUnroll\n```",
             {"TileSize(loop=n)", "Unroll"}},
        Form{"arrows",
             "Transformations to apply: TileSize -> Unroll → Parallel",
             {"TileSize", "Unroll", "Parallel"}},
        Form{"other_case",
             "transformations to apply: tilesize, UNROLL, compute_location",
             {"TileSize", "Unroll", "ComputeLocation"}},
        Form{"near_misses",
             "Transformations to apply: TileSizes, Vectorise, Paralel",
             {"TileSize", "Vectorize", "Parallel"}},
        Form{"reference_code",
             "Reasoning: x\nMutators: meta_schedule.MutateTileSize(0x5581), MutateUnroll(0x55)",
             {"TileSize", "Unroll"}},
        Form{"no_headline",
             "I would do this:\n1. TileSize(loop=n)\n2. Unroll(loop=k)\nbecause it helps.",
             {"TileSize(loop=n)", "Unroll(loop=k)"}},
        Form{"argument_lines",
             "Transformations to apply:\nTileSize(loop=n,\n  factors=[8, 4])\nUnroll",
             {"TileSize(loop=n, factors=[8, 4])", "Unroll"}},
        Form{"unknown_kept",
             R"j({"transformations": ["Teleport(loop=n)", "Unroll"]})j",
             {"Teleport(loop=n)", "Unroll"}},
        Form{"crlf", "Transformations to apply:\r\n- TileSize\r\n- Unroll\r\n", {"TileSize", "Unroll"}},
        Form{"pretty_json",
             "{\n  \"reasoning\": \"r\",\n  \"transformations\": [\n    {\n      \"name\": \"Unroll\"\n    "
             "}\n  ]\n}",
             {"Unroll"}},
        Form{"unclosed_list", R"j({"transformations": ["Unroll", "Parallel"})j", {"Unroll", "Parallel"}},
        Form{"raw_newline", "{\"reasoning\": \"a\nb\", \"transformations\": [\"Unroll\"]}", {"Unroll"}},
        Form{"headline_at_the_end", "### Transformations\t", {}},
        Form{"plain_prose", "Parallel loops are nice, but I do not know.", {}}, Form{"empty", "", {}},
        Form{"empty_list", R"j({"reasoning": "none", "transformations": []})j", {}},
        Form{"refusal", "I am sorry, I cannot help with that.", {}}),
    [](const auto& form) { return std::string(form.param.name); });

TEST(ReplyReader, SaysWhatItRepaired) {
  EXPECT_THAT(read("Transformations to apply: Vectorise").repairs,
              ElementsAre("Read `Vectorise` as `Vectorize`."));
}

TEST(ReplyReader, DoesNotGuessBetweenEquallyNearNames) {
  const Items names = {"CacheAB", "CacheAC"};
  EXPECT_THAT(readReply("Transformations to apply: CacheAD", names).sequences.at(0).items,
              ElementsAre("CacheAD"));
}

TEST(ReplyReader, LeavesNothingDangerousInItems) {
  const ModelReply reply = read(
      "{\"reasoning\": \"\x1b[2Jowned \xE2\x80\xAE\", \"transformations\": [{\"name\": "
      "\"../../etc/passwd\"}, {\"name\": \"$(rm -rf /)\"}, "
      "{\"name\": \"Unroll\", \"args\": {\"loop\": \"k\\u001b]0;x\\u0007\", \"<b>\": 1, \"path\": "
      "\"../x\\\"; rm\"}}]}");
  ASSERT_EQ(reply.sequences.size(), 1U);
  for (const std::string& item : reply.sequences[0].items) {
    EXPECT_EQ(item.find('\x1b'), std::string::npos);
    EXPECT_EQ(item.find('$'), std::string::npos) << item;
    EXPECT_EQ(item.find('<'), std::string::npos) << item;
    EXPECT_EQ(item.find('\n'), std::string::npos) << item;
  }
  EXPECT_EQ(reply.reasoning.find('\x1b'), std::string::npos);
  EXPECT_THAT(reply.reasoning, HasSubstr("\\x1b[2Jowned"));
}

TEST(ReplyReader, BoundsEverything) {
  std::string many = "{\"transformations\": [";
  for (int i = 0; i < 5000; ++i) many += "\"Unroll\",";
  many += "]}";
  EXPECT_EQ(itemsOf(many).size(), 64U);
  EXPECT_THAT(itemsOf("{\"transformations\": [{\"name\": \"Unroll\", \"args\": {\"loop\": \"" +
                      std::string(100000, 'x') + "\"}}]}")
                  .front()
                  .size(),
              ::testing::Le(400U));
}

TEST(ReplyReader, IsLinearOnHostileReplies) {
  const std::string patterns[] = {"{",
                                  "[",
                                  "{\"a\":",
                                  "[[",
                                  "{\"transformations\":[",
                                  "Transformations:\n",
                                  "\"",
                                  "\\",
                                  "TileSize(",
                                  "<think>",
                                  "</think>",
                                  "- a\n",
                                  "{a:1}",
                                  "(((",
                                  "'",
                                  "/*",
                                  "#"};
  for (const std::string& pattern : patterns) {
    std::string text;
    while (text.size() < kLongestReply) text += pattern;
    const auto begin = std::chrono::steady_clock::now();
    (void)read(text, 4);
    // Quadratic behaviour on a quarter of a megabyte takes minutes; the bound is far from any machine's
    // speed.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << pattern;
  }
}

TEST(ReplyReader, ReadsItsFuzzingCorpus) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(ESPALIER_SOURCE_DIR "/tests/fuzz/reply_corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const ModelReply reply = read(text.str(), 3);
    EXPECT_LE(reply.sequences.size(), 3U) << entry.path();
    for (const ReplySequence& sequence : reply.sequences)
      EXPECT_FALSE(sequence.items.empty()) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 20);
}

TEST(ReplyReader, ReadsPreferencesOfAllSpellings) {
  const auto stated = [](const std::string& member) {
    const ModelReply reply = read(R"({"proposals": [{"transformations": ["Unroll"], )" + member + "}]}", 2);
    return reply.sequences.empty() ? -1 : reply.sequences.front().preference;
  };
  EXPECT_EQ(stated(R"("preference": 0.25)"), 0.25);
  EXPECT_EQ(stated(R"("Confidence": "0.25")"), 0.25);
  EXPECT_EQ(stated(R"("prior": 80)"), 0.8);
  EXPECT_EQ(stated(R"("probability": "1%")"), 0.01);
  for (const char* nothing : {R"("preference": null)", R"("preference": -1)", R"("preference": 1e9)",
                              R"("preference": NaN)", R"("preference": [0.5])", R"("preference": {"a": 1})",
                              R"("preference": "high")", R"("other": 0.5)", R"("preference": 0)"})
    EXPECT_EQ(stated(nothing), 0) << nothing;
}

}  // namespace
}  // namespace espalier
