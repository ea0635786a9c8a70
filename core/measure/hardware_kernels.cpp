// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/hardware_kernels.h"

#include <sstream>

namespace espalier {
namespace {

constexpr int kIterations = 100000;

/// Vector type and what the machine needs to be told to use it in full width.
struct VectorWords {
  explicit VectorWords(const Target& target) : lanes(target.lanes(4)) {
    type = "<" + std::to_string(lanes) + " x float>";
    suffix = ".v" + std::to_string(lanes) + "f32";
    attributes = "{ nounwind \"prefer-vector-width\"=\"" + std::to_string(target.vectorBits) +
                 "\" \"min-legal-vector-width\"=\"" + std::to_string(target.vectorBits) + "\" }";
    fused = target.triple.rfind("x86_64", 0) != 0 || target.features.find("+fma") != std::string::npos ||
            target.vectorBits >= 512;
  }
  int lanes = 4;
  std::string type;
  std::string suffix;
  std::string attributes;
  bool fused = true;
};

/// The entry: shares `iterations` (an IR value) out and passes the arguments on as context.
std::string entryText(const std::string& prologue, const std::string& iterations) {
  return "declare void @espalier_parallel_for(i64, i64, ptr, ptr)\n"
         "define void @espalier_kernel(ptr %arguments, ptr %workspace, i64 %threads) #0 {\n" +
         prologue + "  call void @espalier_parallel_for(i64 " + iterations +
         ", i64 %threads, ptr @body, ptr %arguments)\n  ret void\n}\n";
}

/// `chains` dependent chains of multiply-adds, kIterations long.
std::string chainsText(const Target& target, int chains) {
  const VectorWords vector(target);
  std::ostringstream ir;
  ir << entryText("", "%threads");
  ir << "declare " << vector.type << " @llvm.fma" << vector.suffix << "(" << vector.type << ", "
     << vector.type << ", " << vector.type << ")\n";
  ir << "define internal void @body(i64 %begin, i64 %end, i64 %thread, ptr %arguments) #0 {\nentry:\n"
        "  %sink = load ptr, ptr %arguments\n"
        "  %slot = getelementptr ptr, ptr %arguments, i64 1\n  %data = load ptr, ptr %slot\n";
  ir << "  %a = load " << vector.type << ", ptr %data, align 4\n"
     << "  %next.data = getelementptr float, ptr %data, i64 64\n"
     << "  %b = load " << vector.type
     << ", ptr %next.data, align 4\n  br label %loop\nloop:\n"
        "  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]\n";
  for (int c = 0; c < chains; ++c)
    ir << "  %x" << c << " = phi " << vector.type << " [ %a, %entry ], [ %y" << c << ", %loop ]\n";
  for (int c = 0; c < chains; ++c) {
    if (vector.fused)
      ir << "  %y" << c << " = call " << vector.type << " @llvm.fma" << vector.suffix << "(" << vector.type
         << " %x" << c << ", " << vector.type << " %b, " << vector.type << " %a)\n";
    else
      ir << "  %m" << c << " = fmul " << vector.type << " %x" << c << ", %b\n  %y" << c << " = fadd "
         << vector.type << " %m" << c << ", %a\n";
  }
  ir << "  %i.next = add i64 %i, 1\n  %more = icmp ult i64 %i.next, " << kIterations
     << "\n  br i1 %more, label %loop, label %done\ndone:\n";
  std::string sum = "%y0";
  for (int c = 1; c < chains; ++c) {
    ir << "  %s" << c << " = fadd " << vector.type << " " << sum << ", %y" << c << "\n";
    sum = "%s" + std::to_string(c);
  }
  ir << "  %offset = mul i64 %thread, 64\n  %place = getelementptr float, ptr %sink, i64 %offset\n  store "
     << vector.type << " " << sum << ", ptr %place, align 4\n  ret void\n}\n";
  ir << "attributes #0 = " << vector.attributes << "\n";
  return ir.str();
}

}  // namespace

ProbeKernel peakKernel(const Target& target) {
  // As many chains as the registers hold beside the two operands, rounded down a little.
  const int chains = target.vectorRegisters >= 32 ? 24 : 12;
  return {chainsText(target, chains), 2.0 * chains * target.lanes(4) * kIterations};
}

ProbeKernel fmaLatencyKernel(const Target& target) { return {chainsText(target, 1), kIterations}; }

ProbeKernel clockKernel() {
  constexpr int kSteps = 16;
  std::ostringstream ir;
  ir << entryText("", "%threads");
  ir << "define internal void @body(i64 %begin, i64 %end, i64 %thread, ptr %arguments) #0 {\nentry:\n"
        "  %sink = load ptr, ptr %arguments\n  br label %loop\nloop:\n"
        "  %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]\n"
        "  %x0 = phi i64 [ 88172645463325252, %entry ], [ %x"
     << kSteps << ", %loop ]\n";
  for (int s = 0; s < kSteps; ++s)
    ir << "  %h" << s << " = lshr i64 %x" << s << ", 7\n  %x" << s + 1 << " = xor i64 %x" << s << ", %h" << s
       << "\n";
  ir << "  %i.next = add i64 %i, 1\n  %more = icmp ult i64 %i.next, " << kIterations
     << "\n  br i1 %more, label %loop, label %done\ndone:\n"
        "  %offset = mul i64 %thread, 64\n  %place = getelementptr float, ptr %sink, i64 %offset\n"
        "  store i64 %x"
     << kSteps << ", ptr %place, align 4\n  ret void\n}\nattributes #0 = { nounwind }\n";
  return {ir.str(), 2.0 * kSteps * kIterations};
}

ProbeKernel readKernel(const Target& target) {
  constexpr int kSums = 8;
  const VectorWords vector(target);
  const int step = vector.lanes * kSums;
  std::ostringstream ir;
  ir << entryText(
      "  %slot = getelementptr ptr, ptr %arguments, i64 2\n  %parameters = load ptr, ptr %slot\n"
      "  %blocks32 = load i32, ptr %parameters\n  %blocks = zext i32 %blocks32 to i64\n",
      "%blocks");
  ir << "define internal void @body(i64 %begin, i64 %end, i64 %thread, ptr %arguments) #0 {\nentry:\n"
        "  %sink = load ptr, ptr %arguments\n"
        "  %slot1 = getelementptr ptr, ptr %arguments, i64 1\n  %data = load ptr, ptr %slot1\n"
        "  %slot2 = getelementptr ptr, ptr %arguments, i64 2\n  %parameters = load ptr, ptr %slot2\n"
        "  %slot3 = getelementptr i32, ptr %parameters, i64 1\n  %passes32 = load i32, ptr %slot3\n"
        "  %passes = zext i32 %passes32 to i64\n";
  ir << "  %first = mul i64 %begin, " << kProbeBlockBytes / 4 << "\n  %last = mul i64 %end, "
     << kProbeBlockBytes / 4
     << "\n  br label %outer\nouter:\n  %p = phi i64 [ 0, %entry ], [ %p.next, %pass.done ]\n";
  for (int s = 0; s < kSums; ++s)
    ir << "  %o" << s << " = phi " << vector.type << " [ zeroinitializer, %entry ], [ %y" << s
       << ", %pass.done ]\n";
  ir << "  br label %loop\nloop:\n  %i = phi i64 [ %first, %outer ], [ %i.next, %loop ]\n";
  for (int s = 0; s < kSums; ++s)
    ir << "  %x" << s << " = phi " << vector.type << " [ %o" << s << ", %outer ], [ %y" << s << ", %loop ]\n";
  ir << "  %q = getelementptr float, ptr %data, i64 %i\n";
  for (int s = 0; s < kSums; ++s)
    ir << "  %q" << s << " = getelementptr float, ptr %q, i64 " << s * vector.lanes << "\n  %v" << s
       << " = load " << vector.type << ", ptr %q" << s << ", align 64\n  %y" << s << " = fadd " << vector.type
       << " %x" << s << ", %v" << s << "\n";
  ir << "  %i.next = add i64 %i, " << step << "\n  %more = icmp ult i64 %i.next, %last\n"
     << "  br i1 %more, label %loop, label %pass.done\npass.done:\n"
        "  %p.next = add i64 %p, 1\n  %again = icmp ult i64 %p.next, %passes\n"
        "  br i1 %again, label %outer, label %done\ndone:\n";
  std::string sum = "%y0";
  for (int s = 1; s < kSums; ++s) {
    ir << "  %s" << s << " = fadd " << vector.type << " " << sum << ", %y" << s << "\n";
    sum = "%s" + std::to_string(s);
  }
  ir << "  %offset = mul i64 %thread, 64\n  %place = getelementptr float, ptr %sink, i64 %offset\n  store "
     << vector.type << " " << sum
     << ", ptr %place, align 4\n  ret void\n}\nattributes #0 = " << vector.attributes << "\n";
  return {ir.str(), 0};
}

}  // namespace espalier
