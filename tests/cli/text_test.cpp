// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cli/figures.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "cli/workload_choice.h"

namespace espalier::cli {
namespace {

TEST(Harmless, KeepsOrdinaryTextInAnyLanguage) {
  const std::string text = "line 1\n\tfläche 面積 µs ✓ 🌳";
  EXPECT_EQ(harmless(text), text);
}

TEST(Harmless, ShowsEscapeSequencesInsteadOfSendingThem) {
  EXPECT_EQ(harmless("\x1b[2J\x1b]0;title\x07"), "\\x1b[2J\\x1b]0;title\\x07");
  EXPECT_EQ(harmless("a\rb\x7f"), "a\\x0db\\x7f");
  EXPECT_EQ(harmless("\xc2\x9b"
                     "31m"),
            "\\xc2\\x9b31m");                                  // a C1 control in UTF-8
  EXPECT_EQ(harmless("x\xe2\x80\xaey"), "x\\xe2\\x80\\xaey");  // right-to-left override
}

TEST(Harmless, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(harmless("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(harmless("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(harmless("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(harmless("\xe2\x82"), "\\xe2\\x82");           // cut
  EXPECT_EQ(harmless(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Table, AlignsByColumnsNotBytes) {
  Table table({{"name"}, {"time", Table::Align::Right}});
  table.add({"µ", "1 ms"});
  table.add({"longer", "12 µs"});
  EXPECT_EQ(table.text(),
            "name     time\n"
            "-------------\n"
            "µ        1 ms\n"
            "longer  12 µs\n");
}

TEST(Table, HasNoHeadWithoutTitles) {
  Table table({{""}, {""}});
  table.add({"best", "1 ms"});
  EXPECT_EQ(table.text(), "best  1 ms\n");
}

TEST(Figures, AreReadByPeople) {
  EXPECT_EQ(duration(2.5), "2.50 s");
  EXPECT_EQ(duration(0.0123), "12.3 ms");
  EXPECT_EQ(duration(310e-6), "310 µs");
  EXPECT_EQ(duration(5e-9), "5.00 ns");
  EXPECT_EQ(quantity(469762048), "469.8 M");
  EXPECT_EQ(quantity(12), "12");
  EXPECT_EQ(bytesInWords(58720256), "58.7 MB");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-999), "-999");
}

TEST(Sizes, AreReadOrRefused) {
  const auto sizes = parseSizes({"M=64", "N=96"});
  ASSERT_TRUE(sizes.has_value());
  EXPECT_EQ(*sizes, (std::map<std::string, std::int64_t>{{"M", 64}, {"N", 96}}));
  for (const char* wrong : {"M", "=4", "M=", "M=4x", "M=1.5"}) {
    const auto refused = parseSizes({wrong});
    ASSERT_FALSE(refused.has_value()) << wrong;
    EXPECT_EQ(refused.error().kind, ErrorKind::Usage) << wrong;
  }
  EXPECT_EQ(parseSizes({"M=1", "M=2"}).error().kind, ErrorKind::Usage);
  EXPECT_EQ(parseSizes({"M=99999999999999999999"}).error().kind, ErrorKind::Input);
}

}  // namespace
}  // namespace espalier::cli
