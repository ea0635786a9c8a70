// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "peers/streaming.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "measure/guarded_memory.h"
#include "measure/parallel_runtime.h"

namespace espalier::bench {
namespace {

/// Outputs from this size on go around the caches.
constexpr std::int64_t kPassesThrough = 16 << 20;
constexpr std::int64_t kStep = 32;  ///< floats that are handled together

struct Streams {
  std::vector<const float*> inputs;
  std::vector<std::int64_t> inputSizes;  ///< floats, whole steps
  std::optional<GuardedMemory> written;
  std::int64_t outputSize = 0;
  std::int64_t threads = 1;
  std::vector<float> sums;  ///< a cache line for each thread
};

float sumOf(const float* from, std::int64_t elements) {
#if defined(__x86_64__)
  __m128 sums[8];
  for (__m128& sum : sums) sum = _mm_setzero_ps();
  for (std::int64_t i = 0; i < elements; i += kStep)
    for (int k = 0; k < 8; ++k) sums[k] = _mm_add_ps(sums[k], _mm_loadu_ps(from + i + 4 * k));
  for (int k = 1; k < 8; ++k) sums[0] = _mm_add_ps(sums[0], sums[k]);
  return _mm_cvtss_f32(sums[0]);
#else
  float sum = 0;
  for (std::int64_t i = 0; i < elements; ++i) sum += from[i];
  return sum;
#endif
}

void fill(float* to, std::int64_t elements, [[maybe_unused]] bool around) {
#if defined(__x86_64__)
  const __m128 value = _mm_set1_ps(1);
  if (around) {
    for (std::int64_t i = 0; i < elements; i += 4) _mm_stream_ps(to + i, value);
    _mm_sfence();
    return;
  }
#endif
  std::fill(to, to + elements, 1.0F);
}

/// A thread's share: pieces of all tensors in turns, so that reading and writing overlap.
void shareOf(std::int64_t begin, std::int64_t end, std::int64_t thread, void* context) {
  auto& streams = *static_cast<Streams*>(context);
  constexpr std::int64_t kPieces = 256;
  const auto part = [&](std::int64_t size, std::int64_t piece) {
    const std::int64_t steps = size / kStep;
    const std::int64_t first = steps * begin / streams.threads;
    const std::int64_t length = steps * end / streams.threads - first;
    return kStep * (first + length * piece / kPieces);
  };
  float sum = 0;
  for (std::int64_t piece = 0; piece < kPieces; ++piece) {
    for (std::size_t i = 0; i < streams.inputs.size(); ++i) {
      const std::int64_t from = part(streams.inputSizes[i], piece);
      sum += sumOf(streams.inputs[i] + from, part(streams.inputSizes[i], piece + 1) - from);
    }
    const std::int64_t from = part(streams.outputSize, piece);
    fill(static_cast<float*>(streams.written->data()) + from, part(streams.outputSize, piece + 1) - from,
         4 * streams.outputSize >= kPassesThrough);
  }
  streams.sums[static_cast<std::size_t>(16 * thread)] = sum;
}

}  // namespace

Contender streamingContender(const LayerTensors& tensors, int threads) {
  auto streams = std::make_shared<Streams>();
  streams->threads = threads;
  streams->sums.resize(static_cast<std::size_t>(16 * threads));
  for (const KernelArgument& argument : tensors.arguments()) {
    if (argument.access != Access::Read) continue;
    streams->inputs.push_back(tensors.input(argument.name));
    streams->inputSizes.push_back(argument.elements() / kStep * kStep);
  }
  streams->outputSize = tensors.written().elements() / kStep * kStep;
  streams->written =
      GuardedMemory::allocate("the streamed output", static_cast<std::size_t>(tensors.written().bytes()));
  Contender contender;
  contender.library = "memory";
  contender.name = "read and written once";
  if (streams->written)
    contender.run = [streams] {
      espalier_parallel_for(streams->threads, streams->threads, shareOf, streams.get());
    };
  return contender;
}

}  // namespace espalier::bench
