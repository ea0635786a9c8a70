// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/random.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;

std::string canonical(const std::string& text) {
  const Result<Step> step = parseStep(text);
  return step ? print(*step) : "error: " + step.error().text();
}

TEST(Step, ReadsWhatPeopleAndModelsWrite) {
  EXPECT_EQ(canonical("TileSize(block=C, loop=n, factors=[64, 32])"),
            "TileSize(block=C, loop=n, factors=[64, 32])");
  EXPECT_EQ(canonical("  TileSize ( block = \"C\" ,loop='n',factors=(64,32) )  "),
            "TileSize(block=C, loop=n, factors=[64, 32])");
  EXPECT_EQ(canonical("Parallel"), "Parallel()");
  EXPECT_EQ(canonical("Unroll."), "Unroll()");
  EXPECT_EQ(canonical("Vectorize(j.2)"), "Vectorize(loop=j.2)");
  EXPECT_EQ(canonical("Split(k, [0, 128])"), "Split(loop=k, factors=[0, 128])");
  EXPECT_EQ(canonical("Unroll(block: C, max_steps: 64)"), "Unroll(block=C, max_steps=64)");
  EXPECT_EQ(canonical("TransformLayout(buffer=B, tiles=[0, 64], order=[1.0, 0, 1.1])"),
            "TransformLayout(buffer=B, tiles=[0, 64], order=[1.0, 0, 1.1])");
  EXPECT_EQ(canonical("Reorder(loops=[])"), "Reorder(loops=[])");
}

TEST(Step, ErrorsSayWhereAndWhat) {
  EXPECT_THAT(canonical(""), HasSubstr("column 1: expected the name of a transformation"));
  EXPECT_THAT(canonical("Split(loop=k"), HasSubstr("expected `,` or `)` but found the end"));
  EXPECT_THAT(canonical("Split(loop=k, loop=j)"), HasSubstr("`loop` comes twice"));
  EXPECT_THAT(canonical("Split(loop=)"), HasSubstr("expected a value"));
  EXPECT_THAT(canonical("Split(loop=k) x"), HasSubstr("expected the end of the step but found `x`"));
  EXPECT_THAT(canonical("Foo(1)"), HasSubstr("expected an argument as `name=value`"));
  EXPECT_THAT(canonical("Split(loop=\"k)"), HasSubstr("a closing quote"));
}

TEST(Step, RandomStepsSurviveTheRoundTrip) {
  const std::uint64_t seed = 4711;
  Random random(seed);
  const auto name = [&] {
    static constexpr char letters[] = "abijkmnxyz_ABC";
    std::string text(1, letters[random.below(10)]);
    for (std::uint64_t length = random.below(6); length > 0; --length) text += letters[random.below(14)];
    if (random.chance(0.3)) text += "." + std::to_string(random.below(12));
    return text;
  };
  for (int round = 0; round < 500; ++round) {
    Step step{name(), {}};
    for (std::uint64_t i = 0, count = random.below(5); i < count; ++i) {
      ArgumentValue value = random.between(-100, 100000);
      if (random.chance(0.3)) value = name();
      if (random.chance(0.3))
        value = std::vector<std::int64_t>{random.between(0, 9), random.between(-5, 5000)};
      if (random.chance(0.3)) value = std::vector<std::string>{name(), name()};
      step.set("a" + std::to_string(i), value);
    }
    if (step.name.find('.') != std::string::npos) continue;
    const Result<Step> read = parseStep(print(step));
    ASSERT_TRUE(read) << "seed " << seed << " " << read.error().text();
    ASSERT_EQ(*read, step) << "seed " << seed;
  }
}

TEST(Trace, TextAndJsonSayTheSame) {
  const Trace trace = {*parseStep("Split(loop=k, factors=[2, 7])"), *parseStep("Unroll(loop=k.1)")};
  EXPECT_EQ(printTrace(trace), "# espalier trace 1\nSplit(loop=k, factors=[2, 7])\nUnroll(loop=k.1)\n");
  EXPECT_EQ(parseTrace(printTrace(trace)), trace);
  EXPECT_EQ(parseTrace("\n  Split(loop=k, factors=[2, 7])  # cut\r\n\n# done\nUnroll(loop=k.1)"), trace);
  const std::string json =
      "{\"version\": 1, \"steps\": [\"Split(loop=k, factors=[2, 7])\", \"Unroll(loop=k.1)\"]}";
  EXPECT_EQ(parseTrace(json), trace);
  EXPECT_EQ(parseTrace(""), Trace{});
}

TEST(Trace, ErrorsCarryLineAndColumn) {
  const auto error = [](const std::string& text) {
    const Result<Trace> trace = parseTrace(text);
    return trace ? std::string("no error") : trace.error().text();
  };
  EXPECT_THAT(error("# espalier trace 1\nSplit(loop=k\n"), HasSubstr("trace:2:13: expected `,` or `)`"));
  EXPECT_THAT(error("# espalier trace 7\n"), HasSubstr("version `7`"));
  EXPECT_THAT(error("{\"version\": 1,\n \"steps\": [}"), HasSubstr("trace:2:12: this is not valid JSON"));
  EXPECT_THAT(error("{\"version\": 2, \"steps\": []}"), HasSubstr("version `2`"));
  EXPECT_THAT(error("{\"steps\": [3]}"), HasSubstr("steps[0] is not a string"));
  EXPECT_THAT(error("{\"steps\": [\"Split(\"]}"), HasSubstr("steps[0]:1:7"));
  EXPECT_THAT(error("{}"), HasSubstr("needs the list `steps`"));
}

}  // namespace
}  // namespace espalier
