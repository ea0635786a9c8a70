// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/worker.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

extern char** environ;  // NOLINT: POSIX says so

namespace espalier {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::size_t kErrorTextBytes = 4096;

void closeDescriptor(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

int millisecondsUntil(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left + 1, 0, 1 << 30));
}

const char* signalName(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? "?" : name;
}

/// Descriptors of a new process: its end and ours.
struct Channels {
  int inTheirs = -1, inOurs = -1, outTheirs = -1, outOurs = -1, errorTheirs = -1, errorOurs = -1;

  [[nodiscard]] bool open() {
    int pair[2];
    // A socket, because a write to it can be told not to raise SIGPIPE.
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return false;
    inTheirs = pair[0];
    inOurs = pair[1];
    if (::pipe2(pair, O_CLOEXEC) != 0) return false;
    outOurs = pair[0];
    outTheirs = pair[1];
    if (::pipe2(pair, O_CLOEXEC) != 0) return false;
    errorOurs = pair[0];
    errorTheirs = pair[1];
    for (const int ours : {inOurs, outOurs, errorOurs})
      if (::fcntl(ours, F_SETFL, O_NONBLOCK) != 0) return false;
    return true;
  }
  void closeTheirs() {
    closeDescriptor(inTheirs);
    closeDescriptor(outTheirs);
    closeDescriptor(errorTheirs);
  }
  void closeOurs() {
    closeDescriptor(inOurs);
    closeDescriptor(outOurs);
    closeDescriptor(errorOurs);
  }
};

/// The environment without what looks like a secret: a worker runs generated code and needs no key.
std::vector<char*> environmentWithoutSecrets() {
  std::vector<char*> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    if (name.ends_with("_API_KEY") || name.ends_with("_TOKEN") || name.ends_with("_SECRET")) continue;
    kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

/// Answers the process id, or minus the error number.
int spawn(const std::vector<std::string>& command, const Channels& channels) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, channels.inTheirs, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, channels.outTheirs, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, channels.errorTheirs, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: it is killed with everything that it starts, and Ctrl-C at the terminal does not
  // reach it.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  std::vector<char*> environment = environmentWithoutSecrets();
  pid_t process = -1;
  const int error =
      ::posix_spawnp(&process, arguments[0], &actions, &attributes, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error == 0 ? process : -error;
}

Attempt<Handshake> parseHandshake(const Message& message) {
  try {
    const json header = json::parse(message.header);
    Handshake handshake;
    handshake.protocol = header.at("protocol");
    if (handshake.protocol != kProtocolVersion)
      return failed("worker", "It speaks protocol " + std::to_string(handshake.protocol) +
                                  ", this program speaks " + std::to_string(kProtocolVersion) + ".");
    handshake.cpu = header.at("cpu");
    handshake.target.triple = header.at("triple");
    handshake.target.cpu = header.at("target_cpu");
    handshake.target.features = header.at("features");
    handshake.target.vectorBits = header.at("vector_bits");
    handshake.target.vectorRegisters = header.at("vector_registers");
    handshake.cores = header.at("cores");
    handshake.memoryBytes = header.at("memory");
    for (const json& cache : header.at("caches"))
      handshake.caches.push_back({cache.at("level"), cache.at("bytes"), cache.at("shared_by")});
    return handshake;
  } catch (const json::exception&) {
    return failed("worker", "What it says is no handshake.");
  }
}

}  // namespace

std::vector<std::string> defaultWorkerCommand() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return {error ? std::string("espalier-worker") : (self.parent_path() / "espalier-worker").string()};
}

Worker::Worker(WorkerOptions options) : options_(std::move(options)) {}

Worker::~Worker() { kill(); }

Result<std::unique_ptr<Worker>> Worker::start(WorkerOptions options) {
  if (options.memoryLimitBytes <= 0) options.memoryLimitBytes = physicalMemoryBytes() / 4 * 3;
  if (options.command.empty()) {
    options.command = defaultWorkerCommand();
    options.command.insert(options.command.end(),
                           {"--memory-limit", std::to_string(options.memoryLimitBytes)});
  }
  std::unique_ptr<Worker> worker(new Worker(std::move(options)));
  if (auto started = worker->restart(); !started) return tl::unexpected(started.error());
  return worker;
}

bool Worker::alive() const { return process_ > 0; }

Result<void> Worker::restart() {
  kill();
  const std::string& program = options_.command.front();
  Channels channels;
  if (!channels.open()) {
    channels.closeTheirs();
    channels.closeOurs();
    return environmentError(std::string("No pipe to a worker can be opened: ") + std::strerror(errno) + ".",
                            "Close programs or raise the limit on open files (ulimit -n).");
  }
  const int process = spawn(options_.command, channels);
  channels.closeTheirs();
  if (process < 0) {
    channels.closeOurs();
    return environmentError("The worker " + program + " cannot be started: " + std::strerror(-process) + ".",
                            "It is built and installed beside espalier-cli; keep the two together.");
  }
  process_ = process;
  toWorker_ = channels.inOurs;
  fromWorker_ = channels.outOurs;
  errors_ = channels.errorOurs;
  errorText_.clear();
  ++generation_;

  auto message = exchange(nullptr, options_.startTimeoutSeconds);
  auto handshake = message ? parseHandshake(*message) : tl::unexpected(message.error());
  if (!handshake) {
    const std::string text = errorText_;
    kill();
    return environmentError("The worker " + program + " does not start: " + handshake.error().detail +
                                (text.empty() ? "" : " It wrote: " + text),
                            "Run it by hand to see what it lacks.");
  }
  handshake_ = std::move(*handshake);
  return {};
}

Attempt<Message> Worker::request(const Message& message, double timeoutSeconds) {
  if (!alive()) return failed("worker", "The worker process is gone.");
  auto answer = exchange(&message, timeoutSeconds);
  if (!answer) {
    kill();
    return answer;
  }
  const json header = json::parse(answer->header, nullptr, false);
  if (!header.is_object() || !header.contains("ok")) {
    kill();
    return failed("worker", "The worker's answer is not understood.");
  }
  if (header.at("ok") == true) return answer;
  if (header.value("ended", false)) kill();
  return failed(header.value("failure", "worker"), header.value("detail", ""));
}

Attempt<Message> Worker::exchange(const Message* message, double timeoutSeconds) {
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(timeoutSeconds));
  std::string outgoing;  // prefix and header; the payload is sent from where it lies
  if (message != nullptr) {
    unsigned char prefix[kMessagePrefixBytes];
    encodePrefix({static_cast<std::uint32_t>(message->header.size()), message->payload.size()}, prefix);
    outgoing.assign(reinterpret_cast<const char*>(prefix), sizeof prefix);
    outgoing += message->header;
  }
  const std::size_t toSend = outgoing.size() + (message == nullptr ? 0 : message->payload.size());
  std::size_t sent = 0;

  unsigned char prefix[kMessagePrefixBytes];
  std::size_t received = 0;  // prefix, header and payload together
  MessageLengths lengths;
  Message answer;

  for (;;) {
    pollfd watch[3] = {
        {fromWorker_, POLLIN, 0}, {errors_, POLLIN, 0}, {sent < toSend ? toWorker_ : -1, POLLOUT, 0}};
    const int ready = ::poll(watch, 3, millisecondsUntil(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) {
      char seconds[32];
      std::snprintf(seconds, sizeof seconds, "%.3g", timeoutSeconds);
      return failed("timeout",
                    std::string("The worker gave no answer within ") + seconds + " s and was stopped.");
    }

    if ((watch[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
      char text[1024];
      const ssize_t got = ::read(errors_, text, sizeof text);
      if (got > 0) errorText_.append(text, static_cast<std::size_t>(got));
      if (errorText_.size() > kErrorTextBytes) errorText_.erase(0, errorText_.size() - kErrorTextBytes);
      if (got == 0) closeDescriptor(errors_);
    }
    if ((watch[2].revents & (POLLOUT | POLLHUP | POLLERR)) != 0) {
      const bool inHeader = sent < outgoing.size();
      const char* from =
          inHeader ? outgoing.data() + sent : message->payload.data() + (sent - outgoing.size());
      const std::size_t size = inHeader ? outgoing.size() - sent : toSend - sent;
      const ssize_t written = ::send(toWorker_, from, size, MSG_NOSIGNAL);
      if (written > 0) sent += static_cast<std::size_t>(written);
      // A worker that is gone may have left a report: what is in the pipe is read first.
      if (written < 0 && errno != EAGAIN && errno != EINTR) sent = toSend;
    }
    if ((watch[0].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;

    char* into = nullptr;
    std::size_t size = 0;
    const std::size_t headerEnd = kMessagePrefixBytes + answer.header.size();
    if (received < kMessagePrefixBytes) {
      into = reinterpret_cast<char*>(prefix) + received;
      size = kMessagePrefixBytes - received;
    } else if (received < headerEnd) {
      into = answer.header.data() + (received - kMessagePrefixBytes);
      size = headerEnd - received;
    } else {
      into = answer.payload.data() + (received - headerEnd);
      size = answer.payload.size() - (received - headerEnd);
    }
    const ssize_t got = ::read(fromWorker_, into, size);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return tl::unexpected(failureOfEnd());
    received += static_cast<std::size_t>(got);
    if (received == kMessagePrefixBytes) {
      lengths = decodePrefix(prefix);
      if (lengths.header > kLargestHeader ||
          lengths.payload > static_cast<std::uint64_t>(physicalMemoryBytes()))
        return failed("worker", "What the worker says is not its protocol.");
      answer.header.resize(lengths.header);
      answer.payload.resize(lengths.payload);
    }
    if (received >= kMessagePrefixBytes && received == kMessagePrefixBytes + lengths.header + lengths.payload)
      return answer;
  }
}

Failure Worker::failureOfEnd() {
  int status = 0;
  // The pipe is closed, so the end is near; a process that closed it and goes on is killed.
  const auto deadline = Clock::now() + std::chrono::seconds(2);
  pid_t waited = 0;
  while ((waited = ::waitpid(process_, &status, WNOHANG)) == 0 && Clock::now() < deadline) ::usleep(1000);
  if (waited != process_) return {"crash", "The worker closed its pipe in the middle of a request."};
  const int process = process_;
  process_ = -1;
  ::kill(-process, SIGKILL);
  closeDescriptors();
  const std::string text = errorText_.empty() ? "" : " It wrote: " + errorText_;
  if (WIFEXITED(status))
    return {"exit", "The kernel ended the worker process with exit status " +
                        std::to_string(WEXITSTATUS(status)) + "." + text};
  const int signal = WTERMSIG(status);
  if (signal == SIGKILL)
    return {"memory", "The worker was killed by the system (SIGKILL), probably for lack of memory." + text};
  return {"crash", std::string("The worker process ended with SIG") + signalName(signal) + "." + text};
}

void Worker::kill() {
  if (process_ > 0) {
    ::kill(-process_, SIGKILL);
    ::kill(process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
  }
  closeDescriptors();
}

void Worker::closeDescriptors() {
  closeDescriptor(toWorker_);
  closeDescriptor(fromWorker_);
  closeDescriptor(errors_);
}

}  // namespace espalier
