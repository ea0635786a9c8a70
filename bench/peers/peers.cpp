// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "peers/peers.h"

#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>

#include <unistd.h>

#include "codegen/target.h"

namespace espalier::bench {
namespace {

constexpr const char* kCoreType = "OPENBLAS_CORETYPE";
constexpr const char* kWideCore = "SkylakeX";  ///< what OpenBLAS calls its AVX-512 kernels

constexpr std::array<std::pair<std::string_view, LayerForm>, 25> kForms{{
    {"deepseek_r1_moe", LayerForm::Projection},
    {"llama3_8b_attention", LayerForm::Projection},
    {"llama3_8b_kv_projection", LayerForm::Projection},
    {"llama3_8b_down_projection", LayerForm::Projection},
    {"matmul_512", LayerForm::Matmul},
    {"matmul_1024", LayerForm::Matmul},
    {"matmul_2048", LayerForm::Matmul},
    {"matmul_127x251x509", LayerForm::Matmul},
    {"matmul_1000x1000x1001", LayerForm::Matmul},
    {"matmul_small", LayerForm::Matmul},
    {"batch_matmul_64", LayerForm::BatchMatmul},
    {"matvec_4096", LayerForm::Matvec},
    {"flux_conv", LayerForm::Convolution},
    {"conv_small", LayerForm::Convolution},
    {"depthwise_conv", LayerForm::DepthwiseConvolution},
    {"group_conv", LayerForm::GroupConvolution},
    {"softmax_4096", LayerForm::Softmax},
    {"softmax_small", LayerForm::Softmax},
    {"layer_norm", LayerForm::LayerNorm},
    {"llama4_scout_mlp", LayerForm::GatedMlp},
    {"llama3_8b_mlp", LayerForm::GatedMlp},
    {"mlp_small", LayerForm::GatedMlp},
    {"flux_attention_core", LayerForm::Attention},
    {"llama3_8b_attention_core", LayerForm::GroupedAttention},
    {"llama3_8b_residual", LayerForm::Sum},
}};

}  // namespace

std::optional<LayerForm> formOf(std::string_view layerName) {
  for (const auto& [name, form] : kForms)
    if (name == layerName) return form;
  if (layerName == "attention_small") return LayerForm::Attention;
  if (layerName == "llama3_8b_attention_core_16") return LayerForm::GroupedAttention;
  return std::nullopt;
}

std::vector<Contender> peersOf([[maybe_unused]] LayerForm form, [[maybe_unused]] const Workload& workload,
                               [[maybe_unused]] const LayerTensors& tensors, [[maybe_unused]] int threads) {
  std::vector<Contender> peers;
  [[maybe_unused]] const auto add = [&](std::vector<Contender> more) {
    peers.insert(peers.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
#ifdef ESPALIER_ONEDNN
  add(oneDnnContenders(form, workload, tensors, threads));
#endif
#ifdef ESPALIER_OPENBLAS
  add(openBlasContenders(form, workload, tensors, threads));
#endif
  return peers;
}

std::string librariesInWords() {
  std::string words;
#ifdef ESPALIER_ONEDNN
  words += oneDnnInWords();
#endif
#ifdef ESPALIER_OPENBLAS
  words += (words.empty() ? "" : "; ") + openBlasInWords();
#endif
  return words.empty() ? "none (libdnnl-dev and libopenblas-dev were not there when this was built)" : words;
}

void pinCoreType([[maybe_unused]] char** argv) {
#ifdef ESPALIER_OPENBLAS
  const std::string core = openBlasCore();
  const bool wide = core == "SkylakeX" || core == "Cooperlake" || core == "Sapphirerapids" || core == "Zen4";
  const char* pinned = std::getenv(kCoreType);
  if (wide || hostTarget().vectorBits < 512 || (pinned != nullptr && std::string_view(pinned) == kWideCore))
    return;
  ::setenv(kCoreType, kWideCore, 1);
  ::execv("/proc/self/exe", argv);
#endif
}

}  // namespace espalier::bench
