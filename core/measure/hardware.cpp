// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/hardware.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <sstream>
#include <tuple>
#include <utility>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include "measure/assembler.h"
#include "measure/hardware_kernels.h"
#include "measure/kernel_arguments.h"
#include "measure/timing.h"
#include "measure/worker.h"
#include "support/hash.h"

namespace espalier {
namespace {

using nlohmann::json;

constexpr int kSheetVersion = 1;
/// How sheets are measured; a cache of another way is not read.
constexpr int kProbing = 3;
constexpr double kRequestTimeoutSeconds = 30;
/// Sinks of that many threads fit; beyond that the probe kernels would write over each other's end.
constexpr int kMostThreads = kProbeSinkElements / 64;

double betweenOneAndAll(double one, double all, int threads, int cores) {
  if (threads <= 1 || cores <= 1) return one;
  const double share = static_cast<double>(std::min(threads, cores) - 1) / (cores - 1);
  return one + (all - one) * share;
}

double fastest(const std::vector<double>& repeats) {
  return *std::min_element(repeats.begin(), repeats.end());
}

/// Times probe kernels in a worker.
class Probe {
 public:
  explicit Probe(Worker& worker) : worker_(worker) {}

  Result<void> load(const std::string& name, const ProbeKernel& kernel) {
    auto object = assemble(kernel.llvmIr, worker_.handshake().target);
    if (!object) return tl::unexpected(object.error());
    const json header = {{"request", "load"}, {"kernel", name},         {"entry", "espalier_kernel"},
                         {"workspace", 0},    {"packs", json::array()}, {"workspace_per_thread", 0}};
    return done(worker_.request({header.dump(), std::move(*object)}, kRequestTimeoutSeconds));
  }

  /// The data and parameters that the next kernels see.
  Result<void> provide(std::int64_t blocks, std::int32_t passes) {
    if (blocks == blocks_ && passes == passes_) return {};
    blocks_ = blocks;
    passes_ = passes;
    const std::int32_t parameters[2] = {static_cast<std::int32_t>(blocks), passes};
    const json tensors = {
        {{"name", "sink"}, {"type", "float32"}, {"elements", kProbeSinkElements}, {"access", "write"}},
        {{"name", "data"},
         {"type", "float32"},
         {"elements", blocks * kProbeBlockBytes / 4},
         {"access", "read"},
         {"fill", {{"kind", "uniform"}, {"seed", 1}, {"low", 0.25}, {"high", 0.5}}}},
        {{"name", "parameters"},
         {"type", "int32"},
         {"elements", 2},
         {"access", "read"},
         {"fill", {{"kind", "payload"}}}}};
    const json header = {{"request", "inputs"}, {"set", "probe"}, {"tensors", tensors}};
    const auto* bytes = reinterpret_cast<const char*>(parameters);
    return done(worker_.request({header.dump(), {bytes, bytes + sizeof parameters}}, kRequestTimeoutSeconds));
  }

  /// The shortest of the repeats: other work on the machine only ever adds.
  Result<double> seconds(const std::string& name, int threads, double budget) {
    const auto all = repeats(name, threads, budget);
    if (!all) return tl::unexpected(all.error());
    return fastest(*all);
  }

  Result<std::vector<double>> repeats(const std::string& name, int threads, double budget) {
    const json header = {{"request", "time"},  {"kernel", name},  {"set", "probe"},
                         {"threads", threads}, {"repeats", 200},  {"minimum_repeat", 1e-3},
                         {"budget", budget},   {"stop_above", 0}, {"beside", ""}};
    auto answer = worker_.request({header.dump(), {}}, kRequestTimeoutSeconds);
    if (!answer) return tl::unexpected(trouble(answer.error()));
    return json::parse(answer->header).at("repeats").get<std::vector<double>>();
  }

  void dropData() {
    (void)worker_.request({json{{"request", "drop"}, {"set", "probe"}}.dump(), {}}, kRequestTimeoutSeconds);
  }

 private:
  static Error trouble(const Failure& failure) {
    return {ErrorKind::Environment, "The hardware cannot be measured: " + failure.detail,
            "Try `espalier-cli doctor` again on a quieter machine."};
  }
  static Result<void> done(const Attempt<Message>& answer) {
    if (!answer) return tl::unexpected(trouble(answer.error()));
    return {};
  }

  Worker& worker_;
  std::int64_t blocks_ = 0;
  std::int32_t passes_ = 0;
};

std::string now() {
  const std::time_t time = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// Bytes that DRAM is measured with: so many times the last cache.
std::int64_t memoryBytes(const std::vector<MemoryLevel>& levels, int multiple) {
  const std::int64_t last = levels.size() > 1 ? levels[levels.size() - 2].bytes : 0;
  return std::min(std::clamp<std::int64_t>(last, 32 << 20, 128 << 20) * multiple,
                  std::max<std::int64_t>(levels.back().bytes / 8, 64 << 20));
}
constexpr int kUsualMultiple = 4;

/// Bytes that a cache is measured with: well inside it, and well outside what is smaller.
std::int64_t levelBytes(const MemoryLevel& level, int threads) {
  const std::int64_t instances = std::max(1, threads / std::max(1, level.sharedBy));
  return std::max<std::int64_t>(level.bytes / 2 * instances, kProbeBlockBytes * threads);
}

/// Caches answer best when nothing disturbs them: `fastest`. How much of the data that DRAM is measured with
/// happens to lie in a cache differs from repeat to repeat: there the statistic is that of the candidates.
using Statistic = double (*)(const std::vector<double>&);

Result<double> measureBandwidth(Probe& probe, std::int64_t bytes, int threads, Statistic statistic) {
  constexpr double kBudgetSeconds = 0.12;
  constexpr std::int64_t kBytesOfACall = 16 << 20;
  const std::int64_t blocks = bytes / kProbeBlockBytes / threads * threads;
  const auto passes =
      static_cast<std::int32_t>(std::max<std::int64_t>(1, kBytesOfACall / (blocks * kProbeBlockBytes)));
  if (auto ready = probe.provide(blocks, passes); !ready) return tl::unexpected(ready.error());
  const auto repeats = probe.repeats("read", threads, kBudgetSeconds);
  if (!repeats) return tl::unexpected(repeats.error());
  return static_cast<double>(blocks * kProbeBlockBytes) * passes / statistic(*repeats);
}

/// With one thread and with all cores; `bytesFor` says how much so many threads read.
Result<ReadRate> measureRate(Probe& probe, int cores,
                             const std::function<std::int64_t(int threads)>& bytesFor, Statistic statistic) {
  const auto one = measureBandwidth(probe, bytesFor(1), 1, statistic);
  if (!one) return tl::unexpected(one.error());
  const auto all = measureBandwidth(probe, bytesFor(cores), cores, statistic);
  if (!all) return tl::unexpected(all.error());
  return ReadRate{bytesFor(cores), *one, std::max(*one, *all)};
}

json pairOf(double one, double all) { return {{"one_thread", one / 1e9}, {"all_threads", all / 1e9}}; }

std::pair<double, double> pairFrom(const json& figures) {
  return {figures.at("one_thread").get<double>() * 1e9, figures.at("all_threads").get<double>() * 1e9};
}

std::filesystem::path cachePath(const Handshake& handshake) {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path folder;
  if (cache != nullptr && *cache == '/')
    folder = cache;
  else if (home != nullptr && *home != '\0')
    folder = std::filesystem::path(home) / ".cache";
  else
    return {};
  Hasher hasher;
  hasher.add(static_cast<std::uint64_t>(kProbing)).add(handshake.cpu).add(handshake.target.triple);
  hasher.add(handshake.target.cpu)
      .add(handshake.target.features)
      .add(static_cast<std::uint64_t>(handshake.cores));
  for (const auto& description : handshake.caches) hasher.add(static_cast<std::uint64_t>(description.bytes));
  return folder / "espalier" / ("hardware-" + hexadecimal(hasher.value()) + ".json");
}

std::optional<HardwareSheet> readCache(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (path.empty() || !file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  auto sheet = hardwareSheetFromJson(text.str());
  if (!sheet) return std::nullopt;
  return *std::move(sheet);
}

void writeCache(const std::filesystem::path& path, const HardwareSheet& sheet) {
  if (path.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path unfinished = path.string() + "." + std::to_string(::getpid());
  {
    std::ofstream file(unfinished);
    file << toJson(sheet) << '\n';
    if (!file.flush()) {
      std::filesystem::remove(unfinished, error);
      return;
    }
  }
  std::filesystem::rename(unfinished, path, error);
}

/// Takes the better figure of two measurements: what else runs on the machine can only lower one.
void raiseTo(HardwareSheet& sheet, const HardwareSheet& known) {
  const auto raise = [](double& figure, double other) { figure = std::max(figure, other); };
  raise(sheet.peakOneThread, known.peakOneThread);
  raise(sheet.clockGigahertz, known.clockGigahertz);
  if (sheet.cores == known.cores) raise(sheet.peakAllThreads, known.peakAllThreads);
  for (std::size_t i = 0; i < sheet.levels.size() && i < known.levels.size(); ++i) {
    MemoryLevel& level = sheet.levels[i];
    const MemoryLevel& other = known.levels[i];
    const bool allToo = sheet.cores == known.cores;
    raise(level.bandwidthOneThread, other.bandwidthOneThread);
    if (allToo) raise(level.bandwidthAllThreads, other.bandwidthAllThreads);
    for (std::size_t r = 0; r < std::min(level.rates.size(), other.rates.size()); ++r) {
      raise(level.rates[r].oneThread, other.rates[r].oneThread);
      if (allToo) raise(level.rates[r].allThreads, other.rates[r].allThreads);
    }
  }
}

}  // namespace

double HardwareSheet::peak(int threads) const {
  return betweenOneAndAll(peakOneThread, peakAllThreads, threads, cores);
}

double HardwareSheet::bandwidth(const MemoryLevel& level, int threads, double bytes) const {
  const auto rateOf = [&](const ReadRate& rate) {
    return betweenOneAndAll(rate.oneThread, rate.allThreads, threads, cores);
  };
  const std::vector<ReadRate>& rates = level.rates;
  if (rates.size() < 2) return rateOf({level.bytes, level.bandwidthOneThread, level.bandwidthAllThreads});
  std::size_t next = 0;
  while (next < rates.size() && static_cast<double>(rates[next].bytes) < bytes) ++next;
  if (next == 0) return rateOf(rates.front());
  if (next == rates.size()) return rateOf(rates.back());
  // What is more than a cache keeps takes its time for each byte, so the whole time grows evenly.
  const auto from = static_cast<double>(rates[next - 1].bytes);
  const auto to = static_cast<double>(rates[next].bytes);
  const double before = from / rateOf(rates[next - 1]);
  const double after = to / rateOf(rates[next]);
  return bytes / (before + (after - before) * (bytes - from) / (to - from));
}

const MemoryLevel& HardwareSheet::levelHolding(double bytes, int threads) const {
  for (const MemoryLevel& level : levels) {
    const int instances = std::max(1, std::min(threads, cores) / std::max(1, level.sharedBy));
    if (bytes <= static_cast<double>(level.bytes) * instances) return level;
  }
  return levels.back();
}

Result<HardwareSheet> measureHardware(Worker& worker) {
  const Handshake& machine = worker.handshake();
  HardwareSheet sheet;
  sheet.cpu = machine.cpu;
  sheet.target = machine.target;
  sheet.cores = std::min(machine.cores, kMostThreads);
  for (const CacheDescription& cache : machine.caches)
    sheet.levels.push_back({"L" + std::to_string(cache.level), cache.bytes, cache.sharedBy, 0, 0, {}});
  sheet.levels.push_back({"DRAM", machine.memoryBytes, sheet.cores, 0, 0, {}});

  Probe probe(worker);
  const ProbeKernel peak = peakKernel(machine.target);
  const ProbeKernel latency = fmaLatencyKernel(machine.target);
  const ProbeKernel clock = clockKernel();
  for (const auto& [name, kernel] : {std::pair{"peak", &peak}, {"latency", &latency}, {"clock", &clock}})
    if (auto ready = probe.load(name, *kernel); !ready) return tl::unexpected(ready.error());
  if (auto ready = probe.load("read", readKernel(machine.target)); !ready)
    return tl::unexpected(ready.error());
  if (auto ready = probe.provide(sheet.cores, 1); !ready) return tl::unexpected(ready.error());

  const auto peakOne = probe.seconds("peak", 1, 0.3);
  const auto peakAll = peakOne ? probe.seconds("peak", sheet.cores, 0.3) : peakOne;
  const auto latencySeconds = peakAll ? probe.seconds("latency", 1, 0.1) : peakAll;
  const auto clockSeconds = latencySeconds ? probe.seconds("clock", 1, 0.1) : latencySeconds;
  if (!clockSeconds) return tl::unexpected(clockSeconds.error());
  sheet.peakOneThread = peak.amount / *peakOne;
  sheet.peakAllThreads = std::max(sheet.peakOneThread, peak.amount * sheet.cores / *peakAll);
  sheet.clockGigahertz = clock.amount / *clockSeconds / 1e9;
  sheet.fmaLatencyCycles = *latencySeconds / latency.amount * sheet.clockGigahertz * 1e9;

  if (sheet.cores > 1) {
    // A block a thread is read in a few nanoseconds: what remains is the launch.
    const auto launch = probe.seconds("read", sheet.cores, 0.05);
    if (!launch) return tl::unexpected(launch.error());
    sheet.launchSeconds = *launch;
  }

  MemoryLevel& memory = sheet.levels.back();
  for (MemoryLevel& level : std::span(sheet.levels).first(sheet.levels.size() - 1)) {
    const auto rate =
        measureRate(probe, sheet.cores, [&](int threads) { return levelBytes(level, threads); }, fastest);
    if (!rate) return tl::unexpected(rate.error());
    level.bandwidthOneThread = rate->oneThread;
    level.bandwidthAllThreads = rate->allThreads;
  }
  for (const int multiple : {2, kUsualMultiple, 16}) {
    const auto rate = measureRate(
        probe, sheet.cores, [&](int) { return memoryBytes(sheet.levels, multiple); }, rankingSeconds);
    if (!rate) return tl::unexpected(rate.error());
    memory.rates.push_back(*rate);
    if (multiple != kUsualMultiple) continue;
    memory.bandwidthOneThread = rate->oneThread;
    memory.bandwidthAllThreads = rate->allThreads;
  }
  probe.dropData();
  sheet.measuredAt = now();
  return sheet;
}

Result<HardwareSheet> hardwareSheet(Worker& worker, bool again) {
  const std::filesystem::path path = cachePath(worker.handshake());
  const auto known = readCache(path);
  if (known && !again) return *known;
  auto sheet = measureHardware(worker);
  if (!sheet) return sheet;
  if (known) raiseTo(*sheet, *known);
  writeCache(path, *sheet);
  return sheet;
}

std::string toJson(const HardwareSheet& sheet) {
  json levels = json::array();
  for (const MemoryLevel& level : sheet.levels) {
    levels.push_back({{"name", level.name},
                      {"bytes", level.bytes},
                      {"shared_by", level.sharedBy},
                      {"bandwidth_gbps", pairOf(level.bandwidthOneThread, level.bandwidthAllThreads)}});
    for (const ReadRate& rate : level.rates)
      levels.back()["rates"].push_back(
          {{"bytes", rate.bytes}, {"bandwidth_gbps", pairOf(rate.oneThread, rate.allThreads)}});
  }
  const json target = {{"triple", sheet.target.triple},
                       {"cpu", sheet.target.cpu},
                       {"features", sheet.target.features},
                       {"vector_bits", sheet.target.vectorBits},
                       {"vector_registers", sheet.target.vectorRegisters}};
  json whole = {{"version", kSheetVersion},
                {"cpu", sheet.cpu},
                {"target", target},
                {"cores", sheet.cores},
                {"clock_ghz", sheet.clockGigahertz},
                {"fma_latency_cycles", sheet.fmaLatencyCycles},
                {"peak_gflops", pairOf(sheet.peakOneThread, sheet.peakAllThreads)},
                {"levels", levels},
                {"measured_at", sheet.measuredAt}};
  if (sheet.launchSeconds > 0) whole["launch_microseconds"] = sheet.launchSeconds * 1e6;
  return whole.dump(2);
}

Result<HardwareSheet> hardwareSheetFromJson(std::string_view text) {
  try {
    const json whole = json::parse(text);
    if (whole.at("version") != kSheetVersion)
      return inputError("The hardware sheet has version " + whole.at("version").dump() + ".",
                        "Measure it again.");
    HardwareSheet sheet;
    sheet.cpu = whole.at("cpu");
    const json& target = whole.at("target");
    sheet.target = {target.at("triple"), target.at("cpu"), target.at("features"), target.at("vector_bits"),
                    target.at("vector_registers")};
    sheet.cores = whole.at("cores");
    sheet.clockGigahertz = whole.at("clock_ghz");
    sheet.fmaLatencyCycles = whole.at("fma_latency_cycles");
    sheet.launchSeconds = whole.value("launch_microseconds", 0.0) / 1e6;  // older sheets lack it
    std::tie(sheet.peakOneThread, sheet.peakAllThreads) = pairFrom(whole.at("peak_gflops"));
    for (const json& level : whole.at("levels")) {
      const auto [one, all] = pairFrom(level.at("bandwidth_gbps"));
      sheet.levels.push_back({level.at("name"), level.at("bytes"), level.at("shared_by"), one, all, {}});
      for (const json& rate : level.value("rates", json::array())) {
        const auto [oneThread, allThreads] = pairFrom(rate.at("bandwidth_gbps"));
        sheet.levels.back().rates.push_back({rate.at("bytes"), oneThread, allThreads});
      }
    }
    sheet.measuredAt = whole.at("measured_at");
    if (sheet.levels.empty() || sheet.peakOneThread <= 0)
      return inputError("The hardware sheet is incomplete.", "Measure it again.");
    return sheet;
  } catch (const json::exception& error) {
    return inputError(std::string("The hardware sheet is not readable: ") + error.what() + ".",
                      "Measure it again.");
  }
}

HardwareSheet exampleHardwareSheet() {
  HardwareSheet sheet;
  sheet.cpu = "example: two cores with AVX-512";
  sheet.target = {"x86_64-pc-linux-gnu", "znver4", "", 512, 32};
  sheet.cores = 2;
  sheet.clockGigahertz = 4.0;
  sheet.fmaLatencyCycles = 4;
  sheet.peakOneThread = 256e9;
  sheet.peakAllThreads = 512e9;
  sheet.levels = {{"L1", 48 << 10, 1, 400e9, 800e9, {}},
                  {"L2", 1 << 20, 1, 200e9, 400e9, {}},
                  {"L3", 32 << 20, 2, 100e9, 160e9, {}},
                  {"DRAM", std::int64_t{16} << 30, 2, 30e9, 50e9, {}}};
  sheet.measuredAt = "2026-01-01T00:00:00Z";
  return sheet;
}

}  // namespace espalier
