// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/target.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <llvm/ADT/StringMap.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include "codegen/llvm_targets.h"

namespace espalier {
namespace {

std::unique_ptr<llvm::MCSubtargetInfo> subtargetOf(const std::string& triple, const std::string& cpu,
                                                   const std::string& features) {
  std::string problem;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, problem);
  if (target == nullptr) return nullptr;
  return std::unique_ptr<llvm::MCSubtargetInfo>(target->createMCSubtargetInfo(triple, cpu, features));
}

void describeVectors(Target& target, const llvm::MCSubtargetInfo& subtarget) {
  const llvm::Triple triple(target.triple);
  if (!triple.isX86()) {
    target.vectorBits = 128;
    target.vectorRegisters = 32;
    return;
  }
  const bool wide = subtarget.checkFeatures("+avx512f,+avx512vl,+avx512bw,+avx512dq");
  target.vectorBits = wide ? 512 : (subtarget.checkFeatures("+avx") ? 256 : 128);
  target.vectorRegisters = wide ? 32 : 16;
}

std::size_t editDistance(const std::string& left, llvm::StringRef right) {
  return llvm::StringRef(left).edit_distance(right);
}

/// The processor names of the triple that look most like `cpu`, nearest first.
std::vector<std::string> nearNames(const std::string& cpu, const llvm::MCSubtargetInfo& subtarget) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const llvm::SubtargetSubTypeKV& known : subtarget.getAllProcessorDescriptions()) {
    ranked.emplace_back(editDistance(cpu, known.Key), known.Key);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < ranked.size() && i < 5; ++i) names.push_back(ranked[i].second);
  return names;
}

}  // namespace

Target hostTarget() {
  initialiseLlvmTargets();
  Target target;
  target.triple = llvm::sys::getDefaultTargetTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  std::vector<std::string> features;
  for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
    features.push_back((feature.second ? "+" : "-") + feature.first().str());
  }
  std::sort(features.begin(), features.end());
  for (const std::string& feature : features) {
    target.features += (target.features.empty() ? "" : ",") + feature;
  }
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget = subtargetOf(target.triple, target.cpu, target.features);
  if (subtarget && !subtarget->isCPUStringValid(target.cpu)) {
    // An old LLVM on a new CPU would silently generate for the oldest CPU of the triple.
    const bool wide = subtarget->checkFeatures("+avx512f,+avx512vl");
    target.cpu = wide ? "x86-64-v4" : (subtarget->checkFeatures("+avx2,+fma") ? "x86-64-v3" : "generic");
    subtarget = subtargetOf(target.triple, target.cpu, target.features);
  }
  if (subtarget) describeVectors(target, *subtarget);
  return target;
}

Result<Target> targetFor(const std::string& cpu, const std::string& triple) {
  initialiseLlvmTargets();
  Target target;
  target.triple = triple.empty() ? llvm::sys::getDefaultTargetTriple() : triple;
  target.cpu = cpu;
  std::string problem;
  if (llvm::TargetRegistry::lookupTarget(target.triple, problem) == nullptr) {
    return inputError("No code can be generated for the triple '" + target.triple + "'.",
                      "Use an x86-64 or AArch64 triple such as x86_64-pc-linux-gnu.");
  }
  // The features are asked with an empty name first: LLVM prints a warning for a name it does not know.
  const std::unique_ptr<llvm::MCSubtargetInfo> any = subtargetOf(target.triple, "", "");
  if (!any->isCPUStringValid(cpu)) {
    std::string names;
    for (const std::string& name : nearNames(cpu, *any)) names += (names.empty() ? "" : ", ") + name;
    return inputError("The CPU '" + cpu + "' is not known for the triple " + target.triple + ".",
                      "Names like it: " + names + ".");
  }
  describeVectors(target, *subtargetOf(target.triple, cpu, ""));
  return target;
}

}  // namespace espalier
