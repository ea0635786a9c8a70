// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/llm_test_support.h"

namespace espalier::testing {
namespace {

NodeView node(NodeId id, int depth, std::vector<std::string> trace, std::vector<std::string> steps,
              double seconds, const std::string& program) {
  NodeView view;
  view.node = id;
  view.depth = depth;
  view.state.trace = std::move(trace);
  view.state.hash = 1000 + id;
  view.steps = std::move(steps);
  view.source = "served-model";
  view.prediction = Prediction{seconds * 1.1, 0.2, "prior", "bound by L2 traffic"};
  Measurement measured;
  measured.valid = true;
  measured.seconds = seconds;
  measured.repeats = {seconds, seconds * 1.02, seconds * 1.01};
  view.measurement = measured;
  view.sections = {{"program", "Program", program},
                   {"bottleneck", "Bottleneck", "L2 traffic: 2.1 bytes per FMA"}};
  return view;
}

}  // namespace

ProposalContext sampleContext() {
  ProposalContext context;
  auto problem = std::make_shared<ProblemInfo>();
  problem->kind = "tensor-program";
  problem->name = "small";
  problem->rooflineSeconds = 1e-4;
  problem->sections = {
      {"grammar", "Transformations",
       "TileSize(block, loop, "
       "factors)\nUnroll(loop)\nVectorize(loop)\nParallel(loop)\nComputeLocation(block, loop)"},
      {"hardware", "Hardware", "2 cores, 512-bit vectors, 32 registers"},
      {"workload", "Workload", "def small(float(M,K) A, float(K,N) B) -> (C) { C(m,n) +=! A(m,k)*B(k,n) }"},
      {"initial", "p0",
       "for m in range(16):\n  for n in range(2048):\n    for k in range(7168):\n      C[m, n] += A[m, k] * "
       "B[k, n]"}};
  context.problem = problem;
  context.node = node(2, 2, {"TileSize(block=C, loop=n, factors=[64, 32])", "Parallel(loop=n0)"},
                      {"Parallel(loop=n0)"}, 2e-3,
                      "parallel for n0 in range(64):\n  for m in range(16):\n    for n1 in range(32):\n      "
                      "for k in range(7168):\n        C[m, n0*32+n1] += …");
  context.ancestors = {
      node(1, 1, {"TileSize(block=C, loop=n, factors=[64, 32])"},
           {"TileSize(block=C, loop=n, factors=[64, 32])"}, 3e-3,
           "for n0 in range(64):\n  for m in range(16):\n    for n1 in range(32):\n      for k in "
           "range(7168):\n        C[m, n0*32+n1] += …"),
      node(0, 0, {}, {}, 9e-3,
           "for m in range(16):\n  for n in range(2048):\n    for k in range(7168):\n      C[m, n] += …")};
  TriedProposal attempt;
  attempt.items = {{"Vectorize(loop=k)", false, "", "carries-reduction",
                    "Loop k carries the reduction of block C.", "Vectorize n1."}};
  attempt.source = "served-model";
  context.attempts = {attempt};
  context.legalActions = {{"Unroll", "loop in {n1, k}", "Unroll(loop=n1)"},
                          {"Vectorize", "loop in {n1}", "Vectorize(loop=n1)"},
                          {"TileSize", "loop in {m, n1, k}", ""}};
  context.best = context.node;
  context.baselineSeconds = 9e-3;
  context.bestSeconds = 2e-3;
  context.samplesDone = 7;
  context.sampleBudget = 32;
  context.tryItems = [](const State& from, std::span<const std::string> items) {
    Application application;
    application.state = from;
    for (const std::string& item : items) {
      const std::string name = item.substr(0, item.find('('));
      const bool legal = name == "Unroll" || name == "TileSize" || name == "Vectorize" || name == "Parallel";
      application.items.push_back(legal ? AppliedItem{item, true, item, "", "", ""}
                                        : AppliedItem{item, false, "", "unknown-name",
                                                      "There is no such transformation.", "Use Unroll."});
    }
    return application;
  };
  return context;
}

std::string everyText(const Proposal& proposal) {
  std::string text = proposal.reasoning + "\n" + proposal.proposer + "\n" + proposal.notice + "\n";
  for (const std::string& item : proposal.items) text += item + "\n";
  for (const Exchange& exchange : proposal.exchanges) {
    text += exchange.model + "\n" + exchange.prompt + "\n" + exchange.reply + "\n" + exchange.thinking +
            "\n" + exchange.outcome + "\n" + exchange.words + "\n";
  }
  return text;
}

ChatLimits testLimits() {
  ChatLimits limits;
  limits.connect = limits.firstByte = limits.idle = limits.total = std::chrono::seconds(30);
  limits.attempts = 3;
  limits.firstBackOff = std::chrono::milliseconds(1);
  limits.longestWait = std::chrono::milliseconds(200);
  limits.bytes = std::size_t{4} << 20;
  return limits;
}

std::string goodReply() {
  return R"({"reasoning": "k is long – unroll it 😀", "proposals": [{"transformations": [{"name": "Unroll", "args": {"loop": "k"}}]}, {"transformations": [{"name": "Parallel", "args": {"loop": "m"}}]}]})";
}

}  // namespace espalier::testing
