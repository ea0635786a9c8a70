// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>

#include "c_library.h"
#include "exporting/exporting.h"

namespace espalier::testing {
namespace {

namespace fs = std::filesystem;

TEST(WriteExport, PutsFurtherFilesBesideTheFirst) {
  const TemporaryFolder folder;
  const auto written = writeExport({{".o", "object"}, {".h", "header"}, {"espalier_runtime.c", "runtime"}},
                                   (folder / "kernel.o").string());
  ASSERT_TRUE(written) << written.error().text();
  EXPECT_EQ(*written,
            (std::vector<std::string>{(folder / "kernel.o").string(), (folder / "kernel.h").string(),
                                      (folder / "espalier_runtime.c").string()}));
  EXPECT_EQ(readText(folder / "kernel.h"), "header");
  EXPECT_EQ(readText(folder / "espalier_runtime.c"), "runtime");
}

TEST(WriteExport, ReplacesWhatWasThereAndLeavesNothingElse) {
  const TemporaryFolder folder;
  writeText(folder / "a.csv", "old and longer");
  ASSERT_TRUE(writeExport({{".csv", "new"}}, (folder / "a.csv").string()));
  EXPECT_EQ(readText(folder / "a.csv"), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator{}), 1);
}

TEST(WriteExport, KeepsBytes) {
  const TemporaryFolder folder;
  const std::string bytes("\0\n\r\xff\0", 5);
  ASSERT_TRUE(writeExport({{".o", bytes}}, (folder / "a").string()));
  EXPECT_EQ(readText(folder / "a"), bytes);
}

TEST(WriteExport, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  const auto missing = writeExport({{".c", "x"}}, (folder / "no/such/folder/a.c").string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::Environment);
  EXPECT_THAT(missing.error().message, ::testing::HasSubstr("No such file or directory"));
  const auto directory = writeExport({{".c", "x"}}, folder.path().string());
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, ::testing::HasSubstr("Is a directory"));
  const auto empty = writeExport({{".c", "x"}}, "");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().kind, ErrorKind::Usage);
}

TEST(WriteExport, AFullDiskIsTheEnvironmentsFault) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const auto full = writeExport({{".c", "x"}}, "/dev/full");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::Environment);
  EXPECT_THAT(full.error().text(), ::testing::HasSubstr("Make room on the disk"));
}

TEST(WriteExport, RefusesToOverwriteItsOwnFirstFile) {
  const TemporaryFolder folder;
  const auto written = writeExport({{".o", "object"}, {".h", "header"}}, (folder / "kernel.h").string());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::Usage);
}

TEST(ExportFormats, AreKnownByName) {
  for (const char* name : {"trace", "c", "llvm", "asm", "object", "tvm", "csv", "json", "html"})
    EXPECT_TRUE(exportFormat(name)) << name;
  const auto unknown = exportFormat("objct");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::Usage);
  EXPECT_THAT(unknown.error().hint, ::testing::HasSubstr("`object`"));
}

}  // namespace
}  // namespace espalier::testing
