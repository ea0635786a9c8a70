// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "kernels.h"
#include "workload/near_names.h"

namespace espalier::testing {
namespace {

std::string shapes(const std::string& name) {
  const auto workload = namedWorkload(name);
  EXPECT_TRUE(workload) << (workload ? "" : workload.error().text());
  return workload ? workload->summary : "";
}

TEST(NamedLayers, AllAreWhole) {
  std::set<std::string> names;
  for (const auto& layer : namedLayers()) {
    EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
    const auto workload = namedWorkload(layer.name);
    ASSERT_TRUE(workload) << workload.error().text();
    EXPECT_EQ(workload->name, layer.name);
    EXPECT_EQ(workload->program.name, layer.name);
    EXPECT_FALSE(brokenInvariant(workload->program));
    EXPECT_GT(workload->operations, 0);
    EXPECT_GT(workload->bytes, 0);
  }
}

TEST(NamedLayers, HaveThePublishedShapes) {
  EXPECT_EQ(
      shapes("deepseek_r1_moe"),
      "A float32(1, 16, 7168), B float32(7168, 2048) constant -> C float32(1, 16, 2048); 470 MFLOP, 59.3 MB");
  EXPECT_EQ(
      shapes("llama3_8b_attention"),
      "A float32(1, 16, 4096), B float32(4096, 4096) constant -> C float32(1, 16, 4096); 537 MFLOP, 67.6 MB");
  EXPECT_EQ(shapes("flux_conv"),
            "I float32(1, 128, 66, 66), K float32(128, 128, 3, 3) constant -> O float32(1, 128, 64, 64); "
            "1.21 GFLOP, 4.92 MB");
  EXPECT_THAT(shapes("llama4_scout_mlp"),
              ::testing::StartsWith("X float32(16, 5120), WG float32(5120, 8192) constant, "
                                    "WU float32(5120, 8192) constant -> H float32(16, 8192)"));
  EXPECT_THAT(
      shapes("llama3_8b_attention_core"),
      ::testing::StartsWith("Q float32(8, 4, 512, 128), K float32(8, 512, 128), V float32(8, 512, 128) "
                            "-> O float32(8, 4, 512, 128)"));
  EXPECT_THAT(
      shapes("flux_attention_core"),
      ::testing::StartsWith("Q float32(24, 512, 128), K float32(24, 512, 128), V float32(24, 512, 128) "
                            "-> O float32(24, 512, 128)"));
}

TEST(NamedLayers, PaperLayersCountTheirOperationsExactly) {
  EXPECT_EQ(namedWorkload("deepseek_r1_moe")->operations, 2.0 * 16 * 7168 * 2048);
  EXPECT_EQ(namedWorkload("flux_conv")->operations, 2.0 * 128 * 128 * 64 * 64 * 9);
}

TEST(NamedLayers, SmallAttentionIsSoftmaxOfScaledScores) {
  const auto workload = namedWorkload("attention_small");
  ASSERT_TRUE(workload);
  const auto q = pattern({2, 64, 32}, 1);
  const auto k = pattern({2, 64, 32}, 2);
  const auto v = pattern({2, 64, 32}, 3);
  const auto result = runKernel(*workload, {q, k, v}, std::nan(""))[0];
  for (const int m : {0, 17, 63}) {
    std::vector<double> weights;
    double sum = 0;
    for (int n = 0; n < 64; ++n) {
      double score = 0;
      for (int d = 0; d < 32; ++d) score += q.at((64 + m) * 32 + d) * k.at((64 + n) * 32 + d);
      weights.push_back(std::exp(score / std::sqrt(32.0)));
      sum += weights.back();
    }
    for (const int d : {0, 31}) {
      double expected = 0;
      for (int n = 0; n < 64; ++n)
        expected += weights[static_cast<std::size_t>(n)] / sum * v.at((64 + n) * 32 + d);
      EXPECT_NEAR(result.at((64 + m) * 32 + d), expected, 1e-5);
    }
  }
}

TEST(NamedLayers, RotaryEmbeddingRotatesPairs) {
  const auto* layer = [] {
    for (const auto& candidate : namedLayers())
      if (candidate.name == "llama3_8b_rotary_q") return &candidate;
    return static_cast<const NamedLayer*>(nullptr);
  }();
  ASSERT_NE(layer, nullptr);
  const auto workload = readKernel(layer->text, {{"T", 1}, {"H", 1}, {"D", 1}, {"C", 2}});
  const auto result =
      runKernel(workload, {floats({1, 1, 1, 2}, {3, 5}), floats({1, 1}, {0.5}), floats({1, 1}, {2})})[0];
  EXPECT_EQ(valuesOf(result), (std::vector<double>{3 * 0.5 - 5 * 2, 5 * 0.5 + 3 * 2}));
}

TEST(NamedLayers, UnknownNamesGetNearOnes) {
  const auto workload = namedWorkload("lama3_8b_atention");
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::Input);
  EXPECT_THAT(workload.error().hint, ::testing::HasSubstr("`llama3_8b_attention`"));
  EXPECT_THAT(namedWorkload("zzzz").error().hint, ::testing::HasSubstr("workloads"));
}

TEST(NamedLayers, DecoderListRefersToLayers) {
  const auto* list = findLayerList("llama3_8b_decoder");
  ASSERT_NE(list, nullptr);
  for (const auto& task : list->tasks) {
    EXPECT_TRUE(namedWorkload(task.layer)) << task.layer;
    EXPECT_GE(task.weight, 1);
  }
  EXPECT_EQ(namedWorkload("llama3_8b_decoder").error().kind, ErrorKind::Usage);
}

TEST(NearNames, PreferFewEdits) {
  EXPECT_EQ(nearNames("matmull", {"conv", "matmul", "batch_matmul"}), (std::vector<std::string>{"matmul"}));
  EXPECT_EQ(nearNames("Reorder", {"reorder", "tile"}), (std::vector<std::string>{"reorder"}));
  EXPECT_TRUE(nearNames("xyz", {"conv", "matmul"}).empty());
  EXPECT_EQ(didYouMean("exq", {"exp", "abs"}), "Did you mean `exp`?");
}

}  // namespace
}  // namespace espalier::testing
