// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "exporting/html_report.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "program/printer.h"
#include "session/run_fold.h"

namespace espalier {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --ink: #1d2427; --paper: #fdfdfb; --soft: #5f6b70; --rule: #d9dedb; --leaf: #2f7d4f; --code: #f2f4f1; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8e5; --paper: #16191a; --soft: #9aa5a5; --rule: #343b3b; --leaf: #6fc492; --code: #1f2424; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { font-weight: 600; white-space: nowrap; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: var(--code); padding: .8rem; overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; border-radius: 4px; }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
summary { cursor: pointer; } .reason { white-space: pre-wrap; }
svg { width: 100%; height: auto; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg .right { text-anchor: end; } svg .middle { text-anchor: middle; } svg .grid { stroke: var(--rule); }
svg .curve { fill: none; stroke: var(--leaf); stroke-width: 2; }
)";

std::string formatted(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string milliseconds(double seconds) {
  return seconds > 0 ? formatted("%.4g ms", seconds * 1e3) : "not known";
}

std::string section(const std::string& title, const std::string& content) {
  return "<h2>" + htmlEscaped(title) + "</h2>\n" + content;
}

std::string code(const std::string& text) { return "<pre>" + htmlEscaped(text) + "</pre>\n"; }

std::string folded(const std::string& title, const std::string& content) {
  return "<details><summary>" + htmlEscaped(title) + "</summary>\n" + content + "</details>\n";
}

class Report {
 public:
  explicit Report(const ExportRequest& request) : request_(request), session_(*request.session) {
    node_ = session_.tree().contains(request.node) ? request.node : kNoNode;
  }

  [[nodiscard]] std::string run() const {
    const std::string name = htmlEscaped(request_.workload.name);
    std::string text =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
        name + " - Espalier</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<h1>" + name +
        "</h1>\n<p class=\"soft\">" + htmlEscaped(request_.workload.summary) + "</p>\n";
    text += figures();
    text += section("Best so far after each sample", curveSvg(session_));
    if (node_ != kNoNode)
      text += section("How this program was found", path()) + section("Measurements", measurements());
    text += section("Trace", request_.trace.empty() ? "<p>Empty: this is the unscheduled program.</p>\n"
                                                    : code(traceText()));
    text += section("Program", code(print(request_.program)) +
                                   folded("Unscheduled program", code(print(request_.workload.program))) +
                                   folded("Kernel as it was written", code(request_.workload.text)));
    text += section("Run", circumstances());
    return text + "</body>\n</html>\n";
  }

 private:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  static std::string table(const Rows& rows) {
    std::string text = "<table>\n";
    for (const auto& [title, content] : rows)
      text += "<tr><th>" + htmlEscaped(title) + "</th><td>" + htmlEscaped(content) + "</td></tr>\n";
    return text + "</table>\n";
  }

  [[nodiscard]] std::string traceText() const {
    std::string text;
    for (const auto& step : request_.trace) text += step + "\n";
    text.pop_back();
    return text;
  }

  [[nodiscard]] double secondsOfNode() const {
    return node_ == kNoNode ? 0 : session_.tree()[node_].measuredSeconds;
  }

  [[nodiscard]] std::string figures() const {
    Rows rows;
    const double seconds = secondsOfNode();
    const double baseline = session_.tree().baselineSeconds();
    rows.emplace_back("Unscheduled program", milliseconds(baseline));
    rows.emplace_back("This program", milliseconds(seconds));
    if (seconds > 0 && baseline > 0)
      rows.emplace_back("Speedup", formatted("%.1f times", baseline / seconds));
    if (seconds > 0)
      rows.emplace_back("GFLOPS", formatted("%.1f", request_.workload.operations / seconds / 1e9));
    const auto* run = session_.run();
    if (seconds > 0 && run != nullptr && run->problem.rooflineSeconds > 0) {
      const double percent = 100 * run->problem.rooflineSeconds / seconds;
      rows.emplace_back("Of the roofline", formatted("%.1f %%", percent) +
                                               (percent > kSuspiciousPercent ? ", which is suspicious" : ""));
    }
    const auto& totals = session_.totals();
    rows.emplace_back("Samples", std::to_string(totals.samples) + ", of which " +
                                     std::to_string(totals.failedSamples) + " failed");
    if (totals.calls > 0)
      rows.emplace_back("Model", std::to_string(totals.calls) + " calls, " +
                                     std::to_string(totals.usage.prompt) + " + " +
                                     std::to_string(totals.usage.completion) + " tokens, " +
                                     formatted("%.4f USD", totals.costUsd) + ", " +
                                     formatted("%.1f %% fallback", 100 * totals.fallbackRate()));
    return table(rows);
  }

  /// From the root to the node: what each step applied, who proposed it and why.
  [[nodiscard]] std::string path() const {
    std::vector<NodeId> nodes;
    for (NodeId node = node_; node != kNoNode; node = session_.tree()[node].parent) nodes.push_back(node);
    std::reverse(nodes.begin(), nodes.end());
    std::string text = "<ol>\n";
    for (const NodeId node : nodes) {
      if (node == kRootNode) continue;
      const auto& record = session_.record(node);
      text += "<li><p>Node " + std::to_string(node) + ", proposed by " + htmlEscaped(record.source);
      if (const double measured = session_.tree()[node].measuredSeconds; measured > 0)
        text += ", measured " + milliseconds(measured);
      text += "</p>\n";
      if (!record.reasoning.empty())
        text += "<p class=\"reason\">" + htmlEscaped(record.reasoning) + "</p>\n";
      for (const auto& item : record.items)
        text +=
            "<p><code>" + htmlEscaped(item.accepted ? item.applied : item.proposed) + "</code>" +
            (item.accepted ? "" : " <span class=\"soft\">refused: " + htmlEscaped(item.reason) + "</span>") +
            "</p>\n";
      text += "</li>\n";
    }
    return nodes.size() <= 1 ? "<p>This is the unscheduled program.</p>\n" : text + "</ol>\n";
  }

  [[nodiscard]] std::string measurements() const {
    const auto& samples = session_.record(node_).samples;
    if (samples.empty()) return "<p>This program was not measured.</p>\n";
    std::string text =
        "<table>\n<tr><th>Sample</th><th>Predicted</th><th>Measured</th><th>All repeats, "
        "ms</th><th>Outputs</th></tr>\n";
    for (const auto& sample : samples) {
      const auto& measurement = sample.measurement;
      std::string repeats;
      for (const double repeat : measurement.repeats)
        repeats += (repeats.empty() ? "" : ", ") + formatted("%.4g", repeat * 1e3);
      text += "<tr><td class=\"number\">" + std::to_string(sample.sample) + "</td><td class=\"number\">" +
              milliseconds(sample.predictedSeconds) + "</td><td class=\"number\">" +
              (measurement.valid ? milliseconds(measurement.seconds)
                                 : "failed: " + htmlEscaped(measurement.failure)) +
              "</td><td>" + repeats + "</td><td>" +
              htmlEscaped(measurement.valid ? (measurement.verified ? "verified, " : "not verified ") +
                                                  measurement.verification
                                            : measurement.detail) +
              "</td></tr>\n";
    }
    return text + "</table>\n";
  }

  [[nodiscard]] std::string circumstances() const {
    Rows rows;
    rows.emplace_back("Code for", request_.target.triple + ", " + request_.target.cpu);
    if (const auto* run = session_.run()) {
      rows.emplace_back("Strategy", run->strategy + ", preset " + run->preset);
      rows.emplace_back("Proposer", run->proposer);
      rows.emplace_back("Seed", std::to_string(run->seed));
      rows.emplace_back("Threads", std::to_string(run->problem.threads));
      rows.emplace_back("Software", run->software);
      rows.emplace_back("Options", run->options);
      rows.emplace_back("Machine", run->host);
    }
    return table(rows);
  }

  const ExportRequest& request_;
  const SessionFold& session_;
  NodeId node_ = kNoNode;
};

}  // namespace

std::string htmlEscaped(std::string_view text) {
  std::string result;
  for (const char character : text) switch (character) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default:
        // Other control characters are not allowed in HTML at all.
        if (static_cast<unsigned char>(character) >= 0x20U || character == '\n' || character == '\t')
          result += character;
    }
  return result;
}

std::string htmlReport(const ExportRequest& request) { return Report(request).run(); }

}  // namespace espalier
