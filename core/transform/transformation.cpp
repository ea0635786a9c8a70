// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/transformation.h"

#include <algorithm>

#include "program/program_hash.h"
#include "transform/arguments.h"
#include "transform/members.h"
#include "workload/near_names.h"

namespace espalier {
namespace {

const std::vector<Transformation>& members() {
  static const std::vector<Transformation> table = {
      tileSizeMember(),
      splitMember(),
      reorderMember(),
      fuseMember(),
      parallelMember(),
      vectorizeMember(),
      unrollMember(),
      unrollAndJamMember(),
      cacheWriteMember(),
      cacheReadMember(),
      transformLayoutMember(),
      computeAtMember(),
      reverseComputeAtMember(),
      computeInlineMember(),
      reverseComputeInlineMember(),
      computeLocationMember(),
      decomposeReductionMember(),
      rfactorMember(),
      prefetchMember(),
      onlineSoftmaxMember(),
      joinLoopsMember(),
      streamStoreMember(),
  };
  return table;
}

/// How often a random walk takes a member: shaping loops opens more doors than marking them.
double weightOf(std::string_view name) {
  if (name == "TileSize") return 4;
  if (name == "Reorder" || name == "CacheWrite" || name == "ComputeAt" || name == "ReverseComputeAt")
    return 2;
  if (name == "Split" || name == "ComputeLocation" || name == "Prefetch") return 0.5;
  return 1;
}

Outcome<const Transformation*> memberFor(const Step& step) {
  if (const Transformation* member = findTransformation(step.name)) return member;
  std::vector<std::string> known;
  for (const Transformation& member : members()) known.emplace_back(member.name);
  return refuse("unknown-transformation", "there is no transformation " + step.name + ".",
                didYouMean(step.name, known, "There are " + enumerate(known) + "."));
}

}  // namespace

std::span<const Transformation> transformations() { return members(); }

const Transformation* findTransformation(std::string_view name) {
  const auto found = std::find_if(members().begin(), members().end(),
                                  [&](const Transformation& member) { return member.name == name; });
  return found == members().end() ? nullptr : &*found;
}

Outcome<Applied> applyStep(const Program& program, const Step& step, Random& random) {
  const auto member = memberFor(step);
  if (!member) return tl::unexpected(member.error());
  const Outcome<Step> canonical = canonicalStep(**member, step);
  if (!canonical) return tl::unexpected(canonical.error());
  const Outcome<Step> complete = (*member)->complete(program, *canonical, random);
  if (!complete) return tl::unexpected(complete.error());
  Outcome<Step> ordered = canonicalStep(**member, *complete);
  if (!ordered) return tl::unexpected(ordered.error());
  Outcome<Program> changed = (*member)->apply(program, *ordered);
  if (!changed) return tl::unexpected(changed.error());
  return Applied{*std::move(changed), *std::move(ordered)};
}

Outcome<Program> replay(const Program& initial, const Trace& trace) {
  Program program = initial;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const auto fail = [&](Refusal refusal) {
      refusal.sentence =
          "step " + std::to_string(i + 1) + " of the trace, " + print(trace[i]) + ": " + refusal.sentence;
      return tl::unexpected(std::move(refusal));
    };
    const auto member = memberFor(trace[i]);
    if (!member) return fail(member.error());
    const Outcome<Step> canonical = canonicalStep(**member, trace[i]);
    if (!canonical) return fail(canonical.error());
    Outcome<Program> changed = (*member)->apply(program, *canonical);
    if (!changed) return fail(changed.error());
    program = *std::move(changed);
  }
  return program;
}

std::optional<Applied> randomTransformation(const Program& program, Random& random) {
  const std::uint64_t before = programHash(program);
  std::vector<const Transformation*> left;
  std::vector<double> weights;
  for (const Transformation& member : members()) {
    left.push_back(&member);
    weights.push_back(weightOf(member.name));
  }
  while (!left.empty()) {
    const std::size_t place = random.weighted(weights);
    Outcome<Applied> applied = applyStep(program, Step{std::string(left[place]->name), {}}, random);
    if (applied && programHash(applied->program) != before) return *std::move(applied);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(place));
    weights.erase(weights.begin() + static_cast<std::ptrdiff_t>(place));
  }
  return std::nullopt;
}

}  // namespace espalier
