// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/prior.h"

#include <algorithm>
#include <cmath>

#include "program/analysis.h"
#include "program/prefetch.h"
#include "surrogate/prior_words.h"

namespace espalier {

namespace {

/// How often the instructions of one access or of the arithmetic run.
struct Execution {
  double count = 1;
  bool vector = false;    ///< lanes carry consecutive elements
  bool gathered = false;  ///< lanes carry elements at other distances
  double perChunk = 1;    ///< lanes used by one instruction on average
};

constexpr double kLoopControl = 3;   ///< instructions of a loop beside its body
constexpr double kQuotient = 6;      ///< of a quotient by a constant: a product, shifts, a correction
constexpr double kShifts = 3;        ///< of one by a power of two
constexpr double kMostStarts = 1.8;  ///< of the time of a stream: starts of runs overlap with each other
constexpr double kKept = 0.9;        ///< of a cache, by what is read again and again
constexpr double kKeptShared = 0.7;  ///< of one that other cores fill as well
constexpr double kScalarStep = 4;  ///< of a step of a scalar reduction: two loads, an address, the arithmetic

class BlockEstimator {
 public:
  BlockEstimator(const Program& program, const BlockFacts& block, const std::vector<double>& sets,
                 const MachineModel& machine)
      : program_(program), block_(block), sets_(sets), machine_(machine) {}

  BlockEstimate run() {
    result_.block = block_.block;
    shareAmongThreads();
    lanes_ = std::max(1, machine_.lanes(std::max(1, block_.accesses.front().bytesPerElement)));
    innermostSerial_ = lastLoop([](const LoopFacts& loop) { return !loop.straight(); });
    countArithmetic();
    countJoins();
    countAccesses();
    countRegisters();
    countLatency();
    countFrontEnd();
    countTraffic();
    join();
    return result_;
  }

 private:
  template <class Test>
  std::ptrdiff_t lastLoop(const Test& test) const {
    for (std::size_t l = block_.loops.size(); l-- > 0;)
      if (test(block_.loops[l])) return static_cast<std::ptrdiff_t>(l);
    return -1;
  }

  double chunks(const LoopFacts& loop) const {
    return loop.lanes ? std::ceil(static_cast<double>(loop.extent) / lanes_)
                      : static_cast<double>(loop.extent);
  }

  void shareAmongThreads() {
    double outside = 1;
    for (const LoopFacts& loop : block_.loops) {
      if (loop.kind == LoopKind::Parallel) {
        launches_ = outside;
        const double iterations = static_cast<double>(loop.extent);
        const double rounds = std::ceil(iterations / machine_.threads);
        result_.parallelism = machine_.threads > 1 ? iterations / rounds : 1;
        inParallel_ = result_.parallelism > 1;
        break;
      }
      outside *= static_cast<double>(loop.extent);
    }
  }

  /// Instructions run once for every value of the run-time loops down to the last one that matters to them;
  /// straight loops inside that one are replicated only where the instruction differs, those outside are
  /// separate code.
  double executionsOf(const std::vector<bool>& depends) const {
    std::ptrdiff_t last = -1;
    for (std::size_t l = 0; l < block_.loops.size(); ++l)
      if (!block_.loops[l].straight() && depends[l]) last = static_cast<std::ptrdiff_t>(l);
    double count = block_.guardFraction;
    for (std::size_t l = 0; l < block_.loops.size(); ++l) {
      const LoopFacts& loop = block_.loops[l];
      const bool outside = static_cast<std::ptrdiff_t>(l) <= last;
      if (outside || (loop.straight() && depends[l])) count *= chunks(loop);
    }
    return count;
  }

  Execution executionOf(const std::vector<bool>& depends, const std::vector<std::int64_t>& strides) const {
    Execution execution;
    execution.count = executionsOf(depends);
    for (std::size_t l = 0; l < block_.loops.size(); ++l) {
      const LoopFacts& loop = block_.loops[l];
      if (loop.lanes && depends[l]) {
        execution.perChunk = static_cast<double>(loop.extent) / chunks(loop);
        (strides[l] == 1 ? execution.vector : execution.gathered) = true;
      }
    }
    return execution;
  }

  void countArithmetic() {
    double instances = block_.guardFraction;
    double instructions = block_.guardFraction;
    for (const LoopFacts& loop : block_.loops) {
      instances *= static_cast<double>(loop.extent);
      instructions *= chunks(loop);
    }
    const OperationCounts& f = block_.floats;
    const OperationCounts& i = block_.integers;
    result_.multiplyAdds = instances * f.multiplyAdd;
    const double divisions = (f.divide + i.divide) * std::max(2.0, lanes_ / 2.0);
    const double work = f.multiplyAdd + f.addSub + f.multiply + f.compare + f.select + f.boolean + f.other +
                        i.multiplyAdd + i.addSub + i.multiply + i.compare + i.select + i.boolean + i.other +
                        f.functionWork + i.functionWork + divisions;
    const bool lazyStart = program_.block(block_.block).initialises && !block_.ownsReduction;
    instructions_ = instructions * (work + (lazyStart ? 2 : 0));
    instances_ = instructions;
    result_.vectorInstructions = instructions_;
    result_.vectorEfficiency = instances / std::max(1.0, instructions * lanes_);
    result_.copies = f.arithmetic() + i.arithmetic() == 0;
    result_.arithmetic = instructions_ / machine_.multiplyAddsPerCycle;
  }

  /// Whether a loop is straight code inside the innermost one at run time. Loops that are written out around
  /// that are code that runs again, as if they were loops.
  [[nodiscard]] bool withinBody(std::size_t l) const {
    return static_cast<std::ptrdiff_t>(l) > innermostSerial_;
  }

  /// Whether the innermost loop at run time adds to the same elements again and again.
  [[nodiscard]] bool accumulatesInLoop() const {
    return innermostSerial_ >= 0 &&
           !block_.accesses.front().depends[static_cast<std::size_t>(innermostSerial_)];
  }

  /// Steps of the reduction that are written out in the innermost body.
  [[nodiscard]] double stepsWrittenOut() const {
    double steps = 1;
    for (std::size_t l = 0; l < block_.loops.size(); ++l)
      if (block_.loops[l].reduction && withinBody(l)) steps *= chunks(block_.loops[l]);
    return steps;
  }

  /// A loop keeps its sums in registers and stores them at its end; straight code stores the sum of each
  /// step.
  [[nodiscard]] double storesOfEachStep() const {
    const bool reduces = program_.block(block_.block).combiner != Combiner::None;
    return reduces && !accumulatesInLoop() ? stepsWrittenOut() : 1;
  }

  /// Lanes that share a reduction are folded in halves at the end of every run of theirs.
  void countJoins() {
    for (std::size_t l = 0; l < block_.loops.size(); ++l) {
      const LoopFacts& loop = block_.loops[l];
      if (!loop.lanes || !loop.reduction) continue;
      joinedLoop_ = static_cast<std::ptrdiff_t>(l);
      const double folds = std::ceil(std::log2(std::min<double>(lanes_, static_cast<double>(loop.extent))));
      joins_ = instances_ / chunks(loop);
      result_.arithmetic +=
          joins_ * (2 * folds + 4) / machine_.multiplyAddsPerCycle;  // a shuffle and a combination
    }
  }

  void countAccesses() {
    for (const AccessFacts& access : block_.accesses) {
      if (access.inRegisters) continue;
      const Execution execution = executionOf(access.depends, access.strides);
      const double elements = execution.gathered ? execution.count * execution.perChunk : execution.count;
      if (access.reads) {
        if (execution.gathered) {
          result_.gathers += elements;
        } else if (execution.vector || !vectorised()) {
          result_.loads += execution.count;
        } else {
          result_.broadcasts += execution.count;
        }
      }
      if (access.writes) {
        const double stores = storesOfEachStep();
        result_.stores += stores * (execution.gathered ? elements : execution.count);
        if (execution.gathered) result_.gathers += stores * elements;
      }
    }
  }

  [[nodiscard]] bool vectorised() const {
    return std::any_of(block_.loops.begin(), block_.loops.end(),
                       [](const LoopFacts& loop) { return loop.lanes; });
  }

  /// Distinct vectors that an access holds in the straight code below the innermost run-time loop.
  double vectorsInBody(const AccessFacts& access) const {
    double vectors = 1;
    for (std::size_t l = 0; l < block_.loops.size(); ++l)
      if (withinBody(l) && access.depends[l]) vectors *= chunks(block_.loops[l]);
    return vectors;
  }

  void countRegisters() {
    const AccessFacts& output = block_.accesses.front();
    const Block& block = program_.block(block_.block);
    const bool reduces = block.combiner != Combiner::None;
    const bool invariant =
        innermostSerial_ < 0 || !output.depends[static_cast<std::size_t>(innermostSerial_)];
    result_.accumulators = reduces ? vectorsInBody(output) : 1;
    double others = 1;
    if (block_.accesses.size() > 1) {
      double widest = 0;
      for (std::size_t a = 1; a < block_.accesses.size(); ++a) {
        const bool broadcast = !executionOf(block_.accesses[a].depends, block_.accesses[a].strides).vector;
        if (!broadcast) widest = std::max(widest, std::min(vectorsInBody(block_.accesses[a]), 4.0));
      }
      others += widest;
    }
    result_.registersNeeded = (reduces && invariant ? result_.accumulators : 1) + others;
    const double spilled = result_.registersNeeded - machine_.vectorRegisters;
    if (reduces && invariant && spilled > 0) {
      // Every accumulator without a register is loaded and stored at each step of the innermost loop.
      const double share = std::min(1.0, spilled / result_.accumulators);
      result_.loads += instances_ * share;
      result_.stores += instances_ * share;
    }
    double unrolledReduction = 1;
    for (const LoopFacts& loop : block_.loops)
      if (loop.reduction && loop.straight()) unrolledReduction *= static_cast<double>(loop.extent);
    const bool reductionLoop =
        innermostSerial_ >= 0 && block_.loops[static_cast<std::size_t>(innermostSerial_)].reduction;
    if (reduces && !reductionLoop && output.inRegisters &&
        result_.accumulators * unrolledReduction > 4 * machine_.vectorRegisters) {
      // Without a loop over the reduction the scheduler sees one long stretch of code and runs out of
      // registers.
      result_.loads += instances_;
      result_.stores += instances_;
    }
    const double faster = vectorised() ? 1 : machine_.scalarFactor;
    result_.memoryIssue =
        result_.loads / (machine_.loadsPerCycle * faster) + result_.broadcasts / machine_.broadcastsPerCycle +
        result_.gathers / machine_.loadsPerCycle * 1.5 + result_.stores / (machine_.storesPerCycle * faster);
  }

  void countLatency() {
    const Block& block = program_.block(block_.block);
    if (block.combiner == Combiner::None) return;
    const AccessFacts& output = block_.accesses.front();
    const std::ptrdiff_t begin = startsInside();
    // A chain: the steps from one output, or one beginning of it, to the next.
    double chain = 1;
    double control = 0;  // loops that the steps run through
    for (std::size_t l = block_.loops.size(); l-- > 0 && static_cast<std::ptrdiff_t>(l) > begin;) {
      if (output.depends[l] && !block_.loops[l].straight()) break;
      if (output.depends[l] || static_cast<std::ptrdiff_t>(l) == joinedLoop_) continue;
      chain *= chunks(block_.loops[l]);
      if (!block_.loops[l].straight()) control = kLoopControl;
    }
    if (chain == 1) return;
    // Chains of different outputs run side by side as far as the core looks ahead.
    const double accumulators = std::max(1.0, result_.accumulators);
    const double perStep = (vectorised() ? 3 : kScalarStep) * accumulators + control;
    const double together = std::max(1.0, machine_.reorderInstructions / (perStep * chain));
    const double chainSteps = (joinedLoop_ < 0 ? instances_ : joins_) / accumulators;
    const double inMemory = output.inRegisters || result_.accumulators <= machine_.vectorRegisters ? 1 : 2;
    const bool fused = joinedLoop_ < 0 && block_.floats.multiplyAdd > 0;
    // A chain advances once per latency and, where several compete for the units, by imperfect scheduling a
    // cycle more.
    const double step =
        fused ? machine_.multiplyAddLatency + (accumulators > 1 ? 1 : 0) : machine_.addLatency;
    result_.latency = chainSteps * step * inMemory / together;
  }

  /// The loop around the block in each iteration of which the output begins anew; -1 where there is none.
  [[nodiscard]] std::ptrdiff_t startsInside() const {
    const BufferId output = block_.accesses.front().buffer;
    if (program_.buffer(output).isArgument()) return -1;
    const auto scope = allocationScope(program_, output);
    for (std::size_t l = 0; scope && l < block_.loops.size(); ++l)
      if (block_.loops[l].loop == *scope) return static_cast<std::ptrdiff_t>(l);
    return -1;
  }

  void countFrontEnd() {
    double iterations = block_.guardFraction;
    double control = 0;
    double straight = 1;
    for (std::size_t l = 0; l < block_.loops.size(); ++l) {
      const LoopFacts& loop = block_.loops[l];
      if (loop.straight()) {
        iterations *= chunks(loop);
        straight *= chunks(loop);
      } else {
        iterations *= chunks(loop);
        control += iterations * kLoopControl;
      }
    }
    const double body = instructions_ + result_.loads + result_.gathers * 2 + result_.stores +
                        (machine_.vectorRegisters >= 32 ? 0.0 : result_.broadcasts);
    // Scalar code computes an address for every access.
    const double addresses =
        vectorised() ? 0 : instances_ * 0.5 * static_cast<double>(block_.accesses.size());
    double quotients = 0;
    for (const BlockFacts::Quotient& quotient : block_.quotients)
      quotients += (quotient.shifts ? kShifts : kQuotient) * executionsOf(quotient.depends);
    const double instructionsInBody = straight * std::max(1.0, instructions_ / std::max(1.0, instances_) + 1);
    result_.codeBytes = instructionsInBody * 8;
    const double decode = result_.codeBytes > machine_.codeBytes ? 2.5 : 1.0;
    result_.frontEnd = (body * decode + addresses + quotients + control) / machine_.instructionsPerCycle;
  }

  [[nodiscard]] double setAt(std::size_t depth) const {
    return depth == 0 ? sets_.back() : sets_[block_.loops[depth - 1].loop.index];
  }

  /// Whether what the loops from `depth` inwards touch fits, the rows of this access without evicting each
  /// other.
  bool fits(const AccessFacts& access, std::size_t depth, double capacity, double wayBytes) const {
    if (setAt(depth) > capacity) return false;
    // Rows on the stack are laid so that they do not compete.
    if (wayBytes <= 0 || program_.buffer(access.buffer).memory == MemoryKind::Stack) return true;
    const double share = NestFacts::setShare(block_, access, depth, wayBytes);
    return NestFacts::footprint(program_, block_, access, depth) <= capacity * share;
  }

  /// Bytes that must come from beyond a cache of this size.
  double missedBytes(const AccessFacts& access, double capacity, double wayBytes, bool far) {
    std::size_t fits = block_.loops.size();
    while (fits > 0 && this->fits(access, fits - 1, capacity, wayBytes)) --fits;
    if (fits == 0) return 0;  // everything stays there from one run to the next
    double outer = 1;
    for (std::size_t l = 0; l + 1 < fits; ++l) outer *= chunks(block_.loops[l]);
    const double bytes = NestFacts::footprint(program_, block_, access, fits - 1) * outer;
    // The prefetchers follow long runs; short ones pay for it, most where the way is long.
    if (far) {
      const bool ahead = prefetched(access);
      noteStream(access, fits - 1, bytes, ahead);
      return ahead ? bytes
                   : bytes * (1 + std::min(kMostStarts, machine_.streamStartBytes / streamRun(access)));
    }
    const double run = NestFacts::runBytes(program_, block_, access, fits - 1);
    return bytes * (run >= 2048 ? 1.0 : run >= 512 ? 1.2 : run >= 128 ? 1.4 : 1.8);
  }

  /// Requests for it are spread over all the work: the way from memory is never idle and never late.
  [[nodiscard]] bool prefetched(const AccessFacts& access) const {
    if (!access.reads) return false;
    for (std::size_t l = 0; l < block_.loops.size(); ++l)
      for (const Prefetch& prefetch : program_.loop(block_.loops[l].loop).prefetches)
        if (prefetch.buffer == access.buffer)
          if (const auto plan = planPrefetch(program_, block_.loops[l].loop, prefetch))
            return isSensible(*plan);
    return false;
  }

  /// Bytes that the nest reads one after the other, in the order of time, before it jumps.
  double streamRun(const AccessFacts& access) const {
    double run = access.bytesPerElement;
    for (std::size_t l = block_.loops.size(); l-- > 0;) {
      if (!access.depends[l] || block_.loops[l].extent == 1) continue;
      if (static_cast<double>(std::abs(access.strides[l])) * access.bytesPerElement != run) break;
      run *= static_cast<double>(block_.loops[l].extent);
    }
    return run;
  }

  /// An element that is written back, or broadcast, while its line was evicted by its own neighbours waits
  /// for the next cache; vectors that are only read come early enough.
  double conflictStall(const AccessFacts& access, double missed, double capacity, double wayBytes) const {
    bool acrossLanes = false;
    for (std::size_t l = 0; l < block_.loops.size(); ++l)
      acrossLanes = acrossLanes || (block_.loops[l].lanes && access.depends[l]);
    if (acrossLanes ? !access.writes : !vectorised()) return 0;
    if (wayBytes <= 0 || missed == 0) return 0;
    std::size_t bySize = block_.loops.size();
    while (bySize > 0 && setAt(bySize - 1) <= capacity) --bySize;
    if (bySize == 0 || fits(access, bySize, capacity, wayBytes)) return 0;
    return missed / 64 * machine_.conflictCycles * machine_.cycleSeconds / result_.parallelism;
  }

  /// A stream from far away overlaps with the arithmetic that runs while it is read for the first time, and
  /// as far as the core looks ahead. While the same piece is read again from a cache, the way from memory
  /// stands idle; and more streams than the prefetchers follow arrive late.
  void noteStream(const AccessFacts& access, std::size_t from, double bytes, bool ahead) {
    if (bytes <= streamBytes_) return;
    streamBytes_ = bytes;
    overlap_ = 1;
    if (ahead) return;
    double again = 1;
    double pass = 0;  // instructions between two readings of one piece
    for (std::size_t l = from; l < block_.loops.size(); ++l) {
      if (withinBody(l) || access.depends[l] || block_.loops[l].extent == 1) continue;
      bool readsInside = false;
      for (std::size_t inner = l + 1; inner < block_.loops.size(); ++inner)
        readsInside = readsInside || (!withinBody(inner) && access.depends[inner]);
      if (!readsInside) continue;
      again *= static_cast<double>(block_.loops[l].extent);
      if (pass > 0) continue;
      pass = 1.6;  // loads and control beside each arithmetic instruction
      for (std::size_t inner = l + 1; inner < block_.loops.size(); ++inner)
        pass *= chunks(block_.loops[inner]);
    }
    overlap_ =
        again > 1 ? std::clamp(std::max(1 / again, machine_.reorderInstructions / pass), 0.0, 1.0) : 1.0;
    double streams = 0;
    for (const AccessFacts& other : block_.accesses)
      if (!other.inRegisters)
        streams += NestFacts::elements(program_, block_, other, from + 1) * other.bytesPerElement /
                   NestFacts::runBytes(program_, block_, other, from + 1);
    overlap_ *= std::min(1.0, machine_.prefetchStreams / std::max(1.0, streams));
  }

  void countTraffic() {
    result_.traffic.assign(machine_.levels.size(), 0);
    result_.trafficBytes.assign(machine_.levels.size(), 0);
    for (std::size_t level = 1; level < machine_.levels.size(); ++level) {
      const auto& inner = machine_.levels[level - 1];
      double capacity = inner.bytes * (inner.shared ? kKeptShared : kKept);
      if (inner.shared && inParallel_) capacity /= result_.parallelism;
      for (const AccessFacts& access : block_.accesses) {
        if (access.inRegisters) continue;
        const double bytes =
            missedBytes(access, capacity, inner.wayBytes, level + 1 == machine_.levels.size());
        // A line that is written is read first, unless it goes around the caches.
        const bool readFirst = access.writes && !program_.block(block_.block).streams;
        result_.trafficBytes[level] += bytes * (readFirst ? 2 : 1);
        if (level == 1) stall_ += conflictStall(access, bytes, capacity, inner.wayBytes);
      }
      const auto& from = machine_.levels[level];
      const double bandwidth = inParallel_ ? from.bytesPerSecondAll : from.bytesPerSecondOne;
      result_.traffic[level] = result_.trafficBytes[level] / bandwidth;
    }
  }

  void join() {
    const double core = machine_.cycleSeconds / result_.parallelism;
    result_.arithmetic *= core;
    result_.memoryIssue *= core;
    result_.latency *= core;
    result_.frontEnd *= core;
    result_.launch = launches_ * (machine_.threads > 1 ? machine_.parallelLaunchSeconds : 0);
    // Parts overlap the better the more they differ: two equal ones take a fifth longer than one.
    constexpr double kNorm = 4;
    double sum = 0;
    for (const double part : {result_.arithmetic, result_.memoryIssue, result_.latency, result_.frontEnd})
      sum += std::pow(part, kNorm);
    for (std::size_t level = 0; level + 1 < result_.traffic.size(); ++level)
      sum += std::pow(result_.traffic[level], kNorm);
    const double near = std::pow(sum, 1 / kNorm);
    constexpr double kNotOverlapped = 0.18;
    const double far = result_.traffic.empty() ? 0 : result_.traffic.back();
    const double alone = std::max(kNotOverlapped, 1 - overlap_);
    result_.seconds = std::max(near, far) + alone * std::min(near, far) + stall_ + result_.launch;
  }

  const Program& program_;
  const BlockFacts& block_;
  const std::vector<double>& sets_;
  const MachineModel& machine_;
  BlockEstimate result_;
  int lanes_ = 1;
  std::ptrdiff_t innermostSerial_ = -1;
  std::ptrdiff_t joinedLoop_ = -1;  ///< whose lanes share a reduction
  double joins_ = 0;                ///< times that they are folded
  bool inParallel_ = false;
  double stall_ = 0;        ///< seconds that nothing overlaps
  double streamBytes_ = 0;  ///< of the largest stream from main memory
  double overlap_ = 1;      ///< share of that stream's time that arithmetic fills
  double launches_ = 0;
  double instances_ = 1;     ///< block instances as instructions: a vector of lanes counts once
  double instructions_ = 1;  ///< arithmetic instructions
};

}  // namespace

Estimate estimate(const Program& program, const MachineModel& machine) {
  return estimate(program, nestFacts(program), machine);
}

Estimate estimate(const Program& program, const NestFacts& facts, const MachineModel& machine) {
  const std::vector<double> sets = workingSets(program, facts);
  Estimate result;
  for (const BlockFacts& block : facts.blocks) {
    result.blocks.push_back(BlockEstimator(program, block, sets, machine).run());
    result.seconds += result.blocks.back().seconds;
  }
  explain(program, machine, result);
  return result;
}

}  // namespace espalier
