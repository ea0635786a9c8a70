// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <cblas.h>

#include "peers/peers.h"

namespace espalier::bench {
namespace {

/// Row-major C[m, n] = A[m, k] B[k, n].
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const float* a, const float* b, float* c) {
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, static_cast<blasint>(m), static_cast<blasint>(n),
              static_cast<blasint>(k), 1, a, static_cast<blasint>(k), b, static_cast<blasint>(n), 0, c,
              static_cast<blasint>(n));
}

}  // namespace

std::string openBlasCore() { return openblas_get_corename(); }

std::string openBlasInWords() {
  return std::string(openblas_get_config()) + ", running as " + openBlasCore();
}

std::vector<Contender> openBlasContenders(LayerForm form, const Workload& workload,
                                          const LayerTensors& tensors, int threads) {
  openblas_set_num_threads(threads);
  auto memory =
      GuardedMemory::allocate("OpenBLAS's output", static_cast<std::size_t>(tensors.written().bytes()));
  if (!memory) return {};
  const auto output = std::make_shared<GuardedMemory>(std::move(*memory));
  auto* c = static_cast<float*>(output->data());
  const std::int64_t elements = tensors.written().elements();
  const auto content = [output, elements] {
    const auto* values = static_cast<const float*>(output->data());
    return std::vector<float>(values, values + elements);
  };
  const auto size = [&](const char* name) { return workload.sizes.at(name); };
  const auto contender = [&](const char* name, std::function<void()> run) {
    return std::vector<Contender>{{"OpenBLAS", name, LayoutFreedom::Plain, std::move(run), content}};
  };
  switch (form) {
    case LayerForm::Projection:
    case LayerForm::Matmul: {
      const bool projection = form == LayerForm::Projection;
      const std::int64_t m = projection ? size("N") * size("T") : size("M");
      const std::int64_t n = size(projection ? "J" : "N");
      return contender("sgemm", [=, k = size("K"), a = tensors.input("A"), b = tensors.input("B")] {
        multiply(m, n, k, a, b, c);
      });
    }
    case LayerForm::BatchMatmul:
      return contender("sgemm, one call a matrix",
                       [=, batch = size("N"), m = size("M"), n = size("J"), k = size("K"),
                        a = tensors.input("A"), b = tensors.input("B")] {
                         for (std::int64_t i = 0; i < batch; ++i)
                           multiply(m, n, k, a + i * m * k, b + i * k * n, c + i * m * n);
                       });
    case LayerForm::Matvec:
      return contender("sgemv",
                       [=, m = size("M"), k = size("K"), a = tensors.input("A"), x = tensors.input("X")] {
                         cblas_sgemv(CblasRowMajor, CblasNoTrans, static_cast<blasint>(m),
                                     static_cast<blasint>(k), 1, a, static_cast<blasint>(k), x, 1, 0, c, 1);
                       });
    default: return {};
  }
}

}  // namespace espalier::bench
