// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/drawing.h"

#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"

namespace espalier {
namespace {

constexpr int kDraws = 32;

std::int64_t ceilDivide(std::int64_t value, std::int64_t divisor) { return (value + divisor - 1) / divisor; }

std::vector<std::int64_t> primesOf(std::int64_t value) {
  std::vector<std::int64_t> primes;
  for (std::int64_t prime = 2; prime * prime <= value; ++prime)
    for (; value % prime == 0; value /= prime) primes.push_back(prime);
  if (value > 1) primes.push_back(value);
  return primes;
}

/// At most `limit` entries, evenly spread over the list.
std::vector<Step> spread(const std::vector<Step>& steps, std::size_t limit) {
  if (steps.size() <= limit) return steps;
  std::vector<Step> some;
  for (std::size_t i = 0; i < limit; ++i) some.push_back(steps[i * steps.size() / limit]);
  return some;
}

}  // namespace

bool has(const Step& step, std::initializer_list<std::string_view> arguments) {
  return std::all_of(arguments.begin(), arguments.end(),
                     [&](auto name) { return step.find(name) != nullptr; });
}

Outcome<Step> drawLegal(const Program& program, const Step& partial, Random& random, ApplyFunction apply,
                        const std::function<std::optional<Step>(const Step&, Random&)>& draw) {
  std::optional<Refusal> last;
  for (int i = 0; i < kDraws; ++i) {
    std::optional<Step> step = draw(partial, random);
    if (!step) break;
    const Outcome<Program> outcome = apply(program, *step);
    if (outcome) return *std::move(step);
    last = outcome.error();
  }
  if (last) return tl::unexpected(*std::move(last));
  return refuse("nothing-legal", about(partial) + "nothing in this program fits it.",
                "Choose another transformation.");
}

Outcome<Step> drawPlace(const Program& program, const Step& partial, Random& random, ApplyFunction apply,
                        std::vector<Step> (*candidatesOf)(const Program& program)) {
  std::vector<Step> candidates;
  const bool complete = has(partial, {"block", "loop"});
  if (!complete) candidates = candidatesOf(program);
  for (const std::string_view argument : {"block", "loop"})
    if (const auto name = partial.text(argument))
      std::erase_if(candidates, [&](const Step& step) { return step.text(argument) != name; });
  return drawLegal(program, partial, random, apply,
                   [&](const Step& given, Random& source) -> std::optional<Step> {
                     if (complete) return given;
                     if (candidates.empty()) return std::nullopt;
                     return source.pick(candidates);
                   });
}

std::vector<Step> legalAmong(const Program& program, ApplyFunction apply, const std::vector<Step>& candidates,
                             std::size_t limit) {
  // A long list is thinned before the costly question is asked.
  const std::vector<Step> tried = spread(candidates, limit * 4);
  std::vector<Step> legal;
  for (const Step& step : tried)
    if (apply(program, step)) legal.push_back(step);
  return spread(legal, limit);
}

std::vector<std::int64_t> drawPerfectTiles(std::int64_t extent, std::size_t count,
                                           std::int64_t largestInnermost, Random& random) {
  std::vector<std::int64_t> factors(count, 1);
  std::vector<std::int64_t> primes = primesOf(extent);
  random.shuffle(primes);
  for (const std::int64_t prime : primes) {
    std::size_t place = random.below(count);
    if (place + 1 == count && factors[place] * prime > largestInnermost) place = random.below(count - 1);
    factors[place] *= prime;
  }
  return factors;
}

std::vector<std::int64_t> drawTiles(std::int64_t extent, std::size_t count, Random& random) {
  if (extent == 1 || random.chance(0.6)) return drawPerfectTiles(extent, count, extent, random);
  std::vector<std::int64_t> factors(count, 1);
  std::int64_t rest = extent;
  for (std::size_t i = count; --i > 0;) {
    std::int64_t factor = std::int64_t{1} << random.below(7);
    if (random.chance(0.25)) factor = random.between(1, 14);
    factors[i] = std::min(factor, rest);
    rest = ceilDivide(rest, factors[i]);
  }
  factors.front() = rest;
  return factors;
}

std::optional<std::string> drawBlock(const Program& program, const Step& step, Random& random) {
  if (const auto name = step.text("block")) return name;
  const std::vector<BlockId> blocks = blocksOf(program);
  if (blocks.empty()) return std::nullopt;
  return program.block(random.pick(blocks)).name;
}

std::optional<std::string> drawLoop(const Program& program, std::optional<BlockId> block, Random& random,
                                    const std::function<bool(LoopId)>& fits) {
  std::vector<LoopId> loops = block ? loopsAround(program, *block) : loopsOf(program);
  std::erase_if(loops, [&](LoopId loop) { return !fits(loop); });
  if (loops.empty()) return std::nullopt;
  return program.loop(random.pick(loops)).name;
}

}  // namespace espalier
