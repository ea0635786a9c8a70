// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/factors.h"

#include <algorithm>

#include "transform/arguments.h"

namespace espalier {
namespace {

constexpr std::size_t kMostFactors = 6;
/// A split may cover at most this many times the extent: the rest of the iterations would do nothing.
constexpr std::int64_t kMostWaste = 4;

}  // namespace

Outcome<std::vector<std::int64_t>> factorsArgument(const Program& program, const Step& step, LoopId id) {
  Outcome<std::vector<std::int64_t>> factors = integersArgument(step, "factors");
  if (!factors) return factors;
  const Loop& loop = program.loop(id);
  const std::string extent = std::to_string(loop.extent);
  if (factors->size() < 2 || factors->size() > kMostFactors)
    return refuse("wrong-factors", about(step) + "it needs 2 to 6 factors, outermost first.",
                  "For two levels of " + loop.name + " (extent " + extent +
                      ") write factors=[0, 16]; 0 is what is left over.");
  if (std::any_of(factors->begin(), factors->end(),
                  [](auto factor) { return factor < 0 || factor > (1LL << 31); }) ||
      std::count(factors->begin(), factors->end(), 0) > 1)
    return refuse("wrong-factors",
                  about(step) + "factors are positive, and one of them may be 0 (what is left over).");
  std::int64_t product = 1;
  for (const std::int64_t factor : *factors) {
    if (factor != 0) product *= factor;
    if (product > kMostWaste * std::max<std::int64_t>(loop.extent, 1))
      return refuse("wasteful-factors",
                    about(step) + "the factors cover more than " + std::to_string(kMostWaste) +
                        " times the extent " + extent + " of loop " + loop.name + ".",
                    "Take factors whose product is " + extent + " or a little more.");
  }
  const auto open = std::find(factors->begin(), factors->end(), 0);
  if (open != factors->end()) {
    *open = std::max<std::int64_t>(1, (loop.extent + product - 1) / product);
    product *= *open;
  }
  if (product < loop.extent)
    return refuse("too-few-iterations",
                  about(step) + "the factors cover " + std::to_string(product) + " of the " + extent +
                      " iterations of loop " + loop.name + ".",
                  "Raise a factor, or write 0 for the outermost one.");
  if (product > kMostWaste * loop.extent)
    return refuse("wasteful-factors",
                  about(step) + "the factors cover " + std::to_string(product) + " iterations, and loop " +
                      loop.name + " has " + extent + ".",
                  "Take factors whose product is " + extent + " or a little more.");
  return factors;
}

Outcome<LoopId> serialLoop(const Program& program, const Step& step, LoopId id) {
  const Loop& loop = program.loop(id);
  std::string kind;
  if (!loop.prefetches.empty())
    return refuse("marked-loop",
                  about(step) + "loop " + loop.name + " already prefetches " +
                      program.buffer(loop.prefetches.front().buffer).name + ".",
                  "Shape loops before they prefetch, or take another loop.");
  switch (loop.kind) {
    case LoopKind::Serial: return id;
    case LoopKind::Parallel: kind = "parallel"; break;
    case LoopKind::Vectorized: kind = "vectorised"; break;
    case LoopKind::Unrolled: kind = "unrolled"; break;
  }
  return refuse("marked-loop", about(step) + "loop " + loop.name + " is already " + kind + ".",
                "Shape loops before marking them, or take another loop.");
}

}  // namespace espalier
