// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/exec_scorer.h"

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"

namespace espalier {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr double kLongestSeconds = 1e6;

/// The seconds in an answer, if there are as many as asked for and all make sense.
std::optional<std::vector<double>> secondsIn(const std::string& line, std::size_t count) {
  const std::optional<json> answer = parseForeignJson(line);
  if (!answer) return std::nullopt;
  const json& list = memberOf(*answer, "seconds");
  if (!list.is_array() || list.size() != count) return std::nullopt;
  std::vector<double> seconds;
  for (const json& entry : list) {
    const double value = entry.is_number() ? entry.get<double>() : 0;
    if (!(value > 0) || value > kLongestSeconds) return std::nullopt;
    seconds.push_back(value);
  }
  return seconds;
}

}  // namespace

std::vector<Prediction> ExecScoredProblem::predict(std::span<const State> states) const {
  std::vector<Prediction> predictions = problem_->predict(states);
  const std::lock_guard lock(mutex_);
  std::string why;
  json asked = json::array();
  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (known_.contains(states[i].hash)) continue;
    asked.push_back({{"trace", states[i].trace}, {"seconds", predictions[i].seconds}});
    hashes.push_back(states[i].hash);
  }
  if (!hashes.empty() && !dialogue_.hopeless()) {
    const std::uint64_t id = dialogue_.nextId();
    const json question = {{"version", kVersion},
                           {"kind", "score"},
                           {"id", id},
                           {"problem", problem_->info().name},
                           {"states", std::move(asked)}};
    std::string outcome;
    const std::optional<std::string> line = dialogue_.ask(writeJson(question), id, {}, why, outcome);
    if (const auto seconds = line ? secondsIn(*line, hashes.size()) : std::nullopt) {
      for (std::size_t i = 0; i < hashes.size(); ++i) known_[hashes[i]] = (*seconds)[i];
    } else if (line) {
      why = "its answer does not hold as many positive numbers as states were asked about";
    }
  } else if (!hashes.empty()) {
    why = "it failed too often";
  }
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto found = known_.find(states[i].hash);
    if (found == known_.end()) {
      predictions[i].words +=
          (predictions[i].words.empty() ? "" : " ") + ("The scorer did not answer: " + why);
      continue;
    }
    predictions[i].seconds = found->second;
    predictions[i].uncertainty = 0;
    predictions[i].source = "exec";
  }
  return predictions;
}

bool ExecScoredProblem::learn(std::span<const Observation> observations) {
  const bool changed = problem_->learn(observations);
  if (changed) {
    const std::lock_guard lock(mutex_);
    known_.clear();
  }
  return changed;
}

}  // namespace espalier
