// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/design_builder.h"

#include <algorithm>

#include "program/analysis.h"
#include "transform/design_space.h"
#include "transform/legality.h"
#include "transform/transformation.h"

namespace espalier {

bool DesignBuilder::take(const Step& step) {
  const Transformation& member = *findTransformation(step.name);
  Step complete = step;
  if (step.name == "CacheWrite" && step.find("memory") == nullptr) {
    // The memory follows from the size of the tile: nothing is drawn.
    Random random(0);
    const Outcome<Step> filled = member.complete(program_, step, random);
    if (!filled) return false;
    complete = *filled;
  }
  Outcome<Program> changed = member.apply(program_, complete);
  if (!changed) return false;
  program_ = *std::move(changed);
  trace_.push_back(std::move(complete));
  return true;
}

std::vector<Step> DesignBuilder::placesOf(BlockId block) const {
  const Transformation& location = *findTransformation("ComputeLocation");
  const std::string name = program_.block(block).name;
  std::vector<Step> places;
  std::vector<LoopId> seen;
  const auto add = [&](const std::string& loop) {
    const Step step = Step{"ComputeLocation", {}}.set("block", name).set("loop", loop);
    if (location.apply(program_, step)) places.push_back(step);
  };
  add("root");
  add("inline");
  for (const BlockId reader : readersOf(program_, program_.block(block).output))
    for (const LoopId loop : loopsAround(program_, reader)) {
      // Loops of one iteration and what lies below a reduction are left out.
      if (program_.loop(loop).extent == 1 || std::find(seen.begin(), seen.end(), loop) != seen.end())
        continue;
      if (carriesReduction(program_.block(reader), loop)) break;
      seen.push_back(loop);
      add(program_.loop(loop).name);
    }
  return places;
}

std::vector<std::string> DesignBuilder::reductionBlocks() const {
  std::vector<std::string> names;
  for (const BlockId block : blocksOf(program_))
    if (program_.block(block).isReduction()) names.push_back(program_.block(block).name);
  return names;
}

std::optional<LoopId> DesignBuilder::lanesOf(BlockId block) const {
  const std::vector<LoopId> around = loopsAround(program_, block);
  for (auto loop = around.rbegin(); loop != around.rend(); ++loop) {
    if (program_.loop(*loop).extent == 1) continue;
    if (program_.loop(*loop).kind != LoopKind::Serial || program_.loop(*loop).extent > kLargestInnermostTile)
      return std::nullopt;
    const Block& body = program_.block(block);
    for (std::size_t d = 0; d < body.subscripts.size(); ++d) {
      const Expr subscript = inLoops(program_, body, body.subscripts[d]);
      const bool last = d + 1 == body.subscripts.size();
      if (usesLoop(subscript, *loop) &&
          !(last && affineForm(subscript).coefficientOf(Expr::loopVar(*loop)) == 1))
        return std::nullopt;
    }
    return refusalToVectorise(program_, *loop) ? std::nullopt : std::optional(*loop);
  }
  return std::nullopt;
}

std::string DesignBuilder::firstBlock(const NodeRef& root) const {
  if (const BlockId* block = std::get_if<BlockId>(&root)) return program_.block(*block).name;
  return program_.block(blocksBelow(program_, std::get<LoopId>(root)).front()).name;
}

std::vector<LoopId> DesignBuilder::parallelLoops(const NodeRef& root) const {
  const LoopId* outermost = std::get_if<LoopId>(&root);
  if (outermost == nullptr) return {};
  std::vector<LoopId> lanes;
  for (const BlockId block : blocksBelow(program_, *outermost))
    if (const auto loop = lanesOf(block)) lanes.push_back(*loop);
  std::vector<LoopId> loops;
  for (const LoopId loop : chainFrom(program_, *outermost)) {
    if (std::find(lanes.begin(), lanes.end(), loop) != lanes.end()) break;
    if (program_.loop(loop).kind != LoopKind::Serial || refusalToParallelise(program_, loop)) break;
    loops.push_back(loop);
  }
  return loops;
}

std::map<std::string, int> DesignBuilder::parallelRoom(int cores) const {
  std::map<std::string, int> room;
  if (cores <= 1) return room;
  for (const NodeRef& root : program_.roots) {
    std::int64_t product = 1;
    for (const LoopId loop : parallelLoops(root)) {
      product *= program_.loop(loop).extent;
      ++room[firstBlock(root)];
      if (product > static_cast<std::int64_t>(cores) * kJobsPerCore) break;
    }
  }
  return room;
}

int DesignBuilder::parallelCount(const std::string& nest, int cores, const SecondPart& second) const {
  const std::map<std::string, int> room = parallelRoom(cores);
  const auto most = room.find(nest);
  if (most == room.end()) return 0;
  const auto chosen = second.parallel.find(nest);
  return chosen == second.parallel.end() ? most->second : std::min(chosen->second, most->second);
}

void DesignBuilder::finish(const SecondPart& second, int cores) {
  std::vector<Step> shared;
  const std::map<std::string, int> room = parallelRoom(cores);
  for (const NodeRef& root : program_.roots) {
    const std::string first = firstBlock(root);
    const auto most = room.find(first);
    if (most == room.end()) continue;
    const auto chosen = second.parallel.find(first);
    const int count = chosen == second.parallel.end() ? most->second : std::min(chosen->second, most->second);
    std::vector<std::string> names;
    for (const LoopId loop : parallelLoops(root))
      if (static_cast<int>(names.size()) < count) names.push_back(program_.loop(loop).name);
    if (names.size() == 1) shared.push_back(Step{"Parallel", {}}.set("loop", names.front()));
    if (names.size() > 1) shared.push_back(Step{"Parallel", {}}.set("loops", names));
  }
  for (const Step& step : shared) take(step);
  for (const BlockId block : blocksOf(program_))
    if (const auto loop = lanesOf(block)) take(Step{"Vectorize", {}}.set("loop", program_.loop(*loop).name));
  for (const auto& [name, steps] : second.unroll) {
    const Step step = Step{"Unroll", {}}.set("block", name).set("max_steps", steps);
    // Where nothing can be unrolled, the choice is written down as none.
    if (program_.findBlock(name) && !take(step)) take(Step(step).set("max_steps", 0));
  }
  for (const BlockId block : blocksOf(program_)) {
    if (!program_.block(block).initialises) continue;
    for (const LoopId loop : loopsAround(program_, block)) {
      if (useOf(program_, block, loop) != LoopUse::Reduction) continue;
      take(Step{"DecomposeReduction", {}}
               .set("block", program_.block(block).name)
               .set("loop", program_.loop(loop).name));
      break;
    }
  }
}

SecondPart DesignBuilder::secondPartOf(const Trace& steps, int cores) const {
  SecondPart second;
  for (const Step& step : steps) {
    if (step.name == "Unroll" && step.find("block") != nullptr)
      second.unroll[*step.text("block")] = step.integer("max_steps").value_or(0);
    if (step.name != "Parallel") continue;
    const auto loops = step.find("loops") != nullptr ? step.texts("loops") : step.texts("loop");
    for (const NodeRef& root : program_.roots) {
      const LoopId* outermost = std::get_if<LoopId>(&root);
      if (outermost == nullptr || !loops || program_.loop(*outermost).name != loops->front()) continue;
      const std::string nest = firstBlock(root);
      const int count = static_cast<int>(loops->size());
      if (count != parallelCount(nest, cores, {})) second.parallel[nest] = count;
    }
  }
  return second;
}

}  // namespace espalier
