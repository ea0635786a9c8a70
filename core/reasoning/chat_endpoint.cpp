// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_endpoint.h"

#include <algorithm>
#include <cctype>

namespace espalier {
namespace {

constexpr const char* kUrlHint =
    "Give the base address of the server, for instance http://localhost:11434/v1.";

bool removeSuffix(std::string& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

bool isUrlCharacter(char character) {
  const auto code = static_cast<unsigned char>(character);
  return code > 0x20 && code < 0x7F && character != '"' && character != '<' && character != '>' &&
         character != '\\';
}

}  // namespace

Result<ServerUrl> parseServerUrl(std::string_view url) {
  if (url.empty()) return usageError("The address of the LLM server is empty.", kUrlHint);
  if (!std::all_of(url.begin(), url.end(), isUrlCharacter)) {
    return usageError("The address of the LLM server has characters that no URL has.", kUrlHint);
  }
  std::string text(url);
  const std::size_t colons = text.find("://");
  if (colons == std::string::npos) {
    return usageError("The address of the LLM server, `" + shortened(text, 200) +
                          "`, does not begin with http:// or https://.",
                      kUrlHint);
  }
  std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colons), text.begin(),
                 [](unsigned char character) { return static_cast<char>(std::tolower(character)); });
  const std::string scheme = text.substr(0, colons);
  if (scheme != "http" && scheme != "https") {
    return usageError("The address of the LLM server has the scheme `" + shortened(scheme, 40) +
                          "`; only http and https work.",
                      kUrlHint);
  }
  const std::size_t hostBegin = colons + 3;
  const std::size_t hostEnd = std::min(text.find('/', hostBegin), text.size());
  const std::string host = text.substr(hostBegin, hostEnd - hostBegin);
  if (host.empty()) return usageError("The address of the LLM server names no host.", kUrlHint);
  if (host.find('@') != std::string::npos) {
    return usageError("The address of the LLM server contains a user name or password.",
                      "Put the key into the environment variable ESPALIER_API_KEY instead.");
  }
  if (text.find_first_of("?#") != std::string::npos) {
    return usageError("The address of the LLM server has a query or fragment.", kUrlHint);
  }
  while (text.size() > hostEnd && text.ends_with('/')) text.pop_back();
  ServerUrl server;
  const bool messages = removeSuffix(text, "/messages");
  if (!messages) removeSuffix(text, "/chat/completions");
  server.dialect = messages || host == "api.anthropic.com" || host.starts_with("api.anthropic.com:")
                       ? ChatDialect::Anthropic
                       : ChatDialect::OpenAi;
  if (text.find('/', hostBegin) == std::string::npos) text += "/v1";
  server.base = text;
  return server;
}

}  // namespace espalier
