// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "peers/contender.h"
#include "peers/layer_tensors.h"
#include "workload/workload.h"

namespace espalier::bench {

/// What a layer computes, whatever its sizes. Tensors and size symbols are called as in the named layers.
enum class LayerForm {
  Projection,
  Matmul,
  BatchMatmul,
  Matvec,
  Convolution,
  DepthwiseConvolution,
  GroupConvolution,
  Softmax,
  LayerNorm,
  GatedMlp,
  Attention,
  GroupedAttention,
  Sum,
};

/// Nothing for layers that no library has a function for.
[[nodiscard]] std::optional<LayerForm> formOf(std::string_view layerName);

/// What the libraries in this build offer for a layer; `tensors` outlive it.
[[nodiscard]] std::vector<Contender> peersOf(LayerForm form, const Workload& workload,
                                             const LayerTensors& tensors, int threads);

/// One line: which libraries, in which version, built for which core.
[[nodiscard]] std::string librariesInWords();

/// Debian's OpenBLAS takes Zen 5 for a Haswell and then runs at half speed. Starts this program anew with the
/// core type pinned where the machine has AVX-512 and the library, or the environment, chose a narrower core.
void pinCoreType(char** argv);

// One file each; only those that were found at configuration are linked.
[[nodiscard]] std::vector<Contender> oneDnnContenders(LayerForm form, const Workload& workload,
                                                      const LayerTensors& tensors, int threads);
[[nodiscard]] std::string oneDnnInWords();
[[nodiscard]] std::vector<Contender> openBlasContenders(LayerForm form, const Workload& workload,
                                                        const LayerTensors& tensors, int threads);
[[nodiscard]] std::string openBlasInWords();
/// The core type that OpenBLAS chose.
[[nodiscard]] std::string openBlasCore();

}  // namespace espalier::bench
