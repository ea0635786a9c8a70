// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/program_cache.h"

#include "codegen/schedule_completion.h"
#include "program/analysis.h"
#include "program/program_hash.h"
#include "surrogate/features.h"
#include "surrogate/nest_facts.h"
#include "transform/transformation.h"

namespace espalier {

namespace {

std::string keyOf(const std::vector<std::string>& trace, std::size_t length) {
  std::string key;
  for (std::size_t i = 0; i < length; ++i) key.append(trace[i]).push_back('\n');
  return key;
}

Outcome<Program> applyText(const Program& program, const std::string& text) {
  const Result<Step> step = parseStep(text);
  if (!step) return refuse("syntax", step.error().message, step.error().hint);
  const Transformation* transformation = findTransformation(step->name);
  if (transformation == nullptr)
    return refuse("unknown-transformation", "There is no transformation `" + step->name + "`.");
  return transformation->apply(program, *step);
}

}  // namespace

const CachedProgram::Evaluation& CachedProgram::evaluation(const MachineModel& machine,
                                                           const Target& target) const {
  std::call_once(once_, [&] {
    const Program completed = completeSchedule(program_, target);
    const NestFacts facts = nestFacts(completed);
    evaluation_.estimate = estimate(completed, facts, machine);
    evaluation_.features = featureRow(completed, facts, evaluation_.estimate, machine);
  });
  return evaluation_;
}

ProgramCache::ProgramCache(Program initial, std::size_t capacity) : capacity_(capacity) {
  const std::uint64_t hash = programHash(initial);
  initial_ = std::make_shared<const CachedProgram>(std::move(initial), hash);
}

Outcome<std::shared_ptr<const CachedProgram>> ProgramCache::at(const std::vector<std::string>& trace) {
  std::size_t known = trace.size();
  std::shared_ptr<const CachedProgram> program;
  for (; known > 0; --known)
    if ((program = find(keyOf(trace, known)))) break;
  if (!program) program = initial_;
  if (known == trace.size()) return program;
  // Only the end is kept: what lies between is seldom asked for, and would drive out what is.
  Program replayed = program->program();
  for (; known < trace.size(); ++known) {
    Outcome<Program> next = applyText(replayed, trace[known]);
    if (!next) {
      Refusal refusal = next.error();
      refusal.sentence =
          "Step " + std::to_string(known + 1) + " of the trace, `" + trace[known] + "`: " + refusal.sentence;
      return tl::unexpected<Refusal>(std::move(refusal));
    }
    replayed = std::move(*next);
  }
  return put(trace, std::move(replayed));
}

std::shared_ptr<const CachedProgram> ProgramCache::put(const std::vector<std::string>& trace,
                                                       Program program) {
  if (trace.empty()) return initial_;
  std::string key = keyOf(trace, trace.size());
  if (auto known = find(key)) return known;
  const std::uint64_t hash = programHash(program);
  return insert(std::move(key), std::make_shared<const CachedProgram>(std::move(program), hash));
}

void ProgramCache::clear() {
  const std::lock_guard lock(mutex_);
  initial_ = std::make_shared<const CachedProgram>(initial_->program(), initial_->hash());
  places_.clear();
  entries_.clear();
}

std::size_t ProgramCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::shared_ptr<const CachedProgram> ProgramCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return place->second->program;
}

std::shared_ptr<const CachedProgram> ProgramCache::insert(std::string key,
                                                          std::shared_ptr<const CachedProgram> program) {
  const std::lock_guard lock(mutex_);
  if (const auto place = places_.find(key); place != places_.end()) return place->second->program;
  entries_.push_front({key, std::move(program)});
  places_.emplace(std::move(key), entries_.begin());
  while (entries_.size() > capacity_) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
  return entries_.front().program;
}

}  // namespace espalier
