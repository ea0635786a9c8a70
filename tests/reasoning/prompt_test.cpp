// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/prompt_writer.h"

#include <clocale>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reasoning/chat_text.h"
#include "reasoning/llm_test_support.h"
#include "reasoning/prompt_diff.h"
#include "reasoning/prompt_numbers.h"
#include "reasoning/prompt_words.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sampleContext;

PromptWriter writer(const char* form = "prompt.txt", PromptOptions options = {}) {
  return PromptWriter(*PromptWriter::shippedTemplate(form), options);
}

TEST(Prompt, ShowsEverythingAboutTheNode) {
  ProposalContext context = sampleContext();
  context.hints = {"try rows of 4"};
  const Prompt prompt = writer().write(context);
  EXPECT_THAT(prompt.system, HasSubstr("TileSize(block, loop, factors)"));
  EXPECT_THAT(prompt.system, HasSubstr("2 cores, 512-bit vectors"));
  for (const char* part :
       {"try rows of 4", "depth 2",
        "Measured: 2.00 ms (3 repeats, 2.00 ms to 2.04 ms), 4.50 x p0, 5.00 % of the roofline",
        "Predicted by prior: 2.20 ms", "1. TileSize(block=C, loop=n, factors=[64, 32])\n2. Parallel(loop=n0)",
        "parallel for n0 in range(64):", "Bottleneck: L2 traffic", "## Parent, depth 1",
        "Then Parallel(loop=n0) (measured 1.50 x faster)", "- for n0 in range(64):",
        "+ parallel for n0 in range(64):", "## Grandparent, depth 0", "It is p0, shown above.",
        "refused Vectorize(loop=k): Loop k carries the reduction of block C. Vectorize n1.",
        "Unroll: loop in {n1, k}", "Predicted by prior: 3.30 ms; bound by L2 traffic",
        "Samples measured: 7 of 32", "Propose 2 different proposals"}) {
    EXPECT_THAT(prompt.question, HasSubstr(part));
  }
  EXPECT_EQ(prompt.cut, "");
  EXPECT_EQ(prompt.tokens, estimateTokens(prompt.system) + estimateTokens(prompt.question));
}

TEST(Prompt, SaysWhatOfTheNodesOwnProposalWasRefusedAndWhy) {
  ProposalContext context = sampleContext();
  context.node.refused = {{"TransformLayout(buffer=B)", false, "", "wrong-order",
                           "order must name each piece once.", "The pieces are 0 and 1."}};
  EXPECT_THAT(
      writer().write(context).question,
      HasSubstr("Of what made it:\n  refused TransformLayout(buffer=B): order must name each piece once. The "
                "pieces are 0 and 1."));
}

TEST(Prompt, IsEqualForEqualContextsWhateverTheLocale) {
  const Prompt first = writer().write(sampleContext());
  const char* before = std::setlocale(LC_ALL, nullptr);
  const std::string saved = before == nullptr ? "C" : before;
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  const Prompt second = writer().write(sampleContext());
  std::setlocale(LC_ALL, saved.c_str());
  EXPECT_EQ(first.text(), second.text());
  EXPECT_EQ(first.hash, second.hash);
}

TEST(Prompt, KeepsItsStablePartForAllNodes) {
  ProposalContext other = sampleContext();
  other.node = other.ancestors[1];
  other.ancestors.clear();
  other.attempts.clear();
  EXPECT_EQ(writer().write(sampleContext()).system, writer().write(other).system);
  EXPECT_NE(writer().write(sampleContext()).hash, writer().write(other).hash);
}

TEST(Prompt, LeavesOutEmptyParts) {
  ProposalContext root = sampleContext();
  root.node = root.ancestors[1];
  root.ancestors.clear();
  root.attempts.clear();
  root.best.reset();
  const Prompt prompt = writer().write(root);
  for (const char* part : {"## Parent", "## Already tried", "## Best known", "## The user asks",
                           "Trace from p0", "{{", "}}\n"}) {
    EXPECT_THAT(prompt.question, Not(HasSubstr(part)));
  }
}

TEST(Prompt, IsCutInADefinedOrder) {
  ProposalContext context = sampleContext();
  for (Section& section : context.node.sections) {
    if (section.key == "program") {
      section.text.clear();
      for (int i = 0; i < 300; ++i) section.text += "  C[" + std::to_string(i) + "] += A[m, k] * B[k, n]\n";
    }
  }
  for (int i = 0; i < 10; ++i) context.attempts.push_back(context.attempts.front());
  std::string last;
  std::size_t lastCut = 0;
  for (std::size_t limit = 8000; limit >= 2000; limit -= 250) {
    const Prompt prompt = writer().write(context, limit);
    EXPECT_LE(prompt.tokens, limit);
    EXPECT_GE(prompt.cut.size(), lastCut) << limit;
    EXPECT_TRUE(prompt.cut.starts_with(last)) << prompt.cut << " after " << last;
    lastCut = prompt.cut.size();
    last = prompt.cut;
  }
  EXPECT_THAT(last, HasSubstr("the middle of the program"));
  EXPECT_TRUE(
      last.starts_with("the differences to ancestors beyond the parent, the ancestors beyond the parent, all "
                       "but the last three attempts"));
}

TEST(Prompt, SparesWhatItCanForTheStableShare) {
  ProposalContext context = sampleContext();
  context.ancestors[1].depth = 1;  // so that its difference is shown
  for (NodeView* view : {&context.ancestors[0], &context.ancestors[1]}) {
    for (Section& section : view->sections) section.text = "line\n" + std::string(2000, 'x') + "\nline";
  }
  const Prompt whole = writer().write(context);
  const Prompt spared = writer("prompt.txt", {.stableShare = 0.7}).write(context);
  EXPECT_THAT(whole.question, HasSubstr("## Grandparent"));
  EXPECT_LT(spared.question.size(), whole.question.size());
  EXPECT_THAT(spared.question, HasSubstr("parallel for n0"));
  EXPECT_THAT(spared.question, HasSubstr("## Parent"));
  EXPECT_EQ(spared.cut, "");
}

TEST(Prompt, DoesNotRepeatTheGrammarInTheActions) {
  ProposalContext context = sampleContext();
  auto problem = std::make_shared<ProblemInfo>(*context.problem);
  problem->sections[0].text =
      "- TileSize: tiles\n    loop: a loop by name\n    factors: two integers; their product is the extent\n";
  context.problem = problem;
  context.legalActions = {
      {"TileSize", "loop in {m, k}; factors: two integers; their product is the extent", "TileSize(loop=m)"},
      {"Reorder", "factors: two integers", "Reorder(loops=[m, k])"}};
  EXPECT_THAT(writer().write(context).question,
              HasSubstr("\nTileSize: loop in {m, k}\nReorder; e.g. Reorder(loops=[m, k])\n"));
  EXPECT_THAT(knownNames(context), ElementsAre("Reorder", "TileSize"));
}

TEST(Prompt, ComparesLikeWithLike) {
  ProposalContext context = sampleContext();
  context.node.measurement.reset();
  EXPECT_THAT(writer().write(context).question, HasSubstr("(predicted 1.50 x faster)"));
  context.ancestors[1].measurement.reset();
  EXPECT_THAT(writer().write(context).question,
              HasSubstr("## Grandparent, depth 0\nMeasured as the baseline: 9.00 ms"));
  EXPECT_THAT(writer().write(context).question, HasSubstr("(measured 3.00 x faster)"));
}

TEST(Prompt, OfThePaperHasTheInformationOfThePaperAlone) {
  const Prompt prompt =
      writer("prompt_paper.txt", {.tokenLimit = 6000, .proposals = 1}).write(sampleContext());
  for (const char* part : {"# Current node p(i)\nCost: 2.00 ms", "# Parent p(i-1)\nCost: 3.00 ms",
                           "# Grandparent p(i-2)\nCost: 9.00 ms", "ComputeLocation, Parallel, TileSize"}) {
    EXPECT_THAT(prompt.question, HasSubstr(part));
  }
  EXPECT_THAT(prompt.system, HasSubstr("Transformations to apply: NAME, NAME, NAME."));
  EXPECT_THAT(prompt.text(), Not(HasSubstr("512-bit")));
}

TEST(Prompt, KnowsTheNamesOfTransformations) {
  EXPECT_THAT(knownNames(sampleContext()),
              ElementsAre("ComputeLocation", "Parallel", "TileSize", "Unroll", "Vectorize"));
}

struct BadTemplate {
  const char* text;
  const char* words;
};

TEST(PromptTemplate, SaysWhereItIsWrong) {
  const BadTemplate cases[] = {
      {"", "has the parts"},
      {"hello\n", "t:1: A prompt template begins with"},
      {"# espalier prompt 1\nhello\n", "t:2: Text stands before"},
      {"# espalier prompt 1\n[system]\nx\n", "has the parts"},
      {"# espalier prompt 1\n[system]\n{{program}}\n[question]\nx\n",
       "t:3: [system] must be equal for all nodes"},
      {"# espalier prompt 1\n[system]\nx\n[question]\n{{nonsense}}\n",
       "t:5: There is nothing named `nonsense`"},
      {"# espalier prompt 1\n[system]\nx\n[question]\n{{program\n", "t:5: A hole begins"},
      {"# espalier prompt 1\n[system]\nx\n[question]\n{{?program}}\n", "{{?program}} is not closed"},
      {"# espalier prompt 1\n[system]\nx\n[question]\n{{/program}}\n", "closes what is not open"},
      {"# espalier prompt 1\n[system]\nx\n[question]\n{{?program}}\n{{?trace}}\n", "stands inside of"},
      {"# espalier prompt 1\n[system]\nx\n[system]\ny\n", "t:4: The part [system] occurs twice"},
  };
  for (const BadTemplate& bad : cases) {
    const Result<PromptTemplate> read = PromptTemplate::read(bad.text, "t", {"problem", "program", "trace"});
    ASSERT_FALSE(read) << bad.text;
    EXPECT_THAT(read.error().message, HasSubstr(bad.words));
    EXPECT_EQ(read.error().kind, ErrorKind::Input);
  }
  EXPECT_THAT(PromptWriter::templateFile("/no/such/file").error().message, HasSubstr("cannot be read"));
}

TEST(PromptTemplate, DoesNotFillHolesInsideOfValues) {
  const auto form =
      PromptTemplate::read("# espalier prompt 1\n[system]\nx\n[question]\n<{{program}}>\n", "t", {"program"});
  ASSERT_TRUE(form);
  EXPECT_EQ(form->question([](std::string_view) { return "{{program}}"; }), "<{{program}}>");
}

TEST(LineDiff, ShowsWhatChanged) {
  EXPECT_EQ(lineDiff("a\nb\nc\nd", "a\nb\nc\nd", 10), "");
  EXPECT_EQ(lineDiff("a\nb\nc\nd", "a\nx\nc\nd\ne", 10), "  …\n- b\n+ x\n  …\n+ e");
  EXPECT_EQ(lineDiff("a\nb\nc", "", 2), "- a\n- b\n  … 1 more lines differ");
}

TEST(Numbers, AreShortAndPlain) {
  EXPECT_EQ(significant(0.00123456), "0.00123");
  EXPECT_EQ(significant(41.649), "41.6");
  EXPECT_EQ(significant(12345), "12345");
  EXPECT_EQ(significant(0), "0");
  EXPECT_EQ(timeText(1.234e-3), "1.23 ms");
  EXPECT_EQ(timeText(5e-7), "500 ns");
  EXPECT_EQ(timeText(2), "2.00 s");
  EXPECT_EQ(timeText(0), "unknown");
}

}  // namespace
}  // namespace espalier
