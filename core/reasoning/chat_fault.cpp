// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_fault.h"

#include <algorithm>
#include <initializer_list>

namespace espalier {
namespace {

JudgedFault judged(ChatFaultKind kind, FaultRemedy remedy, int status, const char* code,
                   std::string message) {
  JudgedFault judgement;
  judgement.fault.kind = kind;
  judgement.fault.status = status;
  judgement.fault.code = code;
  judgement.fault.message = std::move(message);
  judgement.remedy = remedy;
  return judgement;
}

std::string lowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

bool mentions(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&text](const char* word) { return text.find(word) != std::string::npos; });
}

/// Servers that report an error in the middle of a stream name its kind, but no HTTP status.
int impliedStatus(const std::string& words) {
  if (mentions(words, {"insufficient_quota", "rate_limit", "rate limit", "too many requests"})) return 429;
  if (mentions(words, {"overloaded", "unavailable", "capacity"})) return 529;
  if (mentions(words, {"authentication", "invalid_api_key", "unauthorized"})) return 401;
  if (mentions(words, {"permission"})) return 403;
  if (mentions(words, {"not_found", "model not found"})) return 404;
  if (mentions(words, {"invalid_request", "badrequest", "context length", "context_length"})) return 400;
  return 500;
}

std::string seconds(std::chrono::milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

}  // namespace

JudgedFault judgeTransport(const HttpAnswer& answer, const ChatEndpoint& endpoint) {
  const std::string server = "The server at " + endpoint.base;
  const std::string why =
      answer.detail.empty() ? std::string(".") : " (" + shortened(cleanLine(answer.detail), 300) + ").";
  const ChatLimits& limits = endpoint.limits;
  using Kind = ChatFaultKind;
  switch (answer.end) {
    case HttpEnd::Cancelled:
      return judged(Kind::Cancelled, FaultRemedy::GiveUp, 0, "cancelled", "The call was cancelled.");
    case HttpEnd::NoSuchHost:
      return judged(Kind::Unreachable, FaultRemedy::RepeatOnce, 0, "unknown-host",
                    "The host of " + endpoint.base + " is not known" + why);
    case HttpEnd::NoConnection:
      return judged(Kind::Unreachable, FaultRemedy::Repeat, 0, "refused-connection",
                    "No connection to " + endpoint.base + why + " Is the server running?");
    case HttpEnd::TlsFailed:
      return judged(Kind::Unreachable, FaultRemedy::GiveUp, 0, "tls",
                    "The encrypted connection to " + endpoint.base + " failed" + why +
                        " The certificate must be valid; a server without TLS needs http://.");
    case HttpEnd::ProxyFailed:
      return judged(Kind::Unreachable, FaultRemedy::GiveUp, 0, "proxy",
                    "The proxy of the environment does not work" + why);
    case HttpEnd::ConnectTimeout:
      return judged(Kind::TimedOut, FaultRemedy::Repeat, 0, "connect-timeout",
                    server + " did not accept a connection within " + seconds(limits.connect) + ".");
    case HttpEnd::FirstByteTimeout:
      return judged(Kind::TimedOut, FaultRemedy::GiveUp, 0, "first-byte-timeout",
                    server + " did not begin to answer within " + seconds(limits.firstByte) + ".");
    case HttpEnd::IdleTimeout:
      return judged(Kind::TimedOut, FaultRemedy::RepeatOnce, answer.status, "idle-timeout",
                    server + " fell silent for " + seconds(limits.idle) + " in the middle of its answer.");
    case HttpEnd::TotalTimeout:
      return judged(Kind::TimedOut, FaultRemedy::GiveUp, answer.status, "timeout",
                    server + " did not finish its answer within " + seconds(limits.total) + ".");
    case HttpEnd::TooLarge:
      return judged(Kind::OverLimit, FaultRemedy::GiveUp, answer.status, "too-large",
                    server + " sent more than " + std::to_string(limits.bytes >> 10) + " KiB.");
    case HttpEnd::BadEncoding:
      return judged(Kind::Unusable, FaultRemedy::GiveUp, answer.status, "bad-encoding",
                    server + " announced a compression that its answer does not have" + why);
    case HttpEnd::NotHttp:
      return judged(Kind::Unusable, FaultRemedy::GiveUp, 0, "not-http",
                    server + " does not speak HTTP" + why);
    case HttpEnd::Complete:
    case HttpEnd::Stopped:
    case HttpEnd::Broken: break;
  }
  return judged(Kind::Interrupted, FaultRemedy::Repeat, answer.status, "interrupted",
                "The connection to " + endpoint.base + " broke" + why);
}

JudgedFault judgeRedirect(const HttpAnswer& answer, const ChatEndpoint& endpoint) {
  return judged(
      ChatFaultKind::Rejected, FaultRemedy::GiveUp, answer.status, "redirect",
      "The server at " + endpoint.base + " points to `" + shortened(cleanLine(answer.redirectTarget), 200) +
          "`; this is not followed, because the key would go there too. If you trust it, give that address.");
}

JudgedFault judgeServer(const ServerError& error, const ChatEndpoint& endpoint) {
  using Kind = ChatFaultKind;
  const std::string words = lowerCase(error.type + " " + error.message);
  const int status = error.status != 0 ? error.status : impliedStatus(words);
  const std::string said =
      endpoint.base + (error.status != 0 ? " answered " + std::to_string(status) : " reported an error") +
      ": " + endpoint.key.redact(error.message);
  const std::string sentence = "The server at " + said + (said.ends_with('.') ? "" : ".");
  const bool tooLong =
      mentions(words, {"context length", "context_length", "maximum context", "context size",
                       "prompt is too long", "too many tokens", "exceeds the available context"});
  switch (status) {
    case 400:
    case 422:
      if (tooLong) return judged(Kind::TooLong, FaultRemedy::GiveUp, status, "too-long", sentence);
      return judged(Kind::BadRequest, FaultRemedy::StepDown, status, "bad-request", sentence);
    case 401:
      return judged(Kind::Rejected, FaultRemedy::GiveUp, status, "unauthorized",
                    sentence + (endpoint.key.empty() ? " No key was sent; set ESPALIER_API_KEY."
                                                     : " Check the key in the environment."));
    case 402: return judged(Kind::Rejected, FaultRemedy::GiveUp, status, "payment", sentence);
    case 403: return judged(Kind::Rejected, FaultRemedy::GiveUp, status, "forbidden", sentence);
    case 404:
      return judged(Kind::Rejected, FaultRemedy::GiveUp, status, "not-found",
                    sentence + " Check the address and the model `" + endpoint.model + "`.");
    case 413: return judged(Kind::TooLong, FaultRemedy::GiveUp, status, "too-long", sentence);
    case 408:
    case 409:
    case 425: return judged(Kind::Overloaded, FaultRemedy::Repeat, status, "server-error", sentence);
    case 429:
      if (mentions(words, {"insufficient_quota", "exceeded your current quota", "billing",
                           "insufficient balance"})) {
        return judged(Kind::Rejected, FaultRemedy::GiveUp, status, "quota", sentence);
      }
      return judged(Kind::Overloaded, FaultRemedy::Repeat, status, "rate-limit", sentence);
    default: break;
  }
  if (status >= 500) return judged(Kind::Overloaded, FaultRemedy::Repeat, status, "server-error", sentence);
  return judged(Kind::Rejected, FaultRemedy::GiveUp, status, "refused", sentence);
}

ServerTraits steppedDown(const ServerTraits& used, const ChatFault& fault, bool asksForSchema,
                         std::string& words) {
  using Format = ServerTraits::Format;
  const std::string said = lowerCase(fault.message);
  ServerTraits next = used;
  if (used.temperature && mentions(said, {"temperature"})) {
    next.temperature = false;
    words = "the temperature";
  } else if (!used.completionTokens && mentions(said, {"max_completion_tokens", "max_tokens"})) {
    next.completionTokens = true;
    words = "max_tokens (max_completion_tokens is sent instead)";
  } else if (used.streamOptions && used.stream && mentions(said, {"stream_options", "include_usage"})) {
    next.streamOptions = false;
    words = "the usage in streams";
  } else if (used.systemRole &&
             mentions(said, {"system role", "role system", "role: system", "roles must alternate"})) {
    next.systemRole = false;
    words = "the system role";
  } else if (used.stream && mentions(said, {"stream"}) && !mentions(said, {"response_format", "schema"})) {
    next.stream = false;
    words = "streaming";
  } else if (asksForSchema && used.format == Format::Schema) {
    next.format = Format::JsonObject;
    words = "the schema of the reply";
  } else if (asksForSchema && used.format == Format::JsonObject) {
    next.format = Format::Plain;
    words = "JSON as reply format";
  } else if (used.temperature || used.streamOptions) {
    // The refusal names nothing that we know: the barest request is the last one to try.
    next.temperature = false;
    next.streamOptions = false;
    words = "all options";
  }
  return next;
}

}  // namespace espalier
