// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/schedule_draft.h"

#include <algorithm>

#include "program/analysis.h"
#include "program/interpreter.h"
#include "transform/step.h"

namespace espalier {

namespace {

class Drafter {
 public:
  Drafter(const TensorProblem& problem, const State& from, const DraftOptions& options,
          const std::map<std::string, ContractionChoice>& choices)
      : problem_(problem), random_(0), draft_{from, options, choices} {}

  Draft run() {
    const std::vector<BlockShape> initial = kernelShapes(problem_.programOf(draft_.state));
    for (const BlockShape& shape : initial) inlineIfCheap(shape);
    if (draft_.options.tiledLoop > 0) {
      const State before = draft_.state;
      if (!fuseTiles()) {
        draft_.state = before;
        return draft_;
      }
    } else if (draft_.options.fusedLoops > 0) {
      fuse();
    }
    for (const BlockShape& shape : kernelShapes(problem_.programOf(draft_.state))) schedule(shape);
    streamOutputs();
    shareFusedLoops();
    return draft_;
  }

 private:
  [[nodiscard]] int threads() const { return draft_.options.share ? problem_.options().threads : 1; }

  bool take(const Step& step) {
    const std::string text = print(step);
    Application application = problem_.apply(draft_.state, {&text, 1}, random_);
    if (!application.items.front().accepted) return false;
    draft_.state = std::move(application.state);
    return true;
  }

  void inlineIfCheap(const BlockShape& shape) {
    if (shape.kind != BlockKind::Elementwise || shape.writesArgument || shape.readers == 0) return;
    if (shape.functionWork > 0 && shape.readers > 1) return;
    take(Step{"ComputeInline", {}}.set("block", shape.name));
  }

  /// All blocks before the last move below its outer loops, so that what they hand on stays in a cache.
  void fuse() {
    const Program program = problem_.programOf(draft_.state);
    const std::vector<BlockId> blocks = blocksOf(program);
    if (blocks.size() < 2) return;
    const Block& last = program.block(blocks.back());
    std::vector<std::string> loops;
    for (const LoopId loop : loopsAround(program, blocks.back()))
      if (program.loop(loop).extent > 1 && !carriesReduction(last, loop))
        loops.push_back(program.loop(loop).name);
    const auto wanted = static_cast<std::size_t>(draft_.options.fusedLoops);
    if (loops.size() <= wanted) return;
    for (std::size_t b = blocks.size() - 1; b-- > 0;)
      take(Step{"ComputeAt", {}}.set("block", program.block(blocks[b]).name).set("loop", loops[wanted - 1]));
    fused_.assign(loops.begin(), loops.begin() + static_cast<std::ptrdiff_t>(wanted));
  }

  /// As fuse, below tiles of one loop. False where some block would be computed again for every tile.
  bool fuseTiles() {
    const Program program = problem_.programOf(draft_.state);
    const std::vector<BlockId> blocks = blocksOf(program);
    if (blocks.size() < 2) return false;
    const Block& last = program.block(blocks.back());
    std::vector<std::string> loops;
    std::vector<std::int64_t> extents;
    for (const LoopId loop : loopsAround(program, blocks.back())) {
      if (program.loop(loop).extent == 1) continue;
      if (carriesReduction(last, loop)) return false;
      loops.push_back(program.loop(loop).name);
      extents.push_back(program.loop(loop).extent);
    }
    const auto outer = static_cast<std::size_t>(draft_.options.fusedLoops);
    const auto tiled = static_cast<std::size_t>(draft_.options.tiledLoop) - 1;
    const std::int64_t tile = draft_.options.fusedTile;
    if (tiled >= loops.size() || tiled < outer || extents[tiled] < 2 * tile) return false;
    const std::vector<std::int64_t> factors{(extents[tiled] + tile - 1) / tile, tile};
    if (!take(Step{"TileSize", {}}.set("block", last.name).set("loop", loops[tiled]).set("factors", factors)))
      return false;
    const std::string tiles = loops[tiled] + ".0";
    std::vector<std::string> order(loops.begin(), loops.begin() + static_cast<std::ptrdiff_t>(outer));
    order.push_back(tiles);
    fused_ = order;
    for (std::size_t l = outer; l < loops.size(); ++l)
      order.push_back(l == tiled ? loops[l] + ".1" : loops[l]);
    take(Step{"Reorder", {}}.set("loops", order));
    for (std::size_t b = blocks.size() - 1; b-- > 0;) {
      take(Step{"ComputeAt", {}}.set("block", program.block(blocks[b]).name).set("loop", tiles));
      if (draft_.options.onlineBlock > 0 && program.block(blocks[b]).combiner == Combiner::Max)
        runOnline(blocks[b]);
    }
    if (outer > 0) copyLoop_ = fused_[outer - 1];
    const Program fused = problem_.programOf(draft_.state);
    const std::vector<BlockId> all = blocksOf(fused);
    return std::all_of(all.begin(), all.end(), [&](BlockId block) {
      return !axesUsing(fused.block(block), *fused.findLoop(tiles)).empty();
    });
  }

  /// Rows of scores are gone through block by block where a maximum allows it, and computed there. All blocks
  /// behind the maximum have found their places.
  void runOnline(BlockId maximum) {
    const std::string name = problem_.programOf(draft_.state).block(maximum).name;
    if (!take(Step{"OnlineSoftmax", {}}.set("block", name).set("size", draft_.options.onlineBlock))) return;
    const Program program = problem_.programOf(draft_.state);
    std::string blocks;
    for (const LoopId loop : loopsAround(program, maximum))
      if (blocksBelow(program, loop).size() > 1) blocks = program.loop(loop).name;
    for (const BufferId scores : buffersReadBy(program.block(maximum)))
      for (const BlockId writer : writersOf(program, scores))
        if (writer != maximum)
          take(Step{"ComputeAt", {}}.set("block", program.block(writer).name).set("loop", blocks));
  }

  /// True for what goes through the last cache without a chance to stay there.
  [[nodiscard]] bool passesThrough(const Buffer& buffer) const {
    const auto& levels = problem_.machine().levels;
    return levels.size() > 1 && static_cast<double>(buffer.bytes()) >= levels[levels.size() - 2].bytes / 2;
  }

  void streamOutputs() {
    const Program program = problem_.programOf(draft_.state);
    for (const BlockId id : blocksOf(program))
      if (program.block(id).combiner == Combiner::None &&
          program.buffer(program.block(id).output).role == BufferRole::Output &&
          passesThrough(program.buffer(program.block(id).output)))
        take(Step{"StreamStore", {}}.set("block", program.block(id).name));
  }

  /// Inputs that several blocks below the fused loops read.
  [[nodiscard]] std::vector<std::string> rowsToFetch() const {
    std::vector<std::string> names;
    const Program program = problem_.programOf(draft_.state);
    for (const BufferId buffer : argumentsOf(program))
      if (passesThrough(program.buffer(buffer)) && readersOf(program, buffer).size() > 1)
        names.push_back(program.buffer(buffer).name);
    return names;
  }

  /// While a row is computed on, the next one comes from memory.
  void shareFusedLoops() {
    if (fused_.empty()) return;
    constexpr std::int64_t kRows = 32;  // of a thread at a time, so that there is a next one
    const std::vector<std::string> fetched = fused_.size() == 1 ? rowsToFetch() : std::vector<std::string>{};
    std::string rows = fused_.front();
    if (!fetched.empty() && threads() > 1 &&
        take(Step{"Split", {}}.set("loop", rows).set("factors", std::vector<std::int64_t>{0, kRows}))) {
      parallelise({rows + ".0"});
      rows += ".1";
    } else {
      parallelise(fused_);
    }
    for (const std::string& buffer : fetched)
      take(Step{"Prefetch", {}}.set("buffer", buffer).set("loop", rows).set("ahead", std::int64_t{1}));
  }

  void schedule(const BlockShape& shape) {
    switch (shape.kind) {
      case BlockKind::Contraction: contract(shape); break;
      case BlockKind::RowReduction: reduceRows(shape); break;
      case BlockKind::Elementwise: mapElements(shape); break;
    }
  }

  void contract(const BlockShape& shape) {
    auto choice = draft_.choices.find(shape.name);
    if (choice == draft_.choices.end()) {
      const auto choices = contractionChoices(shape, problem_.machine(), 1);
      if (choices.empty()) return mapElements(shape);
      choice = draft_.choices.emplace(shape.name, choices.front()).first;
    }
    if (draft_.options.layoutWeights)
      for (std::size_t o = 0; o < shape.operands.size(); ++o)
        if (shape.operands[o].constant)
          if (const auto step = layoutStep(shape, o, choice->second)) take(*step);
    for (const Step& step : contractionSteps(shape, choice->second, draft_.options.localOutput, threads()))
      take(step);
    for (const std::size_t operand : shape.transposedOperands)
      if (!shape.operands[operand].constant || !draft_.options.layoutWeights)
        copyPanels(shape, operand, shape.vectorAxis,
                   draft_.options.tiledLoop > 0 ? copyLoop_ : levelName(shape.axes[*shape.depthAxis], 0),
                   choice->second.tileColumns);
    if (draft_.options.packLanes && shape.streamedOperand && shape.transposedOperands.empty())
      copyPanels(shape, *shape.streamedOperand, shape.vectorAxis, levelName(shape.axes[*shape.depthAxis], 0),
                 choice->second.tileColumns);
    copyRows(shape, choice->second);
    if (draft_.options.prefetch)
      for (std::size_t o = 0; o < shape.operands.size(); ++o)
        if (const auto step = prefetchStep(shape, o, choice->second)) take(*step);
  }

  void copyRows(const BlockShape& shape, const ContractionChoice& choice) {
    if (draft_.options.rowCopy == RowCopy::None || !shape.rowAxis) return;
    for (std::size_t o = 0; o < shape.operands.size(); ++o) {
      const bool broadcast = shape.axes[*shape.vectorAxis].strides[o + 1] == 0;
      if (!broadcast || shape.axes[*shape.rowAxis].strides[o + 1] == 0 || shape.operands[o].constant)
        continue;
      const bool byRows = draft_.options.rowCopy == RowCopy::ByRows;
      copyPanels(shape, o, byRows ? shape.rowAxis : shape.depthAxis, "root",
                 byRows ? choice.tileRows : choice.depthBlock);
    }
  }

  /// What the nest reads of an operand below a loop, copied so that `panel` elements along an axis lie side
  /// by side.
  void copyPanels(const BlockShape& shape, std::size_t operand, std::optional<std::size_t> along,
                  const std::string& loop, std::int64_t panel) {
    const OperandShape& source = shape.operands[operand];
    std::vector<std::int64_t> order;
    std::optional<std::int64_t> last;
    for (std::size_t d = 0; d < source.dimensions; ++d) {
      if (!last && source.axisOfDimension[d] && source.axisOfDimension[d] == along)
        last = static_cast<std::int64_t>(d);
      else
        order.push_back(static_cast<std::int64_t>(d));
    }
    if (!last || panel < 2) return;
    order.push_back(*last);
    const Step step = Step{"CacheRead", {}}
                          .set("block", shape.name)
                          .set("buffer", source.name)
                          .set("loop", loop)
                          .set("order", order)
                          .set("panel", panel);
    const std::vector<BlockId> before = blocksOf(problem_.programOf(draft_.state));
    if (!take(step)) return;
    const Program program = problem_.programOf(draft_.state);
    for (const BlockId block : blocksOf(program)) {
      if (std::find(before.begin(), before.end(), block) != before.end()) continue;
      const std::vector<LoopId> loops = loopsAround(program, block);
      take(Step{"Vectorize", {}}.set("loop", program.loop(loops.back()).name));
      if (loop == "root" && program.loop(loops.front()).extent > 1 && loops.size() > 1)
        parallelise({program.loop(loops.front()).name});
    }
  }

  void parallelise(const std::vector<std::string>& loops) {
    if (threads() == 1 || loops.empty()) return;
    if (loops.size() > 1 && take(Step{"Parallel", {}}.set("loops", loops))) return;
    take(Step{"Parallel", {}}.set("loop", loops.front()));
  }

  /// Axes that are too short for lanes are joined with those around them, as long as the output lies side by
  /// side along both.
  AxisShape joinShortAxes(const BlockShape& shape, std::vector<std::string>& outer) {
    AxisShape lanes = shape.axes[*shape.vectorAxis];
    std::vector<std::string> joined{lanes.loopName};
    for (std::size_t a = *shape.vectorAxis; a-- > 0 && *shape.vectorAxis + 1 == shape.axes.size();) {
      const AxisShape& next = shape.axes[a];
      if (lanes.extent >= 2LL * problem_.machine().lanes(4) || next.shared || next.strides[0] != lanes.extent)
        break;
      lanes.extent *= next.extent;
      joined.insert(joined.begin(), next.loopName);
    }
    if (joined.size() == 1 || !take(Step{"Fuse", {}}.set("loops", joined)))
      return shape.axes[*shape.vectorAxis];
    lanes.loopName.clear();
    for (const std::string& name : joined) {
      lanes.loopName += (lanes.loopName.empty() ? "" : "_") + name;
      std::erase(outer, name);
    }
    return lanes;
  }

  void mapElements(const BlockShape& shape) {
    if (!shape.vectorAxis) return;
    std::vector<std::string> outer;
    for (std::size_t a = 0; a < shape.axes.size(); ++a)
      if (a != *shape.vectorAxis && !shape.axes[a].shared) outer.push_back(shape.axes[a].loopName);
    const AxisShape lanes = joinShortAxes(shape, outer);
    const std::int64_t width =
        (draft_.options.join ? 1LL : 2LL) * draft_.options.vectors * problem_.machine().lanes(4);
    std::string vectorLoop = lanes.loopName;
    if (lanes.extent > 2 * width) {
      take(Step{"TileSize", {}}
               .set("block", shape.name)
               .set("loop", lanes.loopName)
               .set("factors", std::vector<std::int64_t>{(lanes.extent + width - 1) / width, width}));
      outer.push_back(levelName(lanes, 0));
      vectorLoop = levelName(lanes, 1);
    }
    std::vector<std::string> order = outer;
    order.push_back(vectorLoop);
    if (order.size() > 1) take(Step{"Reorder", {}}.set("loops", order));
    take(Step{"Vectorize", {}}.set("loop", vectorLoop));
    if (fused_.empty()) parallelise(outer);
  }

  /// Lanes along the reduction: each lane reduces a part of the row (RFactor), a short loop joins the parts.
  void reduceRows(const BlockShape& shape) {
    const AxisShape& depth = shape.axes[*shape.depthAxis];
    bool alongDepth = false;
    for (std::size_t o = 1; o < depth.strides.size(); ++o) alongDepth = alongDepth || depth.strides[o] == 1;
    const std::int64_t width =
        static_cast<std::int64_t>(draft_.options.vectors) * problem_.machine().lanes(4);
    if (!alongDepth || depth.extent < 2 * width) {
      const auto choices = contractionChoices(shape, problem_.machine(), 1);
      const bool wide = shape.vectorAxis && shape.axes[*shape.vectorAxis].strides[0] == 1;
      if (wide && !choices.empty())
        for (const Step& step : contractionSteps(shape, choices.front(), false, threads())) take(step);
      return;
    }
    take(Step{"TileSize", {}}
             .set("block", shape.name)
             .set("loop", depth.loopName)
             .set("factors", std::vector<std::int64_t>{(depth.extent + width - 1) / width, width}));
    if (!take(Step{"RFactor", {}}.set("block", shape.name).set("loop", levelName(depth, 1)))) return;
    const Program program = problem_.programOf(draft_.state);
    for (const BlockId block : blocksOf(program)) {
      if (program.block(block).name.rfind(shape.name + "_rf", 0) != 0) continue;
      finishPartial(program, block);
      if (draft_.options.join) joinWithProducer(block);
      break;
    }
    take(Step{"Vectorize", {}}.set("loop", levelName(depth, 1) + "_f"));
  }

  /// What the block sums is summed where it is computed, as long as the loops of both run alike.
  void joinWithProducer(BlockId sum) {
    const auto serialLoops = [this](const Program& program, BlockId block) {
      std::vector<std::string> names;
      for (const LoopId loop : loopsAround(program, block))
        if (program.loop(loop).kind == LoopKind::Serial && blocksBelow(program, loop).size() == 1)
          names.push_back(program.loop(loop).name);
      return names;
    };
    const Program program = problem_.programOf(draft_.state);
    for (const BufferId read : buffersReadBy(program.block(sum)))
      for (const BlockId producer : writersOf(program, read)) {
        const std::vector<std::string> first = serialLoops(program, producer);
        const std::vector<std::string> second = serialLoops(program, sum);
        for (std::size_t l = 0; l < std::min(first.size(), second.size()); ++l)
          if (!take(Step{"JoinLoops", {}}.set("loops", std::vector<std::string>{first[l], second[l]})))
            return;
      }
  }

  /// The block of partial results: its innermost spatial loop becomes lanes, the rest of its spatial loops
  /// rows.
  void finishPartial(const Program& program, BlockId block) {
    const auto shape = shapeOf(program, block);
    std::vector<LoopId> loops = loopsAround(program, block);
    std::vector<std::string> rows;
    std::vector<std::string> reductions;
    std::string lanes;
    for (const LoopId loop : loops) {
      if (program.loop(loop).extent == 1 || blocksBelow(program, loop).size() > 1) continue;
      if (carriesReduction(program.block(block), loop))
        reductions.push_back(program.loop(loop).name);
      else
        rows.push_back(program.loop(loop).name);
    }
    if (!shape || !shape->vectorAxis || rows.empty()) return;
    lanes = shape->axes[*shape->vectorAxis].loopName;
    std::erase(rows, lanes);
    std::vector<std::string> order = rows;
    order.insert(order.end(), reductions.begin(), reductions.end());
    order.push_back(lanes);
    if (order.size() > 1) take(Step{"Reorder", {}}.set("loops", order));
    take(Step{"Vectorize", {}}.set("loop", lanes));
    if (rows.empty()) return;
    take(Step{"CacheWrite", {}}
             .set("block", program.block(block).name)
             .set("loop", rows.back())
             .set("memory", std::string("register")));
    if (fused_.empty()) parallelise(rows);
  }

  const TensorProblem& problem_;
  Random random_;  ///< every step is complete, so nothing is drawn
  Draft draft_;
  std::vector<std::string> fused_;  ///< loops that hold all blocks, outermost first
  std::string copyLoop_ = "root";   ///< where copies for all tiles are made
};

bool tiles(const Step& step, const BlockShape& shape, std::optional<std::size_t> axis) {
  return axis && step.name == "TileSize" && step.text("block") == shape.name &&
         step.text("loop") == shape.axes[*axis].loopName;
}

/// The width that a copy's panels have under a choice.
std::optional<std::int64_t> panelOf(const Step& step, const BlockShape& shape,
                                    const ContractionChoice& choice) {
  const auto order = step.integers("order");
  if (!order || order->empty() || step.find("panel") == nullptr) return std::nullopt;
  for (const OperandShape& operand : shape.operands) {
    if (step.text("buffer") != operand.name || order->size() != operand.dimensions) continue;
    const auto axis = operand.axisOfDimension[static_cast<std::size_t>(order->back())];
    if (!axis) return std::nullopt;
    if (axis == shape.vectorAxis) return choice.tileColumns;
    if (axis == shape.rowAxis) return choice.tileRows;
    if (axis == shape.depthAxis) return choice.depthBlock;
  }
  return std::nullopt;
}

}  // namespace

Draft draftSchedule(const TensorProblem& problem, const State& from, const DraftOptions& options,
                    const std::map<std::string, ContractionChoice>& choices) {
  return Drafter(problem, from, options, choices).run();
}

std::optional<std::vector<std::string>> withChoice(const std::vector<std::string>& trace,
                                                   const BlockShape& shape, const ContractionChoice& choice) {
  const ContractionFactors factors = factorsOf(shape, choice);
  const std::string depthLoop = shape.depthAxis ? shape.axes[*shape.depthAxis].loopName + "." : "";
  std::vector<std::string> changed = trace;
  for (std::string& text : changed) {
    auto step = parseStep(text);
    if (!step) continue;
    if (tiles(*step, shape, shape.vectorAxis)) step->set("factors", factors.lanes);
    if (tiles(*step, shape, shape.rowAxis)) step->set("factors", factors.rows);
    if (tiles(*step, shape, shape.secondRowAxis)) step->set("factors", factors.secondRows);
    if (tiles(*step, shape, shape.depthAxis)) step->set("factors", factors.depth);
    if (step->name == "TransformLayout")
      for (std::size_t o = 0; o < shape.operands.size(); ++o)
        if (step->text("buffer") == shape.operands[o].name)
          if (const auto layout = layoutStep(shape, o, choice)) *step = *layout;
    if (step->name == "Prefetch" && step->text("loop").value_or("").starts_with(depthLoop))
      for (std::size_t o = 0; o < shape.operands.size(); ++o)
        if (step->text("buffer") == shape.operands[o].name) {
          const auto prefetch = prefetchStep(shape, o, choice);
          if (!prefetch) return std::nullopt;
          *step = *prefetch;
        }
    if (step->name == "CacheRead" && step->text("block") == shape.name)
      if (const auto panel = panelOf(*step, shape, choice)) step->set("panel", *panel);
    text = print(*step);
  }
  return changed;
}

std::optional<ContractionChoice> choiceIn(const std::vector<std::string>& trace, const BlockShape& shape) {
  ContractionChoice choice;
  bool found = false;
  for (const std::string& text : trace) {
    const auto step = parseStep(text);
    if (!step) continue;
    const auto sizes = step->integers("factors");
    if (sizes && sizes->size() == 2 && tiles(*step, shape, shape.secondRowAxis))
      choice.tileSecondRows = (*sizes)[1];
    if (!sizes || sizes->size() != 3) continue;
    const std::int64_t tile = (*sizes)[2];
    const std::int64_t block = (*sizes)[1] * tile;
    if (tiles(*step, shape, shape.vectorAxis)) {
      choice.tileColumns = tile;
      choice.columnBlock = block;
      found = true;
    } else if (tiles(*step, shape, shape.rowAxis)) {
      choice.tileRows = tile;
      choice.rowBlock = block;
    } else if (tiles(*step, shape, shape.depthAxis)) {
      choice.depthUnroll = tile;
      choice.depthBlock = block;
    }
  }
  if (!found) return std::nullopt;
  return choice;
}

}  // namespace espalier
