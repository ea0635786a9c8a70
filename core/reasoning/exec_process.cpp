// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/exec_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "reasoning/chat_text.h"

extern char** environ;

namespace espalier {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kSlice{50};      ///< how often a waiting call looks whether it was cancelled
constexpr Milliseconds kFarewell{300};  ///< between closing its input and killing it
constexpr std::size_t kComplaintBytes = 1000;

void closeAll(std::initializer_list<int> descriptors) {
  for (const int descriptor : descriptors) {
    if (descriptor >= 0) close(descriptor);
  }
}

int sliceUntil(ExecProcess::Deadline deadline) {
  const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp(left, Milliseconds(0), kSlice).count());
}

}  // namespace

Result<ExecProcess> ExecProcess::start(const std::string& command) {
  int input[2] = {-1, -1};
  int output[2] = {-1, -1};
  int errors[2] = {-1, -1};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  const bool piped = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, input) == 0 &&
                     pipe2(output, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0;
  if (!piped) {
    const std::string reason = std::generic_category().message(errno);
    closeAll({input[0], input[1], output[0], output[1], errors[0], errors[1]});
    return environmentError("No pipe to `" + shortened(cleanLine(command), 200) +
                            "` could be made: " + reason + ".");
  }
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  char shell[] = "/bin/sh";
  char option[] = "-c";
  std::string text = command;
  char* const arguments[] = {shell, option, text.data(), nullptr};
  ExecProcess process;
  const int failure = posix_spawn(&process.process_, shell, &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  closeAll({input[1], output[1], errors[1]});
  process.channel_ = input[0];
  process.answers_ = output[0];
  process.complaints_ = errors[0];
  fcntl(process.complaints_, F_SETFL, O_NONBLOCK);
  if (failure != 0) {
    process.process_ = -1;
    return environmentError("`" + shortened(cleanLine(command), 200) +
                            "` could not be started: " + std::generic_category().message(failure) + ".");
  }
  return process;
}

ExecProcess::ExecProcess(ExecProcess&& other) noexcept { *this = std::move(other); }

ExecProcess& ExecProcess::operator=(ExecProcess&& other) noexcept {
  std::swap(process_, other.process_);
  std::swap(channel_, other.channel_);
  std::swap(answers_, other.answers_);
  std::swap(complaints_, other.complaints_);
  std::swap(buffer_, other.buffer_);
  std::swap(complaint_, other.complaint_);
  return *this;
}

ExecProcess::~ExecProcess() { end(); }

void ExecProcess::end() {
  closeAll({channel_});
  if (process_ > 0) {
    // The end of its input is the polite way; its own end closes its output.
    const Clock::time_point deadline = Clock::now() + kFarewell;
    char ignored[4096];
    for (;;) {
      pollfd entry{answers_, POLLIN, 0};
      const int ready = poll(&entry, 1, sliceUntil(deadline));
      if (ready > 0 && read(answers_, ignored, sizeof ignored) <= 0) break;
      if (Clock::now() >= deadline) break;
    }
    kill(-process_, SIGKILL);
    while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  closeAll({answers_, complaints_});
  process_ = channel_ = answers_ = complaints_ = -1;
}

ExecProcess::End ExecProcess::writeLine(std::string_view line, Deadline deadline,
                                        const std::stop_token& stop) {
  const std::string whole = std::string(line) + "\n";
  std::string_view left = whole;
  while (!left.empty()) {
    if (stop.stop_requested()) return End::Cancelled;
    if (Clock::now() >= deadline) return End::TimedOut;
    readComplaint();
    pollfd entry{channel_, POLLOUT, 0};
    if (poll(&entry, 1, sliceUntil(deadline)) <= 0) continue;
    const ssize_t sent = send(channel_, left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return End::Closed;
    }
  }
  return End::Done;
}

ExecProcess::End ExecProcess::readLine(std::string& line, std::size_t limit, Deadline deadline,
                                       const std::stop_token& stop) {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t newline = buffer_.find('\n', searched);
    if (newline != std::string::npos) {
      line = buffer_.substr(0, newline);
      buffer_.erase(0, newline + 1);
      return End::Done;
    }
    searched = buffer_.size();
    if (buffer_.size() > limit) return End::TooLong;
    if (stop.stop_requested()) return End::Cancelled;
    if (Clock::now() >= deadline) return End::TimedOut;
    readComplaint();
    pollfd entry{answers_, POLLIN, 0};
    if (poll(&entry, 1, sliceUntil(deadline)) <= 0) continue;
    char bytes[16384];
    const ssize_t got = read(answers_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return End::Closed;
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }
}

void ExecProcess::readComplaint() {
  char bytes[4096];
  // Bounded, so that a program that complains without end does not hold up the answer.
  for (int i = 0; i < 16; ++i) {
    const ssize_t got = read(complaints_, bytes, sizeof bytes);
    if (got <= 0) return;
    complaint_.append(bytes, static_cast<std::size_t>(got));
    if (complaint_.size() > kComplaintBytes) complaint_.erase(0, complaint_.size() - kComplaintBytes);
  }
}

void ExecProcess::abandon() {
  if (process_ > 0) kill(-process_, SIGKILL);
}

std::string ExecProcess::complaint() {
  readComplaint();
  return cleanLine(complaint_);
}

}  // namespace espalier
