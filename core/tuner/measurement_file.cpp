// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/measurement_file.h"

#include <cstdio>
#include <fstream>
#include <utility>

#include <nlohmann/json.hpp>

namespace espalier {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "espalier-measurements";
constexpr int kVersion = 1;

std::string hexadecimal(std::uint64_t hash) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

Measurement measurementFrom(const json& line) {
  Measurement measurement;
  measurement.failure = line.value("failure", "");
  measurement.detail = line.value("detail", "");
  measurement.valid = measurement.failure.empty();
  measurement.seconds = line.at("seconds").get<double>();
  measurement.repeats = line.value("repeats", std::vector<double>{});
  measurement.buildSeconds = line.value("build", 0.0);
  measurement.verified = line.value("verified", false);
  measurement.verification = line.value("verification", "");
  measurement.recorded = true;
  return measurement;
}

Result<void> checkHead(const std::string& line, const std::string& name) {
  const json head = json::parse(line, nullptr, false);
  if (!head.is_object() || head.value("format", "") != kFormat)
    return inputError(name + " is not a file of measurements.",
                      "Name another file; one that does not exist is begun.");
  if (head.value("version", 0) != kVersion)
    return inputError(name + " holds measurements of version " + std::to_string(head.value("version", 0)) +
                          "; this program reads version " + std::to_string(kVersion) + ".",
                      "Begin another file: programs are measured anew and added to it.");
  return {};
}

}  // namespace

Result<std::shared_ptr<MeasurementFile>> MeasurementFile::open(const std::filesystem::path& path,
                                                               MeasurementConditions conditions) {
  std::shared_ptr<MeasurementFile> file(new MeasurementFile(path, std::move(conditions)));
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    if (auto begun = file->append(json{{"format", kFormat}, {"version", kVersion}}.dump()); !begun)
      return tl::unexpected(begun.error());
    return file;
  }
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line))
    return inputError(path.string() + " cannot be read or is empty.",
                      "Name another file; one that does not exist is begun.");
  if (auto head = checkHead(line, path.string()); !head) return tl::unexpected(head.error());
  std::size_t elsewhere = 0;
  std::size_t damaged = 0;
  std::string otherHost;
  while (std::getline(in, line)) {
    try {
      const json entry = json::parse(line);
      const MeasurementConditions made{entry.at("host").get<std::string>(), entry.at("threads").get<int>()};
      const std::uint64_t hash = std::stoull(entry.at("program").get<std::string>(), nullptr, 16);
      const auto kind = entry.at("kind").get<std::string>();
      if (made != file->conditions_) {
        ++elsewhere;
        if (made.host != file->conditions_.host) otherHost = made.host;
        continue;
      }
      (kind == "baseline" ? file->baselines_ : file->measurements_).try_emplace(hash, measurementFrom(entry));
    } catch (const std::exception&) {
      ++damaged;
    }
  }
  if (elsewhere > 0)
    file->remark_ = std::to_string(elsewhere) + " measurements in " + path.string() +
                    (otherHost.empty() ? " were made with another number of threads"
                                       : " were made elsewhere (" + otherHost + ")") +
                    " and are not used: what is needed is measured here and added.";
  if (damaged > 0)
    file->remark_ += (file->remark_.empty() ? "" : " ") + std::to_string(damaged) + " lines of " +
                     path.string() + " are damaged and were skipped.";
  return file;
}

std::optional<Measurement> MeasurementFile::find(std::uint64_t stateHash) const {
  const auto known = measurements_.find(stateHash);
  return known == measurements_.end() ? std::nullopt : std::optional(known->second);
}

std::optional<Measurement> MeasurementFile::baseline(std::uint64_t initialHash) const {
  const auto known = baselines_.find(initialHash);
  return known == baselines_.end() ? std::nullopt : std::optional(known->second);
}

Result<void> MeasurementFile::add(const State& state, const Measurement& measurement) {
  if (!measurements_.try_emplace(state.hash, measurement).second) return {};
  measurements_[state.hash].recorded = true;
  return write("sample", state.hash, state.trace, measurement);
}

Result<void> MeasurementFile::addBaseline(std::uint64_t initialHash, const Measurement& measurement) {
  if (!baselines_.try_emplace(initialHash, measurement).second) return {};
  baselines_[initialHash].recorded = true;
  return write("baseline", initialHash, {}, measurement);
}

Result<void> MeasurementFile::write(std::string_view kind, std::uint64_t hash,
                                    const std::vector<std::string>& trace,
                                    const Measurement& measurement) const {
  nlohmann::ordered_json line;
  line["kind"] = kind;
  line["program"] = hexadecimal(hash);
  line["host"] = conditions_.host;
  line["threads"] = conditions_.threads;
  line["seconds"] = measurement.seconds;
  if (!measurement.valid) {
    line["failure"] = measurement.failure.empty() ? "unknown" : measurement.failure;
    line["detail"] = measurement.detail;
  }
  line["repeats"] = measurement.repeats;
  line["build"] = measurement.buildSeconds;
  if (measurement.verified) {
    line["verified"] = true;
    line["verification"] = measurement.verification;
  }
  line["trace"] = trace;
  return append(line.dump());
}

Result<void> MeasurementFile::append(const std::string& line) const {
  std::ofstream out(path_, std::ios::app);
  out << line + "\n" << std::flush;
  if (!out)
    return environmentError("Measurements cannot be written to " + path_.string() + ".",
                            "Free space or name another file.");
  return {};
}

}  // namespace espalier
