// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "ir_kernels.h"
#include "measure/guarded_memory.h"
#include "measure/parallel_runtime.h"
#include "measure/protocol.h"
#include "measure/worker.h"

extern char** environ;  // NOLINT: POSIX says so

namespace espalier {
namespace {

using ::testing::HasSubstr;
using namespace espalier::testing;

TEST(GuardedMemory, StartsAlignedAndEndsAtTheGuard) {
  for (const std::size_t bytes : {0UL, 1UL, 64UL, 100UL, 4096UL, 5000UL, 9UL << 20}) {
    const auto memory = GuardedMemory::allocate("A", bytes);
    ASSERT_TRUE(memory) << bytes;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory->data()) % 64, 0U);
    const std::size_t rounded = (std::max<std::size_t>(bytes, 1) + 63) / 64 * 64;
    EXPECT_EQ((reinterpret_cast<std::uintptr_t>(memory->data()) + rounded) % 4096, 0U) << bytes;
    std::memset(memory->data(), 1, bytes);
    EXPECT_FALSE(memory->checkCanaries());
  }
}

TEST(GuardedMemory, NoticesWritesIntoTheSlackOnBothSides) {
  auto memory = GuardedMemory::allocate("A", 100);
  ASSERT_TRUE(memory);
  auto* bytes = static_cast<unsigned char*>(memory->data());
  const unsigned char before = bytes[103];
  bytes[103] = static_cast<unsigned char>(before + 1);
  EXPECT_THAT(memory->checkCanaries().value_or(""), HasSubstr("byte 4 past the end of A"));
  bytes[103] = before;
  bytes[-2] = 0;
  EXPECT_THAT(memory->checkCanaries().value_or(""), HasSubstr("before the start of A"));
}

TEST(GuardedMemory, MovesWithItsContent) {
  auto memory = GuardedMemory::allocate("A", 100);
  ASSERT_TRUE(memory);
  std::memset(memory->data(), 7, 100);
  const GuardedMemory moved = std::move(*memory);
  EXPECT_EQ(static_cast<unsigned char*>(moved.data())[99], 7);
  EXPECT_FALSE(moved.checkCanaries());
}

struct Shares {
  std::vector<std::atomic<int>> visits;
  std::atomic<std::int64_t> largestThread{0};
};

TEST(ParallelFor, VisitsEveryIterationOnce) {
  for (const std::int64_t iterations : {0, 1, 2, 3, 7, 100}) {
    for (const std::int64_t threads : {1, 2, 3, 8}) {
      Shares shares{std::vector<std::atomic<int>>(static_cast<std::size_t>(iterations)), {}};
      espalier_parallel_for(
          iterations, threads,
          [](std::int64_t begin, std::int64_t end, std::int64_t thread, void* context) {
            auto& all = *static_cast<Shares*>(context);
            for (std::int64_t i = begin; i < end; ++i) ++all.visits[static_cast<std::size_t>(i)];
            std::int64_t seen = all.largestThread;
            while (thread > seen && !all.largestThread.compare_exchange_weak(seen, thread)) {
            }
          },
          &shares);
      for (const auto& visits : shares.visits) EXPECT_EQ(visits, 1);
      EXPECT_LT(shares.largestThread, threads);
    }
  }
}

TEST(WorkerProcess, EndsWithItsClientEvenInAnEndlessKernel) {
  int toWorker[2];
  int fromWorker[2];
  ASSERT_EQ(::pipe2(toWorker, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(fromWorker, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, toWorker[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fromWorker[1], STDOUT_FILENO);
  std::string program = defaultWorkerCommand().front();
  char* const arguments[] = {program.data(), nullptr};
  pid_t process = 0;
  ASSERT_EQ(::posix_spawn(&process, program.c_str(), &actions, nullptr, arguments, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(toWorker[0]);
  ::close(fromWorker[1]);

  ASSERT_TRUE(readMessage(fromWorker[0])) << "no handshake";
  HandMade endless;
  endless.declarations = "define void @spin() {\n  br label %l\nl:\n  br label %l\n}";
  endless.prologue = "  call void @spin()\n";
  const nlohmann::json tensor = {{"name", "A"}, {"type", "float32"}, {"elements", 4}, {"access", "write"}};
  const nlohmann::json requests[] = {{{"request", "inputs"}, {"set", "s"}, {"tensors", {tensor, tensor}}},
                                     {{"request", "load"},
                                      {"kernel", "k"},
                                      {"entry", "espalier_kernel"},
                                      {"workspace", 0},
                                      {"workspace_per_thread", 0},
                                      {"packs", nlohmann::json::array()}},
                                     {{"request", "run"}, {"kernel", "k"}, {"set", "s"}, {"threads", 1}}};
  const std::vector<char> object = assembled(irOf(endless), hostTarget()).object;
  for (const nlohmann::json& request : requests) {
    const bool load = request.at("request") == "load";
    ASSERT_TRUE(writeMessage(toWorker[1], {request.dump(), load ? object : std::vector<char>{}}));
    if (request.at("request") == "run") break;
    const auto answer = readMessage(fromWorker[0]);
    ASSERT_TRUE(answer);
    ASSERT_THAT(answer->header, HasSubstr("true"));
  }
  // This client goes away; without care the worker would spin for ever.
  ::close(toWorker[1]);
  int status = 0;
  EXPECT_EQ(::waitpid(process, &status, 0), process);
  EXPECT_TRUE(WIFEXITED(status));
  ::close(fromWorker[0]);
}

}  // namespace
}  // namespace espalier
