// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "peers/tvm.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "measure/npy.h"
#include "reasoning/exec_process.h"

namespace espalier::bench {
namespace {

using nlohmann::json;

constexpr std::chrono::hours kPatience{2};  // tuning runs before the first answer
constexpr std::size_t kLineBytes = std::size_t{16} << 20;

std::string shellWord(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

/// A folder that ends with this object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "espalier-tvm-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Session {
  std::unique_ptr<TemporaryFolder> folder = std::make_unique<TemporaryFolder>();
  std::optional<ExecProcess> process;

  /// The next line with that field; what tuning prints meanwhile is skipped.
  Result<json> answer(const char* field) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (std::string line; process->readLine(line, kLineBytes, deadline, {}) == ExecProcess::End::Done;) {
      json reply = json::parse(line, nullptr, false);
      if (reply.is_object() && reply.contains(field)) return reply;
    }
    return environmentError("TVM gave no answer: " + process->complaint(),
                            "Run the script by hand to see what is missing in its environment.");
  }

  Result<json> ask(const std::string& line, const char* field) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    (void)process->writeLine(line, deadline, {});
    return answer(field);
  }
};

/// A contest cannot go on without one of those whose turn it is.
json valueOr(Result<json> reply) {
  if (!reply) throw std::runtime_error(reply.error().text());
  return *std::move(reply);
}

Result<void> writeInputs(const LayerTensors& tensors, const std::filesystem::path& folder) {
  for (const KernelArgument& argument : tensors.arguments()) {
    if (argument.access != Access::Read) continue;
    Tensor tensor = Tensor::zeros(argument.type, argument.shape);
    std::memcpy(tensor.bytes(), tensors.input(argument.name), tensor.byteCount());
    if (auto written = writeNpy(folder / (argument.name + ".npy"), tensor); !written) return written;
  }
  return {};
}

}  // namespace

Result<Contender> tvmContender(const std::string& layer, const LayerTensors& tensors, int threads,
                               const TvmPeerOptions& options) {
  auto session = std::make_shared<Session>();
  const std::filesystem::path folder = session->folder->path();
  if (folder.empty()) return environmentError("No temporary folder can be made.");
  if (auto written = writeInputs(tensors, folder); !written) return tl::unexpected(written.error());
  const std::filesystem::path database =
      options.databases.empty() ? folder / "database" : std::filesystem::path(options.databases) / layer;
  std::string command = "TVM_NUM_THREADS=" + std::to_string(threads) + " exec " + shellWord(options.python) +
                        " " + shellWord(options.script) + " " + shellWord(layer) + " --trials " +
                        std::to_string(options.trials) + " --threads " + std::to_string(threads) +
                        " --database " + shellWord(database.string()) + " --serve " +
                        shellWord(folder.string());
  if (!options.cpu.empty()) command += " --cpu " + shellWord(options.cpu);
  auto process = ExecProcess::start(command);
  if (!process) return tl::unexpected(process.error());
  session->process = std::move(*process);
  const auto ready = session->answer("ready");
  if (!ready) return tl::unexpected(ready.error());
  Contender contender;
  contender.library = "TVM";
  contender.name = ready->value("version", "") + ", " + std::to_string(ready->value("trials", 0)) +
                   " trials of MetaSchedule";
  contender.time = [session](int executions) {
    return valueOr(session->ask("time " + std::to_string(executions), "seconds")).at("seconds").get<double>();
  };
  contender.output = [session, folder] {
    (void)valueOr(session->ask("output", "saved"));
    const auto tensor = readNpy(folder / "output.npy");
    if (!tensor) throw std::runtime_error(tensor.error().text());
    return std::get<std::vector<float>>(tensor->data);
  };
  return contender;
}

}  // namespace espalier::bench
