// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "exporting/session_tables.h"

#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "program/printer.h"
#include "program/program_hash.h"
#include "support/hash.h"

namespace espalier {
namespace {

constexpr int kJsonVersion = 1;

/// The shortest text that reads back the same, with a point whatever the locale.
std::string number(double value) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), end.ptr);
}

nlohmann::json measurementJson(const Measurement& measurement) {
  nlohmann::json json{{"valid", measurement.valid},
                      {"ms", measurement.seconds * 1e3},
                      {"build_ms", measurement.buildSeconds * 1e3},
                      {"verified", measurement.verified},
                      {"verification", measurement.verification}};
  json["repeats_ms"] = nlohmann::json::array();
  for (const double repeat : measurement.repeats) json["repeats_ms"].push_back(repeat * 1e3);
  if (!measurement.valid) {
    json["failure"] = measurement.failure;
    json["detail"] = measurement.detail;
  }
  return json;
}

nlohmann::json recordJson(const SessionFold& session, NodeId node) {
  const auto& record = session.record(node);
  nlohmann::json json{{"node", node},
                      {"source", record.source},
                      {"reasoning", record.reasoning},
                      {"fallback", record.fallback},
                      {"speedup", session.speedupOf(node)}};
  const auto parent = session.tree()[node].parent;
  json["parent"] = parent == kNoNode ? nlohmann::json() : nlohmann::json(parent);
  json["samples"] = nlohmann::json::array();
  for (const auto& sample : record.samples) {
    auto entry = measurementJson(sample.measurement);
    entry["sample"] = sample.sample;
    entry["predicted_ms"] = sample.predictedSeconds * 1e3;
    entry["threads"] = session.runs().conditionsOf(sample.sample).threads;
    json["samples"].push_back(std::move(entry));
  }
  json["items"] = nlohmann::json::array();
  for (const auto& item : record.items)
    json["items"].push_back({{"proposed", item.proposed},
                             {"accepted", item.accepted},
                             {"applied", item.applied},
                             {"refusal", item.refusalCode},
                             {"reason", item.reason},
                             {"hint", item.hint}});
  return json;
}

}  // namespace

std::string curveCsv(const SessionFold& session) {
  std::string text = "sample,node,best_ms,speedup,elapsed_seconds,tokens,cost_usd\r\n";
  for (const auto& point : session.curve())
    text += std::to_string(point.sample) + "," + (point.node == kNoNode ? "" : std::to_string(point.node)) +
            "," + (point.seconds > 0 ? number(point.seconds * 1e3) : "") + "," +
            (point.speedup > 0 ? number(point.speedup) : "") + "," + number(point.elapsedSeconds) + "," +
            std::to_string(point.tokens) + "," + number(point.costUsd) + "\r\n";
  return text;
}

std::string nodeJson(const ExportRequest& request) {
  nlohmann::json json;
  json["format"] = "espalier-node";
  json["version"] = kJsonVersion;
  const auto& workload = request.workload;
  json["workload"] = {{"name", workload.name},
                      {"text", workload.text},
                      {"sizes", workload.sizes},
                      {"constants", workload.constants},
                      {"operations", workload.operations},
                      {"bytes", workload.bytes},
                      {"summary", workload.summary}};
  json["target"] = {{"triple", request.target.triple},
                    {"cpu", request.target.cpu},
                    {"vector_bits", request.target.vectorBits}};
  json["trace"] = request.trace;
  json["program"] = print(request.program);
  json["initial_program"] = print(workload.program);
  json["program_hash"] = hexadecimal(programHash(request.program));
  if (request.session != nullptr && request.node != kNoNode && request.session->tree().contains(request.node))
    json["node"] = recordJson(*request.session, request.node);
  if (!request.summary.empty()) json["run"] = nlohmann::json::parse(request.summary, nullptr, false);
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace espalier
