// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/tensor_services.h"

#include <nlohmann/json.hpp>

#include "cli/asking.h"
#include "cli/proposer_choice.h"
#include "cli/session_view.h"
#include "cli/tensor_problem_choice.h"
#include "cli/tuner_setup.h"
#include "cli/workload_choice.h"
#include "exporting/exporting.h"
#include "program/printer.h"
#include "reasoning/profile.h"
#include "session/session_store.h"
#include "tensor_problem/tensor_problem.h"
#include "tuner/tuner.h"
#include "window/tuner_run.h"

namespace espalier {
namespace {

class TensorTexts final : public ui::NodeTexts {
 public:
  explicit TensorTexts(std::unique_ptr<TensorProblem> problem) : problem_(std::move(problem)) {}

  Result<std::string> text(const State& stored, ui::TextLevel level) override {
    const auto state = problem_->stateOf(stored.trace);
    if (!state) return tl::unexpected(state.error());
    ExportRequest request;
    request.program = problem_->programOf(*state);
    switch (level) {
      case ui::TextLevel::LoopNest: return print(request.program);
      case ui::TextLevel::Trace: request.format = ExportFormat::Trace; break;
      case ui::TextLevel::C: request.format = ExportFormat::C; break;
      case ui::TextLevel::Llvm: request.format = ExportFormat::Llvm; break;
      case ui::TextLevel::Assembly: request.format = ExportFormat::Assembly; break;
    }
    request.workload = problem_->workload();
    request.trace = state->trace;
    request.target = problem_->target();
    auto files = exportProgram(request);
    if (!files) return tl::unexpected(files.error());
    return std::move(files->front().content);
  }

  Result<std::vector<Section>> describe(const State& stored) override {
    const auto state = problem_->stateOf(stored.trace);
    if (!state) return tl::unexpected(state.error());
    return problem_->describe(*state);
  }

  Result<Application> tryItems(const State& stored, const std::vector<std::string>& items) override {
    const auto state = problem_->stateOf(stored.trace);
    if (!state) return tl::unexpected(state.error());
    Random random(stored.hash);
    return problem_->apply(*state, items, random);
  }

  Result<std::vector<LegalAction>> legalActions(const State& stored) override {
    const auto state = problem_->stateOf(stored.trace);
    if (!state) return tl::unexpected(state.error());
    return problem_->legalActions(*state);
  }

 private:
  std::unique_ptr<TensorProblem> problem_;
};

Result<std::unique_ptr<ui::RunController>> startTuner(std::unique_ptr<TensorProblem> problem,
                                                      const cli::SearchOptions& search, TuneOptions options,
                                                      const RunTotals& earlier,
                                                      const cli::SessionOpener& open, ui::RunSink sink) {
  options.software = "espalier " ESPALIER_VERSION;
  options.asking = cli::askingText(search);
  if (auto checked = check(options); !checked) return tl::unexpected(checked.error());
  auto chosen = cli::chooseProposer(search, *problem, earlier);
  if (!chosen) return tl::unexpected(chosen.error());
  auto setup = cli::tunerSetup(std::move(problem), search, *std::move(chosen), std::move(options), open);
  if (!setup) return tl::unexpected(setup.error());
  setup->sink = std::move(sink);
  return std::make_unique<TunerRun>(*std::move(setup));
}

cli::SearchOptions searchOf(const ui::ProposerChoice& proposer) {
  const auto given = [](const std::string& text) {
    return text.empty() ? std::optional<std::string>() : std::optional(text);
  };
  cli::SearchOptions search;
  search.proposer = proposer.name;
  if (proposer.name == "recorded") search.recording = given(proposer.recording);
  if (proposer.name != "llm") return search;
  if (!proposer.profile.empty()) search.llmProfiles = {proposer.profile};
  search.llmUrl = given(proposer.llmUrl);
  search.llmModel = given(proposer.llmModel);
  search.maxCost = proposer.maxCost;
  return search;
}

Result<std::unique_ptr<ui::RunController>> begin(const ui::NewRun& run, ui::RunSink sink) {
  cli::WorkloadOptions what;
  what.workload = run.workload;
  what.kernel = run.kernel;
  what.sizes = run.sizes;
  auto workload = cli::loadWorkload(what);
  if (!workload) return tl::unexpected(workload.error());
  const cli::SearchOptions search = searchOf(run.proposer);
  auto start = cli::startingPoint(search);
  if (!start) return tl::unexpected(start.error());
  cli::KernelOptions kernel;
  kernel.threads = run.threads > 0 ? std::optional(run.threads) : start->threads;
  TuneOptions options = std::move(start->options);
  options.samples = run.samples;
  options.strategy = run.strategy;
  auto problem = cli::openTensorProblem(std::move(*workload), kernel, options.seed, std::move(start->sheet));
  if (!problem) return tl::unexpected(problem.error());
  return startTuner(
      std::move(*problem), search, std::move(options), {},
      [&run] { return SessionStore::create(run.session); }, std::move(sink));
}

/// A finished budget would end the run at once, so another as large is added.
void raiseBudget(TuneOptions& options, const SessionFold& fold) {
  if (options.samples > 0 && fold.totals().samples >= options.samples)
    options.samples += fold.totals().samples;
}

Result<std::unique_ptr<ui::RunController>> goOn(const std::string& path,
                                                const std::optional<ui::ProposerChoice>& proposer,
                                                ui::RunSink sink) {
  const auto view = cli::readSessionView(path);
  if (!view) return tl::unexpected(view.error());
  auto options = cli::optionsOf(view->run());
  if (!options) return tl::unexpected(options.error());
  raiseBudget(*options, view->fold);
  auto problem = tensorProblemFromIdentity(view->run().problem.identity);
  if (!problem) return tl::unexpected(problem.error());
  cli::SearchOptions search =
      cli::withAskingOf(view->run(), proposer ? searchOf(*proposer) : cli::SearchOptions());
  search.preset = options->preset;
  search.selection = options->selection;
  return startTuner(
      std::move(*problem), search, *options, view->fold.totals(),
      [&path] { return SessionStore::open(path, SessionStore::Access::Write); }, std::move(sink));
}

/// A profile that names a variable needs a key: a search without it would ask in vain.
QString missingKey(const LlmProfile& profile) {
  if (!profile.keyVariable || profile.keyVariable->empty()) return {};
  const auto key = keyFor(profile);
  return key && key->empty() ? QString::fromStdString(*profile.keyVariable) : QString();
}

}  // namespace

std::vector<ui::WorkloadChoice> TensorServices::workloads() const {
  std::vector<ui::WorkloadChoice> choices;
  for (const NamedLayer& layer : namedLayers())
    choices.push_back({QString::fromStdString(layer.name), QString::fromStdString(layer.title), layer.small});
  return choices;
}

ui::RunStarter TensorServices::newRun(const ui::NewRun& run) const {
  return [run](ui::RunSink sink) { return begin(run, std::move(sink)); };
}

std::vector<ui::ProfileChoice> TensorServices::profiles() const {
  std::vector<ui::ProfileChoice> choices;
  if (const auto profiles = knownProfiles(userProfilePath()))
    for (const LlmProfile& profile : *profiles)
      choices.push_back({QString::fromStdString(profile.name), QString::fromStdString(profile.description),
                         missingKey(profile)});
  return choices;
}

ui::RunStarter TensorServices::resumeRun(const std::string& path,
                                         const std::optional<ui::ProposerChoice>& proposer) const {
  return [path, proposer](ui::RunSink sink) { return goOn(path, proposer, std::move(sink)); };
}

ui::TextService::Factory TensorServices::textsOf(const RunStarted& run) const {
  return [identity = run.problem.identity]() -> Result<std::unique_ptr<ui::NodeTexts>> {
    TensorProblemOptions options;
    options.offline = true;
    auto problem = tensorProblemFromIdentity(identity, options);
    if (!problem) return tl::unexpected(problem.error());
    return std::make_unique<TensorTexts>(std::move(*problem));
  };
}

Result<std::vector<std::string>> TensorServices::exportNode(const std::string& session, NodeId node,
                                                            const std::string& format,
                                                            const std::string& path) const {
  const auto kind = exportFormat(format);
  if (!kind) return tl::unexpected(kind.error());
  const auto view = cli::readSessionView(session);
  if (!view) return tl::unexpected(view.error());
  const auto problem = cli::offlineProblem(*view);
  if (!problem) return tl::unexpected(problem.error());
  const auto state = (*problem)->stateOf(view->fold.tree().stateOf(node).trace);
  if (!state) return tl::unexpected(state.error());
  ExportRequest request;
  request.format = *kind;
  request.workload = (*problem)->workload();
  request.program = (*problem)->programOf(*state);
  request.trace = state->trace;
  request.target = (*problem)->target();
  request.session = &view->fold;
  request.node = node;
  request.summary = cli::asJson(cli::summaryOf(*view)).dump();
  const auto files = exportProgram(request);
  if (!files) return tl::unexpected(files.error());
  return writeExport(*files, path);
}

}  // namespace espalier
