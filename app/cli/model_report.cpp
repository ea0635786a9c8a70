// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/model_report.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "reasoning/llm_setup.h"

namespace espalier::cli {
namespace {

bool isSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

/// Which variable holds a key; never the key.
std::string keySource() {
  for (const char* variable : {"ESPALIER_API_KEY", "OPENAI_API_KEY"})
    if (isSet(variable)) return variable;
  return {};
}

}  // namespace

nlohmann::json modelReport(const DoctorOptions& options) {
  const std::string source = keySource();
  const std::string key =
      source.empty() ? "no key in ESPALIER_API_KEY or OPENAI_API_KEY" : "key found in " + source;
  nlohmann::json report{{"key_from", source.empty() ? nlohmann::json() : nlohmann::json(source)}};
  if (!options.llmUrl && options.llmProfiles.empty()) {
    report["reachable"] = nullptr;
    report["words"] = key + "; name a server with --llm-url or --llm-profile to see whether it answers";
    return report;
  }
  LlmOptions llm;
  llm.url = options.llmUrl.value_or("");
  llm.profiles = options.llmProfiles;
  const auto models = listModels(llm);
  report["reachable"] = models.has_value();
  if (models) {
    report["models"] = *models;
    report["words"] = key + "; the server offers " + std::to_string(models->size()) + " models";
  } else {
    report["words"] = key + "; " + models.error().text();
  }
  return report;
}

}  // namespace espalier::cli
