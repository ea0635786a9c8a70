// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace espalier::testing {
namespace {

[[noreturn]] void becomeProgram(const std::vector<std::string>& command, const ProcessOptions& options,
                                int out, int err) {
  const int nothing = open("/dev/null", O_RDONLY);
  const int output =
      options.outputFile.empty() ? out : open(options.outputFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const ProcessOptions& options) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("no process");
  if (process_ == 0) becomeProgram(command, options, out[1], err[1]);
  close(out[1]);
  close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
  if (err_ >= 0) close(err_);
}

bool Process::readSome() {
  std::array<pollfd, 2> ends{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  if (out_ < 0 && err_ < 0) return false;
  if (poll(ends.data(), ends.size(), -1) < 0) return true;  // A signal; the caller asks again.
  const auto readEnd = [](pollfd& end, int& descriptor, std::string& text) {
    if (descriptor < 0 || end.revents == 0) return;
    std::array<char, 65536> buffer;
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
    } else {
      close(descriptor);
      descriptor = -1;
    }
  };
  readEnd(ends[0], out_, finished_.out);
  readEnd(ends[1], err_, finished_.err);
  return true;
}

bool Process::waitForError(const std::string& text) {
  while (finished_.err.find(text) == std::string::npos)
    if (!readSome()) return false;
  return true;
}

void Process::signal(int number) const { kill(process_, number); }

Finished Process::finish() {
  while (readSome()) {
  }
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  finished_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return finished_;
}

std::vector<std::string> cli(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), ESPALIER_BINARY_DIR "/espalier-cli");
  return arguments;
}

Finished run(const std::vector<std::string>& command, const ProcessOptions& options) {
  return Process(command, options).finish();
}

Finished runCli(std::vector<std::string> arguments, const ProcessOptions& options) {
  return run(cli(std::move(arguments)), options);
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "espalier-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& content) const {
  std::ofstream(path_ / name, std::ios::binary) << content;
  return file(name);
}

std::vector<std::string> TemporaryFolder::content() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string readFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

}  // namespace espalier::testing
