// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "reasoning/exec_dialogue.h"
#include "reasoning/proposer.h"

namespace espalier {

/// The context as the program reads it, on one line:
///   {"version": 1, "kind": "propose", "id": 7,
///    "problem": {"name": "…", "kind": "…", "sections": [{"key": "…", "title": "…", "text": "…"}],
///    "roofline_seconds": 0.001}, "node": NODE, "ancestors": [NODE, …], "best": NODE or null, "attempts":
///    [{"items": [{"proposed": "…", "accepted": true, "applied": "…", "reason": "…", "hint": "…"}],
///                  "duplicate": false, "predicted_seconds": null, "measured_seconds": null, "failure": ""}],
///    "legal_actions": [{"name": "…", "arguments": "…", "example": "…"}], "hints": ["…"],
///    "baseline_seconds": 0, "best_seconds": 0, "samples_done": 0, "sample_budget": 0}
/// where NODE is {"depth": 0, "trace": ["…"], "steps": ["…"], "source": "…", "predicted_seconds": null,
///   "measured_seconds": null, "failure": "", "score": 0, "sections": […]}. Times are in seconds, unknown
///   ones null.
[[nodiscard]] std::string execContext(const ProposalContext& context, std::uint64_t id);

/// Asks a program of the user: one line of context to its standard input, one line of JSON from its standard
/// output,
/// {"id": 7, "reasoning": "…", "transformations": [{"name": "…", "args": {…}} or "Name(argument=value)", …]},
/// or
/// {"id": 7, "error": "why not"}. Lines that do not begin with `{` and answers with another id are skipped. A
/// program that ends, hangs or talks nonsense is started anew for the next proposal, three times; what it
/// does not answer, the fallback does.
class ExecProposer final : public Proposer {
 public:
  ExecProposer(ExecOptions options, std::unique_ptr<Proposer> fallback)
      : fallback_(std::move(fallback)), dialogue_(std::move(options)) {}

  [[nodiscard]] std::string name() const override { return "exec"; }
  [[nodiscard]] int concurrency() const override { return 1; }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override;

 private:
  std::unique_ptr<Proposer> fallback_;
  std::mutex mutex_;
  ExecDialogue dialogue_;
};

}  // namespace espalier
