// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/identity.h"

#include <nlohmann/json.hpp>

namespace espalier {

namespace {

constexpr int kIdentityVersion = 1;

const char* nameOf(Prepack prepack) {
  switch (prepack) {
    case Prepack::Off: return "off";
    case Prepack::On: return "on";
    case Prepack::Auto: return "auto";
  }
  return "auto";
}

}  // namespace

std::string identityText(const Workload& workload, const TensorProblemOptions& options) {
  nlohmann::ordered_json json;
  json["version"] = kIdentityVersion;
  json["kind"] = "tensor-program";
  json["name"] = workload.name;
  json["kernel"] = workload.program.name;
  json["text"] = workload.text;
  json["sizes"] = workload.sizes;
  json["constants"] = workload.constants;
  json["threads"] = options.threads;
  json["seed"] = options.seed;
  json["prepack"] = nameOf(options.prepack);
  json["target_cpu"] = options.targetCpu;
  return json.dump();
}

Result<Identity> readIdentity(std::string_view text) {
  const auto damaged = [](const std::string& why) {
    return inputError("The session does not say in a readable way what was tuned: " + why + ".",
                      "It was written by another version or is damaged; start a new session.");
  };
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return damaged("its description is no JSON object");
  try {
    if (json.at("version").get<int>() != kIdentityVersion)
      return damaged("its description has version " + json.at("version").dump());
    KernelSource source;
    source.text = json.at("text").get<std::string>();
    source.fileName = json.at("name").get<std::string>();
    source.kernel = json.at("kernel").get<std::string>();
    source.sizes = json.at("sizes").get<std::map<std::string, std::int64_t>>();
    source.constants = json.at("constants").get<std::vector<std::string>>();
    Result<Workload> workload = readWorkload(source);
    if (!workload) return tl::unexpected<Error>(workload.error());
    Identity identity{*std::move(workload), {}};
    identity.workload.name = source.fileName;
    identity.options.threads = json.at("threads").get<int>();
    identity.options.seed = json.at("seed").get<std::uint64_t>();
    const auto prepack = json.at("prepack").get<std::string>();
    identity.options.prepack = prepack == "off"  ? Prepack::Off
                               : prepack == "on" ? Prepack::On
                                                 : Prepack::Auto;
    identity.options.targetCpu = json.at("target_cpu").get<std::string>();
    return identity;
  } catch (const nlohmann::json::exception& problem) {
    return damaged(problem.what());
  }
}

}  // namespace espalier
