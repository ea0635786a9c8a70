// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "ir_kernels.h"
#include "measure/measurer.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using namespace espalier::testing;

constexpr std::int64_t kElements = 1000;  // 4000 bytes: 32 of slack before the guard

struct Misbehaviour {
  const char* name;
  HandMade kernel;
  const char* code;
  const char* words;
  std::int64_t workspaceBytes = 0;
};

void PrintTo(const Misbehaviour& misbehaviour, std::ostream* stream) { *stream << misbehaviour.name; }

std::string storeAt(const std::string& pointer, std::int64_t element) {
  return "  %place = getelementptr float, ptr " + pointer + ", i64 " + std::to_string(element) +
         "\n  store float 1.0, ptr %place\n";
}

const Misbehaviour kMisbehaviours[] = {
    {"NullPointer", {"  store i32 1, ptr null\n", "", "", kElements}, "crash", "SIGSEGV"},
    {"Trap", {"  call void @llvm.trap()\n", "", "declare void @llvm.trap()", kElements}, "crash", "SIGILL"},
    {"DivisionByZero",
     {"  %zero = sub i64 %threads, 1\n  %q = sdiv i64 5, %zero\n  store i64 %q, ptr %c\n", "", "", kElements},
     "crash",
     "SIGFPE"},
    {"Abort", {"  call void @abort()\n", "", "declare void @abort()", kElements}, "crash", "SIGABRT"},
    {"EndlessLoop",
     {"  call void @spin()\n", "", "define void @spin() {\n  br label %l\nl:\n  br label %l\n}", kElements},
     "timeout",
     "no answer within"},
    {"Exit",
     {"  call void @exit(i32 3)\n", "", "declare void @exit(i32)", kElements},
     "exit",
     "exit status 3"},
    {"StackOverflow",
     {"  %r = call i64 @deep(i64 1, ptr %c)\n  store i64 %r, ptr %c\n", "",
      "define i64 @deep(i64 %n, ptr %p) noinline {\n  %m = add i64 %n, 1\n  %x = call i64 @deep(i64 %m, ptr "
      "%p)\n"
      "  store volatile i64 %n, ptr %p\n  %y = add i64 %x, %n\n  ret i64 %y\n}",
      kElements},
     "crash",
     "SIGSEGV"},
    {"WritesFarBehind",
     {"", storeAt("%c", kElements + 1000), "", kElements},
     "out-of-bounds",
     "wrote byte 4001 past the end of C"},
    {"WritesJustBehind",
     {"", storeAt("%c", kElements), "", kElements},
     "out-of-bounds",
     "wrote byte 1 past the end of C"},
    {"WritesBefore", {"", storeAt("%c", -1), "", kElements}, "out-of-bounds", "before the start of C"},
    {"ReadsFarBehind",
     {"  %far = getelementptr float, ptr %a, i64 2000\n  %v = load volatile float, ptr %far\n", "", "",
      kElements},
     "out-of-bounds",
     "read byte 4001 past the end of A"},
    {"ModifiesInput",
     {"", storeAt("%a", 7), "", kElements},
     "modified-input",
     "wrote to its input A, byte 28"},
    {"WritesBehindWorkspace",
     {"", storeAt("%workspace", 64), "", kElements},
     "out-of-bounds",
     "past the end of the workspace",
     256},
    {"HugeWorkspace", {"", "", "", kElements}, "memory", "bytes of workspace", std::int64_t{1} << 45},
    {"WrongNumbers", {"", "", "", kElements, "3.0"}, "wrong-output", "elements are wrong, the first C["},
    {"LeavesOutTheEnd", {"", "", "", kElements - 1}, "wrong-output", "C[999] = nan"},
    {"UnknownSymbol",
     {"  call void @no_such_function()\n", "", "declare void @no_such_function()", kElements},
     "load",
     "no_such_function"},
};

class MisbehavingCandidate : public ::testing::TestWithParam<Misbehaviour> {};

TEST_P(MisbehavingCandidate, IsOneFailedSampleWithItsReason) {
  const Misbehaviour& bad = GetParam();
  const Program program = readProgram(kDouble, {{"N", kElements}});
  auto measurer = Measurer::start(program);
  ASSERT_TRUE(measurer) << measurer.error().text();
  const Target target = (*measurer)->handshake().target;
  SampleOptions options;
  options.verify = true;
  // Only what hangs is meant to run into it, however slow the machine is.
  options.timeoutSeconds = bad.code == std::string("timeout") ? 0.5 : 60;

  CompiledKernel kernel = assembled(irOf(bad.kernel), target);
  kernel.workspaceBytes = bad.workspaceBytes;
  const Sample sample = (*measurer)->measure(program, kernel, options);
  ASSERT_TRUE(sample.failure);
  EXPECT_EQ(sample.failure->code, bad.code) << sample.failure->detail;
  EXPECT_THAT(sample.failure->detail, HasSubstr(bad.words));

  options.timeoutSeconds = 10;
  const Sample next =
      (*measurer)->measure(program, assembled(irOf({"", "", "", kElements}), target), options);
  ASSERT_FALSE(next.failure) << next.failure->detail;
  EXPECT_TRUE(next.verified);
  EXPECT_GT(next.seconds, 0);
}

INSTANTIATE_TEST_SUITE_P(All, MisbehavingCandidate, ::testing::ValuesIn(kMisbehaviours),
                         [](const auto& information) { return std::string(information.param.name); });

TEST(MemoryHog, IsStoppedAtTheLimit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need the address space that the limit is on";
#endif
  const Program program = readProgram(kDouble, {{"N", kElements}});
  MeasurerOptions measurerOptions;
  measurerOptions.worker.memoryLimitBytes = std::int64_t{2} << 30;
  auto measurer = Measurer::start(program, measurerOptions);
  ASSERT_TRUE(measurer) << measurer.error().text();
  HandMade hog;
  hog.count = kElements;
  hog.declarations =
      "declare ptr @malloc(i64)\ndefine void @hog() {\nentry:\n  br label %l\nl:\n"
      "  %p = call ptr @malloc(i64 67108864)\n  store volatile i64 1, ptr %p\n  br label %l\n}";
  hog.prologue = "  call void @hog()\n";
  const Sample sample =
      (*measurer)->measure(program, assembled(irOf(hog), (*measurer)->handshake().target), SampleOptions{});
  ASSERT_TRUE(sample.failure);
  EXPECT_EQ(sample.failure->code, "memory");
  EXPECT_THAT(sample.failure->detail, HasSubstr("67108864 bytes"));
}

TEST(ForgedReport, CannotComeThroughStandardOutput) {
  const Program program = readProgram(kDouble, {{"N", kElements}});
  auto measurer = Measurer::start(program);
  ASSERT_TRUE(measurer) << measurer.error().text();
  HandMade talker;
  talker.count = kElements;
  talker.declarations =
      "@text = constant [6 x i8] c\"hello\\00\"\ndeclare i32 @puts(ptr)\ndeclare i32 @fflush(ptr)";
  talker.prologue = "  %n = call i32 @puts(ptr @text)\n  %f = call i32 @fflush(ptr null)\n";
  SampleOptions options;
  options.verify = true;
  const Sample sample =
      (*measurer)->measure(program, assembled(irOf(talker), (*measurer)->handshake().target), options);
  EXPECT_FALSE(sample.failure) << sample.failure->detail;
}

}  // namespace
}  // namespace espalier
