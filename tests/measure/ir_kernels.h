// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "codegen/compiler.h"
#include "measure/assembler.h"
#include "workload/workload.h"

namespace espalier::testing {

/// p0 of a kernel in the notation, with sizes.
inline Program readProgram(const std::string& text, const std::map<std::string, std::int64_t>& sizes = {},
                           const std::vector<std::string>& constants = {}) {
  auto workload = readWorkload({text, "test.tc", "", sizes, constants});
  EXPECT_TRUE(workload) << (workload ? "" : workload.error().text());
  return workload ? std::move(workload->program) : Program{};
}

/// C(i) = A(i) * 2.
inline constexpr const char* kDouble = "def twice(float(N) A) -> (C) { C(i) = A(i) * 2.0 }";

/// A hand-made candidate for kDouble: `prologue` sees %a and %c (the arguments), %workspace and %threads,
/// then C = A·factor is computed for `count` elements, then `epilogue` runs. `declarations` stand outside.
struct HandMade {
  std::string prologue;
  std::string epilogue;
  std::string declarations;
  std::int64_t count = 0;
  std::string factor = "2.0";
};

inline std::string irOf(const HandMade& kernel) {
  return kernel.declarations +
         "\ndefine void @espalier_kernel(ptr %arguments, ptr %workspace, i64 %threads) {\nentry:\n"
         "  %a = load ptr, ptr %arguments\n  %slot = getelementptr ptr, ptr %arguments, i64 1\n"
         "  %c = load ptr, ptr %slot\n" +
         kernel.prologue +
         "  br label %check\ncheck:\n  %i = phi i64 [ 0, %entry ], [ %next, %loop ]\n"
         "  %more = icmp ult i64 %i, " +
         std::to_string(kernel.count) +
         "\n  br i1 %more, label %loop, label %done\nloop:\n"
         "  %from = getelementptr float, ptr %a, i64 %i\n  %to = getelementptr float, ptr %c, i64 %i\n"
         "  %x = load float, ptr %from\n  %y = fmul float %x, " +
         kernel.factor + "\n  store float %y, ptr %to\n  %next = add i64 %i, 1\n  br label %check\ndone:\n" +
         kernel.epilogue + "  ret void\n}\n";
}

inline CompiledKernel assembled(const std::string& ir, const Target& target) {
  CompiledKernel kernel;
  kernel.entry = "espalier_kernel";
  auto object = assemble(ir, target);
  EXPECT_TRUE(object) << (object ? "" : object.error().text());
  if (object) kernel.object = std::move(*object);
  return kernel;
}

}  // namespace espalier::testing
