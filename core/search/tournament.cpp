// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/tournament.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace espalier {
namespace {

constexpr int kDrawsForNew = 8;      ///< random steps tried at least until one is new
constexpr std::size_t kParents = 8;  ///< entrants that a later round mutates
constexpr double kDesign = 0.85;     ///< of draws that stay in the design space, as in the reference

}  // namespace

AppliedItem namedStep(const char* name) { return {name, true, name, {}, {}, {}}; }

double rankOf(double seconds, double uncertainty, double optimism) {
  if (seconds <= 0) return std::numeric_limits<double>::infinity();
  return std::log(seconds) - optimism * uncertainty;
}

std::optional<Tournament::Entrant> Tournament::play(NodeId node, const State& from, Random& random) const {
  const int draws = std::max(1, node == kRootNode ? options_.rootDraws : options_.draws);
  Field field;
  for (int drawn = 0; drawn < draws || (field.entrants.empty() && drawn < kDrawsForNew); ++drawn)
    enter(draw(node, from, random), field);
  if (field.entrants.empty()) {
    if (!field.known) return std::nullopt;
    return Entrant{*std::move(field.known), std::numeric_limits<double>::infinity()};
  }
  rankFrom(0, field);
  for (int round = 1; round < options_.rounds; ++round) {
    const std::size_t before = field.entrants.size();
    std::partial_sort(field.entrants.begin(),
                      field.entrants.begin() + static_cast<std::ptrdiff_t>(std::min(kParents, before)),
                      field.entrants.end(), [](const Entrant& a, const Entrant& b) {
                        return std::pair(a.rank, a.application.state.hash) <
                               std::pair(b.rank, b.application.state.hash);
                      });
    for (int drawn = 0; drawn < options_.draws; ++drawn) enter(mutationOfBest(field, random), field);
    rankFrom(before, field);
  }
  return std::move(*std::min_element(field.entrants.begin(), field.entrants.end(),
                                     [](const Entrant& a, const Entrant& b) { return a.rank < b.rank; }));
}

void Tournament::enter(std::optional<Application> drawn, Field& field) const {
  if (!drawn) return;
  const std::uint64_t hash = drawn->state.hash;
  if (tree_.find(hash) != kNoNode)
    field.known = std::move(drawn);
  else if (std::none_of(field.entrants.begin(), field.entrants.end(),
                        [&](const Entrant& entrant) { return entrant.application.state.hash == hash; }))
    field.entrants.push_back({*std::move(drawn), 0});
}

void Tournament::rankFrom(std::size_t first, Field& field) const {
  std::vector<State> states;
  for (std::size_t i = first; i < field.entrants.size(); ++i)
    states.push_back(field.entrants[i].application.state);
  const std::vector<Prediction> predictions = problem_.predict(states);
  for (std::size_t i = 0; i < predictions.size(); ++i)
    field.entrants[first + i].rank = rankOf(predictions[i].seconds, predictions[i].uncertainty, optimism_);
}

std::optional<Application> Tournament::draw(NodeId node, const State& from, Random& random) const {
  // As the reference does: members of the design space below the root, mutations of them further down; and
  // now and then a design again, since mutations never change how a design is built.
  if (random.chance(kDesign)) {
    if (node == kRootNode || random.chance(options_.restarts))
      return Application{problem_.sampleDesign(random), {namedStep("sample of the design space")}};
    if (auto mutated = problem_.mutate(from, random))
      return Application{std::move(*mutated), {namedStep("mutation")}};
  }
  return problem_.randomStep(from, random);
}

std::optional<Application> Tournament::mutationOfBest(const Field& field, Random& random) const {
  const std::size_t parents = std::min(kParents, field.entrants.size());
  const Application& parent = field.entrants[random.below(parents)].application;
  if (auto mutated = problem_.mutate(parent.state, random)) {
    Application application = parent;
    application.state = std::move(*mutated);
    application.items.push_back(namedStep("mutation"));
    return application;
  }
  return std::nullopt;
}

}  // namespace espalier
