// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <algorithm>

#include "cli/figures.h"
#include "cli/overloaded.h"
#include "cli/terminal.h"

namespace espalier::cli {
namespace {

constexpr std::size_t kTriedColumns = 100;

/// The steps that led from the parent to the node, and who proposed them.
std::string triedText(const std::vector<AppliedItem>& items, const std::string& source, bool fallback) {
  std::string text;
  for (const AppliedItem& item : items)
    if (item.accepted) text += (text.empty() ? "" : ", ") + item.applied;
  if (displayWidth(text) > kTriedColumns) {
    std::size_t cut = kTriedColumns;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
    text = text.substr(0, cut) + "...";
  }
  return source + (fallback ? " (fallback)" : "") + (text.empty() ? "" : ": ") + text;
}

std::string rightAligned(const std::string& text, std::size_t width) {
  const std::size_t columns = displayWidth(text);
  return columns < width ? std::string(width - columns, ' ') + text : text;
}

}  // namespace

void ProgressPrinter::tell(const Event& event) {
  std::visit(Overloaded{
                 [&](const BaselineMeasured& baseline) {
                   baselineSeconds_ = baseline.measurement.seconds;
                   if (baseline.measurement.valid)
                     console_.progress("baseline  " + duration(baselineSeconds_));
                 },
                 [&](const NodeAdded& node) {
                   tried_[node.node] = triedText(node.items, node.source, node.fallback);
                 },
                 [&](const SampleMeasured& sample) { sampleMeasured(sample); },
                 [&](const ReplyFinished& reply) {
                   const Exchange& exchange = reply.exchange;
                   if (exchange.outcome != "ok")
                     console_.progress("model     " + exchange.outcome + ": " + exchange.words);
                 },
                 [&](const Notice& notice) { console_.progress(notice.severity + ": " + notice.text); },
                 [&](const auto&) {},
             },
             event.body);
}

std::string ProgressPrinter::triedFor(NodeId node) {
  if (const auto tried = tried_.extract(node)) return tried.mapped();
  if (!before_.tree().contains(node)) return {};
  const NodeRecord& record = before_.record(node);
  return triedText(record.items, record.source, record.fallback);
}

void ProgressPrinter::sampleMeasured(const SampleMeasured& sample) {
  const Measurement& measurement = sample.measurement;
  std::string line = "sample " + rightAligned(std::to_string(sample.sample), 4) + "  ";
  if (measurement.valid) {
    const bool best = bestSeconds_ == 0 || measurement.seconds < bestSeconds_;
    if (best) bestSeconds_ = measurement.seconds;
    line += rightAligned(duration(measurement.seconds), 8) + "  " +
            rightAligned(fixed(baselineSeconds_ / measurement.seconds, 1) + "x", 8) + "  " +
            rightAligned(fixed(operations_ / measurement.seconds * 1e-9, 1), 7) + " GFLOPS  best " +
            rightAligned(fixed(baselineSeconds_ / bestSeconds_, 1) + "x", 8) + (best ? " *  " : "    ");
  } else {
    line += "failed (" + measurement.failure + "): " + measurement.detail + "  ";
  }
  line += triedFor(sample.node);
  std::replace(line.begin(), line.end(), '\n', ' ');
  console_.progress(line);
}

}  // namespace espalier::cli
