// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/profile.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"
#include "reasoning/resource_text.h"

namespace espalier {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr int kFewestContextTokens = 2048;
constexpr int kMostTokens = 10'000'000;
constexpr int kMostConcurrency = 64;

/// Reads the members of one object and says which one is wrong.
class MemberReader {
 public:
  MemberReader(const json& object, std::string where) : object_(object), where_(std::move(where)) {}

  void text(const char* name, std::string& into) {
    if (const json* member = take(name, &json::is_string, "a text")) into = member->get<std::string>();
  }
  void integer(const char* name, int& into, int least, int most) {
    const json* member = take(name, &json::is_number_integer, "a whole number");
    if (member == nullptr) return;
    const auto value = member->get<std::int64_t>();
    if (value < least || value > most) {
      fail("`" + std::string(name) + "` must lie between " + std::to_string(least) + " and " +
           std::to_string(most) + ".");
    } else {
      into = static_cast<int>(value);
    }
  }
  std::optional<double> price(const char* name) {
    const json* member = take(name, &json::is_number, "a number of dollars for a million tokens");
    if (member == nullptr) return std::nullopt;
    const double value = member->get<double>();
    if (value < 0 || value > 1e6) fail("`" + std::string(name) + "` is no sensible price.");
    return value;
  }
  const json* object(const char* name) { return take(name, &json::is_object, "an object"); }

  /// Whatever was not asked for is an error.
  void finish() {
    for (const auto& [name, value] : object_.items()) {
      if (std::find(taken_.begin(), taken_.end(), name) != taken_.end()) continue;
      if (name.find("key") != std::string::npos || name.find("token") != std::string::npos) {
        fail("`" + shortened(cleanLine(name), 60) +
             "` is not allowed: keys are never read from files. Name an environment variable by "
             "`key_variable`.");
      } else {
        fail("`" + shortened(cleanLine(name), 60) + "` is no setting of a profile.");
      }
    }
  }
  void fail(std::string message) {
    if (!error_) error_ = Error{ErrorKind::Input, where_ + ": " + std::move(message), {}};
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  const json* take(const char* name, bool (json::*is)() const noexcept, const char* what) {
    taken_.emplace_back(name);
    const auto found = object_.find(name);
    if (found == object_.end()) return nullptr;
    if (!((*found).*is)()) {
      fail("`" + std::string(name) + "` must be " + what + ".");
      return nullptr;
    }
    return &*found;
  }

  const json& object_;
  std::string where_;
  std::vector<std::string> taken_;
  std::optional<Error> error_;
};

bool isVariableName(const std::string& name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<LlmProfile> readProfile(const std::string& name, const json& object, const std::string& source) {
  LlmProfile profile;
  profile.name = shortened(cleanLine(name), 60);
  const std::string where = source + ", profile `" + profile.name + "`";
  if (!object.is_object()) return inputError(where + " must be an object.");
  MemberReader reader(object, where);
  std::string url;
  std::string api;
  std::string variable;
  reader.text("description", profile.description);
  reader.text("url", url);
  reader.text("model", profile.model);
  reader.text("api", api);
  reader.text("key_variable", variable);
  if (object.contains("key_variable")) profile.keyVariable = variable;
  int context = 0;
  reader.integer("context_tokens", context, kFewestContextTokens, kMostTokens);
  if (context > 0) profile.contextTokens = context;
  reader.integer("reply_tokens", profile.replyTokens, 64, kMostTokens);
  reader.integer("concurrency", profile.concurrency, 1, kMostConcurrency);
  if (const json* extra = reader.object("extra_body")) profile.extraBody = writeJson(*extra);
  if (const json* prices = reader.object("prices")) {
    MemberReader priceReader(*prices, where + ", prices");
    TokenPrices read;
    read.input = priceReader.price("input").value_or(0);
    read.cachedInput = priceReader.price("cached_input");
    read.cacheWrite = priceReader.price("cache_write");
    read.output = priceReader.price("output").value_or(0);
    priceReader.finish();
    if (priceReader.error()) return tl::unexpected<Error>(*priceReader.error());
    profile.prices = read;
  }
  if (!isVariableName(variable))
    reader.fail("`key_variable` must be the name of an environment variable, not a key.");
  if (!api.empty() && api != "openai" && api != "anthropic")
    reader.fail("`api` must be `openai` or `anthropic`.");
  reader.finish();
  if (reader.error()) return tl::unexpected<Error>(*reader.error());
  Result<ServerUrl> server = parseServerUrl(url);
  if (!server) return inputError(where + ": " + server.error().message, server.error().hint);
  profile.server = *server;
  if (!api.empty())
    profile.server.dialect = api == "anthropic" ? ChatDialect::Anthropic : ChatDialect::OpenAi;
  return profile;
}

std::optional<LlmProfile> named(const std::string& name, const std::vector<LlmProfile>& profiles) {
  const auto found = std::find_if(profiles.begin(), profiles.end(),
                                  [&](const LlmProfile& profile) { return profile.name == name; });
  return found == profiles.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

Result<std::vector<LlmProfile>> readProfiles(std::string_view text, const std::string& source) {
  const std::optional<json> document = parseForeignJson(text);
  if (!document || !document->is_object()) {
    return inputError(source + " is no JSON object.",
                      R"(It should look like {"version": 1, "profiles": {"NAME": {"url": "…"}}}.)");
  }
  const std::int64_t version = countOf(*document, "version");
  if (version != kVersion) {
    return inputError(source + " has the version " + std::to_string(version) +
                      "; this program reads version " + std::to_string(kVersion) + ".");
  }
  const json& entries = memberOf(*document, "profiles");
  if (!entries.is_object()) return inputError(source + " has no `profiles`.");
  std::vector<LlmProfile> profiles;
  for (const auto& [name, object] : entries.items()) {
    Result<LlmProfile> profile = readProfile(name, object, source);
    if (!profile) return tl::unexpected<Error>(profile.error());
    profiles.push_back(std::move(*profile));
  }
  return profiles;
}

std::filesystem::path userProfilePath() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/')
    return std::filesystem::path(config) / "espalier" / "profiles.json";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return std::filesystem::path(home) / ".config" / "espalier" / "profiles.json";
}

Result<std::vector<LlmProfile>> knownProfiles(const std::filesystem::path& userFile) {
  std::vector<LlmProfile> known;
  std::error_code ignored;
  if (!userFile.empty() && std::filesystem::exists(userFile, ignored)) {
    std::ifstream file(userFile, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
      return inputError("The profile file " + userFile.string() + " cannot be read.",
                        "Check its permissions.");
    Result<std::vector<LlmProfile>> profiles = readProfiles(text.str(), userFile.string());
    if (!profiles) return profiles;
    known = std::move(*profiles);
  }
  Result<std::vector<LlmProfile>> shipped =
      readProfiles(resourceText("profiles.json"), "The shipped profile list");
  if (!shipped) return shipped;
  for (LlmProfile& profile : *shipped)
    if (!named(profile.name, known)) known.push_back(std::move(profile));
  return known;
}

Result<LlmProfile> findProfile(const std::string& name, const std::filesystem::path& userFile) {
  const Result<std::vector<LlmProfile>> profiles = knownProfiles(userFile);
  if (!profiles) return tl::unexpected<Error>(profiles.error());
  if (auto profile = named(name, *profiles)) return *profile;
  std::string known;
  for (const LlmProfile& profile : *profiles) known += (known.empty() ? "" : ", ") + profile.name;
  return usageError(
      "There is no LLM profile `" + shortened(cleanLine(name), 60) + "`; known are: " + known + ".",
      "Add it to " +
          (userFile.empty() ? std::string("espalier/profiles.json in the configuration directory")
                            : userFile.string()) +
          ".");
}

Result<Secret> keyFor(const LlmProfile& profile) {
  std::vector<std::string> variables = {"ESPALIER_API_KEY", "OPENAI_API_KEY"};
  if (profile.keyVariable) variables = {*profile.keyVariable};
  for (const std::string& variable : variables) {
    const char* value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') continue;
    const std::string key = value;
    const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!printable) {
      return usageError(
          "The environment variable " + variable + " holds blanks or characters that no key has.",
          "Set it to the key alone, without a newline.");
    }
    return Secret(key);
  }
  return Secret();
}

}  // namespace espalier
