// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/earlier_runs.h"

#include "cli/session_view.h"
#include "reasoning/seeded_proposer.h"
#include "tensor_problem/transfer.h"

namespace espalier::cli {
namespace {

constexpr std::size_t kSchedules = 2;  ///< as many as the root has children

/// What was measured with the threads that the session stands at.
std::vector<Observation> observationsOf(const SessionView& session) {
  const Tree& tree = session.fold.tree();
  const int first = session.fold.runs().firstComparable();
  std::vector<Observation> observations;
  for (const Event& event : session.events)
    if (const auto* sample = std::get_if<SampleMeasured>(&event.body))
      if (sample->node < tree.size() && sample->sample >= first)
        observations.push_back({tree.stateOf(sample->node), sample->measurement});
  return observations;
}

}  // namespace

Result<void> beginFrom(const std::string& session, TensorProblem& problem, ChosenProposer& chosen,
                       Console& console) {
  const auto view = readSessionView(session);
  if (!view) return tl::unexpected(view.error());
  TensorProblemOptions options;
  options.offline = true;
  const auto sheet = hardwareSheetFromJson(view->run().host);
  options.sheet = sheet ? *sheet : problem.sheet();
  const auto earlier = tensorProblemFromIdentity(view->run().problem.identity, options);
  if (!earlier) return tl::unexpected(earlier.error());
  if (!sheet)
    console.warn(session + " does not say on which machine it was made; it is read as if it was this one.");
  else if ((*earlier)->machineName() != problem.machineName())
    console.warn(session + " was made on another machine, " + (*earlier)->machineName() +
                 ": what it says about this one may be off.");
  Transfer transfer = transferFrom(**earlier, observationsOf(*view), problem, kSchedules);
  if (transfer.samples.empty()) {
    console.warn(session + " holds no measurement to begin from; the run goes on without it.");
    return {};
  }
  console.progress("From " + session + ": " + std::to_string(transfer.samples.size()) + " measurements and " +
                   std::to_string(transfer.schedules.size()) + " schedules.");
  problem.teach(std::move(transfer.samples));
  std::vector<SeededProposer::Seed> seeds;
  for (Transfer::Schedule& schedule : transfer.schedules)
    seeds.push_back({std::move(schedule.items), std::move(schedule.reasoning)});
  chosen.proposer = std::make_unique<SeededProposer>(std::move(seeds), std::move(chosen.proposer));
  return {};
}

void useMeasurements(const std::string& path, const TensorProblem& problem, ChosenProposer& chosen,
                     Console& console) {
  auto file = MeasurementFile::open(path, {problem.machineName(), problem.info().threads});
  if (file)
    chosen.measurements.attach(*file);
  else
    console.warn(file.error().text() + " The run goes on without it.");
}

}  // namespace espalier::cli
