// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <unordered_map>

#include <omp.h>
#include <dnnl.hpp>

#include "peers/peers.h"

namespace espalier::bench {
namespace {

using dnnl::memory;
using Dims = memory::dims;
using Tag = memory::format_tag;

/// A primitive with its arguments; several run one after the other.
struct Call {
  dnnl::primitive primitive;
  std::unordered_map<int, memory> arguments;
};

memory::desc describe(const Dims& dims, Tag tag) { return {dims, memory::data_type::f32, tag}; }
memory::desc anyLayout(const Dims& dims) { return describe(dims, Tag::any); }

/// Makes the contenders of one layer.
class Maker {
 public:
  Maker(const Workload& workload, const LayerTensors& tensors)
      : workload_(workload), tensors_(tensors), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {}

  std::vector<Contender> make(LayerForm form) {
    switch (form) {
      case LayerForm::Projection:
        multiply({size("N") * size("T"), size("K")}, {size("K"), size("J")}, true);
        break;
      case LayerForm::Matmul: multiply({size("M"), size("K")}, {size("K"), size("N")}, true); break;
      case LayerForm::BatchMatmul:
        multiply({size("N"), size("M"), size("K")}, {size("N"), size("K"), size("J")}, false);
        break;
      case LayerForm::Matvec: matvec(); break;
      case LayerForm::Convolution:
        convolutions({size("N"), size("C"), size("H"), size("W")},
                     {size("F"), size("C"), size("KH"), size("KW")}, Tag::oihw, size("F"));
        break;
      case LayerForm::DepthwiseConvolution:
        convolutions({size("N"), size("C"), size("H"), size("W")}, {size("C"), 1, 1, size("KH"), size("KW")},
                     Tag::goihw, size("C"));
        break;
      case LayerForm::GroupConvolution:
        convolutions({size("N"), size("G") * size("C"), size("H"), size("W")},
                     {size("G"), size("F"), size("C"), size("KH"), size("KW")}, Tag::goihw,
                     size("G") * size("F"));
        break;
      case LayerForm::Softmax: softmax(); break;
      case LayerForm::LayerNorm: layerNorm(); break;
      case LayerForm::GatedMlp: gatedMlp(); break;
      case LayerForm::Attention: attention(size("H"), size("M")); break;
      case LayerForm::GroupedAttention: attention(size("H"), size("G") * size("M")); break;
      case LayerForm::Sum: sum(); break;
    }
    return std::move(contenders_);
  }

 private:
  [[nodiscard]] std::int64_t size(const char* name) const { return workload_.sizes.at(name); }

  memory wrap(const memory::desc& desc, void* data) { return {desc, engine_, data}; }
  memory input(const Dims& dims, Tag tag, const char* name) {
    return wrap(describe(dims, tag), tensors_.input(name));
  }
  memory fresh(const memory::desc& desc) {
    auto guarded = GuardedMemory::allocate("oneDNN's memory", desc.get_size());
    if (!guarded) throw std::bad_alloc();
    auto kept = std::make_shared<GuardedMemory>(std::move(*guarded));
    memory made = wrap(desc, kept->data());
    kept_.push_back(std::move(kept));
    return made;
  }
  /// The same content in the layout that a primitive wants: copied once, outside the timed region.
  memory inLayout(const memory& from, const memory::desc& wanted) {
    if (from.get_desc() == wanted) return from;
    memory copy = fresh(wanted);
    memory source = from;
    dnnl::reorder(source, copy).execute(stream_, source, copy);
    stream_.wait();
    return copy;
  }

  template <class PrimitiveDescription>
  static std::string named(const std::string& what, const PrimitiveDescription& description) {
    return what + " (" + description.impl_info_str() + ")";
  }

  /// `plain` describes the row-major output.
  void add(std::string name, LayoutFreedom freedom, std::vector<Call> calls, const memory& output,
           const memory::desc& plain) {
    const auto all = std::make_shared<std::vector<Call>>(std::move(calls));
    contenders_.push_back({"oneDNN", std::move(name), freedom,
                           [all, stream = stream_, kept = kept_]() mutable {
                             for (Call& call : *all) call.primitive.execute(stream, call.arguments);
                             stream.wait();
                           },
                           [output, plain, engine = engine_, stream = stream_]() mutable {
                             std::vector<float> values(plain.get_size() / sizeof(float));
                             memory target(plain, engine, values.data());
                             memory source = output;
                             dnnl::reorder(source, target).execute(stream, source, target);
                             stream.wait();
                             return values;
                           }});
    kept_.clear();
  }

  static Tag rowMajor(const Dims& dims) { return dims.size() == 3 ? Tag::abc : Tag::ab; }

  void multiply(const Dims& left, const Dims& right, bool constantWeights) {
    Dims result = left;
    result.back() = right.back();
    const memory::desc plain = describe(result, rowMajor(result));
    const auto matmul = [&](bool packed) {
      const memory a = input(left, rowMajor(left), "A");
      const memory b = input(right, rowMajor(right), "B");
      const dnnl::matmul::primitive_desc description(
          dnnl::matmul::desc(a.get_desc(), packed ? anyLayout(right) : b.get_desc(), plain), engine_);
      const memory c = fresh(plain);
      add(named("matmul", description), packed ? LayoutFreedom::Weights : LayoutFreedom::Plain,
          {{dnnl::matmul(description),
            {{DNNL_ARG_SRC, a},
             {DNNL_ARG_WEIGHTS, inLayout(b, description.weights_desc())},
             {DNNL_ARG_DST, c}}}},
          c, plain);
    };
    matmul(false);
    if (left.size() == 2) sgemm(left[0], right[1], left[1]);
    if (!constantWeights) return;
    matmul(true);
    // Weights of an inner product are [outputs, inputs]; ours are stored the other way round.
    const memory a = input(left, Tag::ab, "A");
    innerProduct("inner product", a, {right[1], right[0]}, Tag::ba, "B", plain);
  }

  void sgemm(std::int64_t m, std::int64_t n, std::int64_t k) {
    const memory::desc plain = describe({m, n}, Tag::ab);
    const memory output = fresh(plain);
    auto* c = static_cast<float*>(output.get_data_handle());
    contenders_.push_back({"oneDNN", "sgemm", LayoutFreedom::Plain,
                           [=, a = tensors_.input("A"), b = tensors_.input("B"), kept = kept_] {
                             dnnl_sgemm('N', 'N', m, n, k, 1, a, k, b, n, 0, c, n);
                           },
                           [=] { return std::vector<float>(c, c + m * n); }});
    kept_.clear();
  }

  void innerProduct(const char* what, const memory& source, const Dims& weights, Tag tag, const char* name,
                    const memory::desc& plain) {
    const memory::desc result({source.get_desc().dims()[0], weights[0]}, memory::data_type::f32, Tag::ab);
    const dnnl::inner_product_forward::primitive_desc description(
        dnnl::inner_product_forward::desc(dnnl::prop_kind::forward_inference, source.get_desc(),
                                          anyLayout(weights), result),
        engine_);
    const memory output = fresh(result);
    add(named(what, description), LayoutFreedom::Weights,
        {{dnnl::inner_product_forward(description),
          {{DNNL_ARG_SRC, source},
           {DNNL_ARG_WEIGHTS, inLayout(input(weights, tag, name), description.weights_desc())},
           {DNNL_ARG_DST, output}}}},
        wrap(plain, output.get_data_handle()), plain);
  }

  void matvec() {
    const std::int64_t m = size("M");
    const std::int64_t k = size("K");
    const memory::desc plain = describe({1, m}, Tag::ab);
    const memory x = input({1, k}, Tag::ab, "X");
    innerProduct("inner product", x, {m, k}, Tag::ab, "A", plain);
    const memory a = input({m, k}, Tag::ab, "A");
    const memory column = input({k, 1}, Tag::ab, "X");
    const memory::desc result = describe({m, 1}, Tag::ab);
    const dnnl::matmul::primitive_desc description(
        dnnl::matmul::desc(a.get_desc(), column.get_desc(), result), engine_);
    const memory y = fresh(result);
    add(named("matmul", description), LayoutFreedom::Plain,
        {{dnnl::matmul(description), {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, column}, {DNNL_ARG_DST, y}}}}, y,
        result);
  }

  void convolutions(const Dims& source, const Dims& weights, Tag weightsTag, std::int64_t outputChannels) {
    const std::int64_t height = source[2] - weights[weights.size() - 2] + 1;
    const std::int64_t width = source[3] - weights.back() + 1;
    const Dims result{source[0], outputChannels, height, width};
    const memory::desc plain = describe(result, Tag::nchw);
    for (const LayoutFreedom freedom :
         {LayoutFreedom::Plain, LayoutFreedom::Weights, LayoutFreedom::Blocked}) {
      const bool blocked = freedom == LayoutFreedom::Blocked;
      const memory i = input(source, Tag::nchw, "I");
      const memory k = input(weights, weightsTag, "K");
      const dnnl::convolution_forward::desc wanted(
          dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
          blocked ? anyLayout(source) : i.get_desc(),
          freedom == LayoutFreedom::Plain ? k.get_desc() : anyLayout(weights),
          blocked ? anyLayout(result) : plain, {1, 1}, {0, 0}, {0, 0});
      const dnnl::convolution_forward::primitive_desc description(wanted, engine_, true);
      if (!description) continue;
      const memory o = fresh(description.dst_desc());
      add(named(blocked ? "convolution, blocked" : "convolution", description), freedom,
          {{dnnl::convolution_forward(description),
            {{DNNL_ARG_SRC, inLayout(i, description.src_desc())},
             {DNNL_ARG_WEIGHTS, inLayout(k, description.weights_desc())},
             {DNNL_ARG_DST, o}}}},
          o, plain);
    }
  }

  void softmax() {
    const Dims dims{size("M"), size("N")};
    const memory x = input(dims, Tag::ab, "X");
    const dnnl::softmax_forward::primitive_desc description(
        dnnl::softmax_forward::desc(dnnl::prop_kind::forward_inference, x.get_desc(), 1), engine_);
    const memory y = fresh(x.get_desc());
    add(named("softmax", description), LayoutFreedom::Plain,
        {{dnnl::softmax_forward(description), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}}}}, y, x.get_desc());
  }

  void layerNorm() {
    const Dims dims{size("M"), size("N")};
    const memory x = input(dims, Tag::ab, "X");
    const dnnl::layer_normalization_forward::primitive_desc description(
        dnnl::layer_normalization_forward::desc(
            dnnl::prop_kind::forward_inference, x.get_desc(), 1e-5F,
            dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift),
        engine_);
    const memory y = fresh(x.get_desc());
    add(named("layer normalization", description), LayoutFreedom::Plain,
        {{dnnl::layer_normalization_forward(description),
          {{DNNL_ARG_SRC, x},
           {DNNL_ARG_SCALE, input({size("N")}, Tag::a, "Scale")},
           {DNNL_ARG_SHIFT, input({size("N")}, Tag::a, "Shift")},
           {DNNL_ARG_DST, y}}}},
        y, x.get_desc());
  }

  /// The SiLU is fused into the first inner product, the product with it into the second one.
  void gatedMlp() {
    const Dims weights{size("F"), size("D")};
    const memory x = input({size("T"), size("D")}, Tag::ab, "X");
    const memory::desc result = describe({size("T"), size("F")}, Tag::ab);
    const memory gate = fresh(result);
    const memory up = fresh(result);
    const dnnl::inner_product_forward::desc wanted(dnnl::prop_kind::forward_inference, x.get_desc(),
                                                   anyLayout(weights), result);
    const auto projection = [&](dnnl::post_ops after, const char* name, const memory& to, bool multiplied) {
      dnnl::primitive_attr attributes;
      attributes.set_post_ops(after);
      const dnnl::inner_product_forward::primitive_desc description(wanted, attributes, engine_);
      Call call{dnnl::inner_product_forward(description),
                {{DNNL_ARG_SRC, x},
                 {DNNL_ARG_WEIGHTS, inLayout(input(weights, Tag::ba, name), description.weights_desc())},
                 {DNNL_ARG_DST, to}}};
      if (multiplied) call.arguments.emplace(DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, gate);
      return call;
    };
    dnnl::post_ops silu;
    silu.append_eltwise(1, dnnl::algorithm::eltwise_swish, 1, 0);
    dnnl::post_ops product;
    product.append_binary(dnnl::algorithm::binary_mul, result);
    add("two inner products with SiLU and product fused", LayoutFreedom::Weights,
        {projection(silu, "WG", gate, false), projection(product, "WU", up, true)}, up, result);
  }

  void attention(std::int64_t heads, std::int64_t queries) {
    const std::int64_t keys = size("N");
    const std::int64_t width = size("D");
    const memory q = input({heads, queries, width}, Tag::abc, "Q");
    const memory k = input({heads, width, keys}, Tag::acb, "K");
    const memory v = input({heads, keys, width}, Tag::abc, "V");
    const memory scores = fresh(describe({heads, queries, keys}, Tag::abc));
    const memory output = fresh(q.get_desc());
    dnnl::primitive_attr scaled;
    scaled.set_output_scales(0, {1.0F / std::sqrt(static_cast<float>(width))});
    const dnnl::matmul::primitive_desc first(
        dnnl::matmul::desc(q.get_desc(), k.get_desc(), scores.get_desc()), scaled, engine_);
    const dnnl::softmax_forward::primitive_desc middle(
        dnnl::softmax_forward::desc(dnnl::prop_kind::forward_inference, scores.get_desc(), 2), engine_);
    const dnnl::matmul::primitive_desc last(dnnl::matmul::desc(scores.get_desc(), v.get_desc(), q.get_desc()),
                                            engine_);
    add("matmul, softmax, matmul", LayoutFreedom::Plain,
        {{dnnl::matmul(first), {{DNNL_ARG_SRC, q}, {DNNL_ARG_WEIGHTS, k}, {DNNL_ARG_DST, scores}}},
         {dnnl::softmax_forward(middle), {{DNNL_ARG_SRC, scores}, {DNNL_ARG_DST, scores}}},
         {dnnl::matmul(last), {{DNNL_ARG_SRC, scores}, {DNNL_ARG_WEIGHTS, v}, {DNNL_ARG_DST, output}}}},
        output, q.get_desc());
    attentionBySgemm(heads, queries, keys, width);
  }

  /// What one writes who knows BLAS alone: two products for each head and a softmax over all scores between.
  void attentionBySgemm(std::int64_t heads, std::int64_t queries, std::int64_t keys, std::int64_t width) {
    const memory scores = fresh(describe({heads, queries, keys}, Tag::abc));
    const memory output = fresh(describe({heads, queries, width}, Tag::abc));
    const dnnl::softmax_forward::primitive_desc description(
        dnnl::softmax_forward::desc(dnnl::prop_kind::forward_inference, scores.get_desc(), 2), engine_);
    const dnnl::softmax_forward softmax(description);
    auto* s = static_cast<float*>(scores.get_data_handle());
    auto* o = static_cast<float*>(output.get_data_handle());
    const float scale = 1.0F / std::sqrt(static_cast<float>(width));
    contenders_.push_back({"oneDNN", "sgemm, softmax, sgemm", LayoutFreedom::Plain,
                           [=, q = tensors_.input("Q"), k = tensors_.input("K"), v = tensors_.input("V"),
                            kept = kept_, stream = stream_]() mutable {
                             for (std::int64_t h = 0; h < heads; ++h)
                               dnnl_sgemm('N', 'T', queries, keys, width, scale, q + h * queries * width,
                                          width, k + h * keys * width, width, 0, s + h * queries * keys,
                                          keys);
                             softmax.execute(stream, {{DNNL_ARG_SRC, scores}, {DNNL_ARG_DST, scores}});
                             stream.wait();
                             for (std::int64_t h = 0; h < heads; ++h)
                               dnnl_sgemm('N', 'N', queries, width, keys, 1, s + h * queries * keys, keys,
                                          v + h * keys * width, width, 0, o + h * queries * width, width);
                           },
                           [=] { return std::vector<float>(o, o + heads * queries * width); }});
    kept_.clear();
  }

  void sum() {
    const Dims dims{size("M"), size("N")};
    const memory a = input(dims, Tag::ab, "A");
    const memory b = input(dims, Tag::ab, "B");
    const dnnl::binary::primitive_desc description(
        dnnl::binary::desc(dnnl::algorithm::binary_add, a.get_desc(), b.get_desc(), a.get_desc()), engine_);
    const memory c = fresh(a.get_desc());
    add(named("binary", description), LayoutFreedom::Plain,
        {{dnnl::binary(description), {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}, {DNNL_ARG_DST, c}}}}, c,
        a.get_desc());
  }

  const Workload& workload_;
  const LayerTensors& tensors_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<std::shared_ptr<GuardedMemory>> kept_;  ///< memory of the contender at hand
  std::vector<Contender> contenders_;
};

}  // namespace

std::string oneDnnInWords() {
  const dnnl_version_t* version = dnnl::version();
  return "oneDNN " + std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch);
}

std::vector<Contender> oneDnnContenders(LayerForm form, const Workload& workload, const LayerTensors& tensors,
                                        int threads) {
  omp_set_num_threads(threads);
  return Maker(workload, tensors).make(form);
}

}  // namespace espalier::bench
