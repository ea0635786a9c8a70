// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "workload/near_names.h"
#include "workload/workload.h"

namespace espalier {
namespace {

using Sizes = std::map<std::string, std::int64_t>;

/// `body` with its kernel called `name`.
std::string kernelText(const std::string& name, const std::string& body) { return "def " + name + body; }

// Bodies are shared by layers of the same kind.
constexpr const char* kProjection = R"((float(N, T, K) A, float(K, J) B) -> (C) {
  C(b, t, j) +=! A(b, t, k) * B(k, j)
}
)";
constexpr const char* kMatmul = R"((float(M, K) A, float(K, N) B) -> (C) {
  C(m, n) +=! A(m, k) * B(k, n)
}
)";
constexpr const char* kBatchMatmul = R"((float(N, M, K) A, float(N, K, J) B) -> (C) {
  C(b, m, n) +=! A(b, m, k) * B(b, k, n)
}
)";
constexpr const char* kMatvec = R"((float(M, K) A, float(K) X) -> (Y) {
  Y(m) +=! A(m, k) * X(k)
}
)";
constexpr const char* kConvolution = R"((float(N, C, H, W) I, float(F, C, KH, KW) K) -> (O) {
  O(n, f, h, w) +=! I(n, c, h + kh, w + kw) * K(f, c, kh, kw)
}
)";
constexpr const char* kDepthwise = R"((float(N, C, H, W) I, float(C, KH, KW) K) -> (O) {
  O(n, c, h, w) +=! I(n, c, h + kh, w + kw) * K(c, kh, kw)
}
)";
constexpr const char* kGroupConvolution = R"((float(N, G, C, H, W) I, float(G, F, C, KH, KW) K) -> (O) {
  O(n, g, f, h, w) +=! I(n, g, c, h + kh, w + kw) * K(g, f, c, kh, kw)
}
)";
constexpr const char* kSoftmax = R"((float(M, N) X) -> (Y) {
  Top(m) max=! X(m, n)
  E(m, n) = exp(X(m, n) - Top(m))
  Sum(m) +=! E(m, n)
  Y(m, n) = E(m, n) / Sum(m)
}
)";
constexpr const char* kLayerNorm = R"((float(M, N) X, float(N) Scale, float(N) Shift) -> (Y) {
  Sum(m) +=! X(m, n)
  Centered(m, n) = X(m, n) - Sum(m) / N
  Squares(m) +=! Centered(m, n) * Centered(m, n)
  Y(m, n) = Centered(m, n) * rsqrt(Squares(m) / N + 1e-5) * Scale(n) + Shift(n)
}
)";
constexpr const char* kRmsNorm = R"((float(M, N) X, float(N) Scale) -> (Y) {
  Squares(m) +=! X(m, n) * X(m, n)
  Y(m, n) = X(m, n) * rsqrt(Squares(m) / N + 1e-5) * Scale(n)
}
)";
// Both projections of a gated MLP and the SiLU product: what the down projection reads.
constexpr const char* kGatedMlp = R"((float(T, D) X, float(D, F) WG, float(D, F) WU) -> (H) {
  Gate(t, f) +=! X(t, d) * WG(d, f)
  Up(t, f) +=! X(t, d) * WU(d, f)
  H(t, f) = Gate(t, f) * sigmoid(Gate(t, f)) * Up(t, f)
}
)";
// Softmax of the scaled scores; the row sum divides at the end. Scaling stands in the exponent: it is
// positive, so the row maximum stays where it is.
constexpr const char* kAttention = R"((float(H, M, D) Q, float(H, N, D) K, float(H, N, D) V) -> (O) {
  S(h, m, n) +=! Q(h, m, d) * K(h, n, d)
  Top(h, m) max=! S(h, m, n)
  P(h, m, n) = exp((S(h, m, n) - Top(h, m)) * rsqrt(D))
  Sum(h, m) +=! P(h, m, n)
  PV(h, m, d) +=! P(h, m, n) * V(h, n, d)
  O(h, m, d) = PV(h, m, d) / Sum(h, m)
}
)";
// The same with G query heads that share a key-value head.
constexpr const char* kGroupedAttention =
    R"((float(H, G, M, D) Q, float(H, N, D) K, float(H, N, D) V) -> (O) {
  S(h, g, m, n) +=! Q(h, g, m, d) * K(h, n, d)
  Top(h, g, m) max=! S(h, g, m, n)
  P(h, g, m, n) = exp((S(h, g, m, n) - Top(h, g, m)) * rsqrt(D))
  Sum(h, g, m) +=! P(h, g, m, n)
  PV(h, g, m, d) +=! P(h, g, m, n) * V(h, n, d)
  O(h, g, m, d) = PV(h, g, m, d) / Sum(h, g, m)
}
)";
// Rotates pairs of features: (x0, x1) becomes (x0·cos − x1·sin, x1·cos + x0·sin).
constexpr const char* kRotary = R"((float(T, H, D, C) X, float(T, D) Cosine, float(T, D) Sine) -> (Y) {
  Y(t, h, d, c) = X(t, h, d, c) * Cosine(t, d) + (c == 0 ? -1.0 : 1.0) * X(t, h, d, 1 - c) * Sine(t, d)
}
)";
constexpr const char* kAdd = R"((float(M, N) A, float(M, N) B) -> (C) {
  C(m, n) = A(m, n) + B(m, n)
}
)";

NamedLayer layer(std::string name, std::string title, const char* body, Sizes sizes,
                 std::vector<std::string> constants = {}) {
  std::string text = kernelText(name, body);
  return {std::move(name), std::move(title), std::move(text), std::move(sizes), std::move(constants), false};
}
NamedLayer small(NamedLayer layer) {
  layer.small = true;
  return layer;
}

std::vector<NamedLayer> makeLayers() {
  return {
      layer("deepseek_r1_moe", "DeepSeek-R1 MoE expert projection: A(1,16,7168) x B(7168,2048)", kProjection,
            {{"N", 1}, {"T", 16}, {"K", 7168}, {"J", 2048}}, {"B"}),
      layer("llama3_8b_attention", "Llama-3-8B attention projection: A(1,16,4096) x B(4096,4096)",
            kProjection, {{"N", 1}, {"T", 16}, {"K", 4096}, {"J", 4096}}, {"B"}),
      layer("llama3_8b_attention_core",
            "Llama-3-8B attention core with softmax: 32 query heads in 8 groups of 4 that share a key-value "
            "head, "
            "head size 128, 512 queries, 512 keys: Q(8,4,512,128), K and V(8,512,128)",
            kGroupedAttention, {{"H", 8}, {"G", 4}, {"M", 512}, {"N", 512}, {"D", 128}}),
      layer("flux_attention_core",
            "FLUX attention core with softmax: 24 heads, head size 128, 512 queries, 512 keys: Q, K and "
            "V(24,512,128)",
            kAttention, {{"H", 24}, {"M", 512}, {"N", 512}, {"D", 128}}),
      layer(
          "flux_conv",
          "FLUX 3x3 convolution: input with halo (1,128,66,66), weights (128,128,3,3), output (1,128,64,64)",
          kConvolution, {{"N", 1}, {"C", 128}, {"H", 66}, {"W", 66}, {"F", 128}, {"KH", 3}, {"KW", 3}},
          {"K"}),
      layer(
          "llama4_scout_mlp",
          "Llama-4-Scout gated MLP, 16 tokens: H = SiLU(X x WG) * (X x WU), X(16,5120), WG and WU(5120,8192)",
          kGatedMlp, {{"T", 16}, {"D", 5120}, {"F", 8192}}, {"WG", "WU"}),

      layer("matmul_512", "Square matmul: A(512,512) x B(512,512)", kMatmul,
            {{"M", 512}, {"N", 512}, {"K", 512}}, {"B"}),
      layer("matmul_1024", "Square matmul: A(1024,1024) x B(1024,1024)", kMatmul,
            {{"M", 1024}, {"N", 1024}, {"K", 1024}}, {"B"}),
      layer("matmul_2048", "Square matmul: A(2048,2048) x B(2048,2048)", kMatmul,
            {{"M", 2048}, {"N", 2048}, {"K", 2048}}, {"B"}),
      layer("matmul_127x251x509", "Matmul with prime extents: A(127,509) x B(509,251)", kMatmul,
            {{"M", 127}, {"N", 251}, {"K", 509}}, {"B"}),
      layer("matmul_1000x1000x1001", "Odd matmul: A(1000,1001) x B(1001,1000)", kMatmul,
            {{"M", 1000}, {"N", 1000}, {"K", 1001}}, {"B"}),
      layer("batch_matmul_64", "64 small matmuls: A(64,64,64) x B(64,64,64)", kBatchMatmul,
            {{"N", 64}, {"M", 64}, {"K", 64}, {"J", 64}}),
      layer("matvec_4096", "Matrix times vector: A(4096,4096) x X(4096)", kMatvec, {{"M", 4096}, {"K", 4096}},
            {"A"}),
      layer("softmax_4096", "Softmax over rows: X(4096,4096)", kSoftmax, {{"M", 4096}, {"N", 4096}}),
      layer("layer_norm", "Layer norm over rows with scale and shift: X(2048,4096)", kLayerNorm,
            {{"M", 2048}, {"N", 4096}}, {"Scale", "Shift"}),
      layer("depthwise_conv",
            "Depthwise 3x3 convolution: input with halo (1,256,58,58), output (1,256,56,56)", kDepthwise,
            {{"N", 1}, {"C", 256}, {"H", 58}, {"W", 58}, {"KH", 3}, {"KW", 3}}, {"K"}),
      layer("group_conv",
            "Group 3x3 convolution: 8 groups, 32 to 32 channels each, input with halo (1,8,32,58,58), output "
            "(1,8,32,56,56)",
            kGroupConvolution,
            {{"N", 1}, {"G", 8}, {"C", 32}, {"F", 32}, {"H", 58}, {"W", 58}, {"KH", 3}, {"KW", 3}}, {"K"}),

      layer("llama3_8b_rms_norm", "Llama-3-8B RMS norm, 16 tokens: X(16,4096)", kRmsNorm,
            {{"M", 16}, {"N", 4096}}, {"Scale"}),
      layer("llama3_8b_kv_projection",
            "Llama-3-8B key or value projection, 16 tokens: A(1,16,4096) x B(4096,1024)", kProjection,
            {{"N", 1}, {"T", 16}, {"K", 4096}, {"J", 1024}}, {"B"}),
      layer("llama3_8b_rotary_q", "Llama-3-8B rotary embedding of 32 query heads, 16 tokens: X(16,32,64,2)",
            kRotary, {{"T", 16}, {"H", 32}, {"D", 64}, {"C", 2}}),
      layer("llama3_8b_rotary_k", "Llama-3-8B rotary embedding of 8 key heads, 16 tokens: X(16,8,64,2)",
            kRotary, {{"T", 16}, {"H", 8}, {"D", 64}, {"C", 2}}),
      layer("llama3_8b_attention_core_16",
            "Llama-3-8B attention core with softmax, 16 queries against 512 keys: Q(8,4,16,128), K and "
            "V(8,512,128)",
            kGroupedAttention, {{"H", 8}, {"G", 4}, {"M", 16}, {"N", 512}, {"D", 128}}),
      layer("llama3_8b_mlp", "Llama-3-8B gated MLP, 16 tokens: X(16,4096), WG and WU(4096,14336)", kGatedMlp,
            {{"T", 16}, {"D", 4096}, {"F", 14336}}, {"WG", "WU"}),
      layer("llama3_8b_down_projection",
            "Llama-3-8B down projection, 16 tokens: A(1,16,14336) x B(14336,4096)", kProjection,
            {{"N", 1}, {"T", 16}, {"K", 14336}, {"J", 4096}}, {"B"}),
      layer("llama3_8b_residual", "Llama-3-8B residual sum, 16 tokens: A and B(16,4096)", kAdd,
            {{"M", 16}, {"N", 4096}}),

      small(layer("matmul_small", "Small matmul: A(128,128) x B(128,128)", kMatmul,
                  {{"M", 128}, {"N", 128}, {"K", 128}}, {"B"})),
      small(layer("conv_small", "Small 3x3 convolution: input with halo (1,16,18,18), weights (16,16,3,3)",
                  kConvolution, {{"N", 1}, {"C", 16}, {"H", 18}, {"W", 18}, {"F", 16}, {"KH", 3}, {"KW", 3}},
                  {"K"})),
      small(layer("softmax_small", "Small softmax over rows: X(64,256)", kSoftmax, {{"M", 64}, {"N", 256}})),
      small(layer("mlp_small", "Small gated MLP: X(8,128), WG and WU(128,256)", kGatedMlp,
                  {{"T", 8}, {"D", 128}, {"F", 256}}, {"WG", "WU"})),
      small(layer("attention_small", "Small attention core: 2 heads, head size 32, 64 queries, 64 keys",
                  kAttention, {{"H", 2}, {"M", 64}, {"N", 64}, {"D", 32}})),
  };
}

const std::vector<NamedLayer>& layers() {
  static const std::vector<NamedLayer> all = makeLayers();
  return all;
}

const std::vector<LayerList>& lists() {
  static const std::vector<LayerList> all{
      {"llama3_8b_decoder",
       "One Llama-3-8B decoder layer: 16 new tokens against 512 keys",
       {{"llama3_8b_rms_norm", 2},
        {"llama3_8b_attention", 2},  // query and output projections
        {"llama3_8b_kv_projection", 2},
        {"llama3_8b_rotary_q", 1},
        {"llama3_8b_rotary_k", 1},
        {"llama3_8b_attention_core_16", 1},
        {"llama3_8b_mlp", 1},
        {"llama3_8b_down_projection", 1},
        {"llama3_8b_residual", 2}}},
  };
  return all;
}

}  // namespace

std::span<const NamedLayer> namedLayers() { return layers(); }

std::span<const LayerList> layerLists() { return lists(); }

const LayerList* findLayerList(std::string_view name) {
  for (const auto& list : lists())
    if (list.name == name) return &list;
  return nullptr;
}

Result<Workload> namedWorkload(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& named : layers()) {
    if (named.name == name)
      return readWorkload({named.text, named.name + ".tc", named.name, named.sizes, named.constants});
    names.push_back(named.name);
  }
  if (const auto* list = findLayerList(name)) {
    std::string members;
    for (const auto& task : list->tasks) members += (members.empty() ? "" : ", ") + task.layer;
    return usageError("`" + std::string(name) + "` is a list of layers.",
                      "Choose one of them: " + members + ".");
  }
  return inputError(
      "There is no layer `" + std::string(name) + "`.",
      didYouMean(name, names,
                 "`espalier-cli workloads` lists them; a kernel of your own is named by its .tc file."));
}

}  // namespace espalier
