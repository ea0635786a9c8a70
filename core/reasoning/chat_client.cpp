// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_client.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"
#include "reasoning/chat_sse.h"
#include "support/hash.h"
#include "support/random.h"

namespace espalier {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr int kMostStepsDown = 8;
constexpr int kMostTokens = 32'768;
constexpr std::size_t kLargestErrorBody = 64 << 10;

double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// False if the wait was cancelled.
bool waitFor(Milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

/// Receives a body of which nobody knows beforehand whether it is a stream, a JSON document or an error: the
/// status and the first visible character tell, whatever the content type says.
class BodyReader {
 public:
  BodyReader(ReplyAssembler& assembler, std::size_t lineLimit)
      : assembler_(assembler), sse_(lineLimit, [this](const SseEvent& event) { assembler_.event(event); }) {}

  bool receive(int status, std::string_view bytes) {
    if (status < 200 || status >= 300) {
      mode_ = Mode::Error;
      body_ += bytes.substr(0, kLargestErrorBody - std::min(kLargestErrorBody, body_.size()));
      return body_.size() < kLargestErrorBody;
    }
    if (mode_ == Mode::Unknown) {
      body_ += bytes;
      std::size_t first = body_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
      first = body_.find_first_not_of(" \t\r\n", first);
      if (first == std::string::npos) return true;
      if (body_[first] == '{' || body_[first] == '[' || body_[first] == '<') {
        mode_ = Mode::Document;
        body_.erase(0, first);
        return true;
      }
      mode_ = Mode::Stream;
      std::string begun;
      begun.swap(body_);
      return stream(begun);
    }
    if (mode_ == Mode::Stream) return stream(bytes);
    body_ += bytes;
    return true;
  }

  void finish() {
    if (mode_ == Mode::Stream) {
      sse_.finish();
    } else if (mode_ == Mode::Document) {
      readable_ = assembler_.whole(body_);
    }
  }

  [[nodiscard]] const std::string& body() const { return body_; }
  [[nodiscard]] bool tooLong() const { return tooLong_; }
  [[nodiscard]] bool isDocument() const { return mode_ == Mode::Document; }
  [[nodiscard]] bool readable() const { return readable_; }

 private:
  enum class Mode { Unknown, Stream, Document, Error };

  bool stream(std::string_view bytes) {
    if (!sse_.feed(bytes)) {
      tooLong_ = true;
      return false;
    }
    return !assembler_.error();
  }

  ReplyAssembler& assembler_;
  SseReader sse_;
  Mode mode_ = Mode::Unknown;
  std::string body_;
  bool tooLong_ = false;
  bool readable_ = true;
};

JudgedFault unusable(const char* code, std::string message, FaultRemedy remedy) {
  JudgedFault judgement;
  judgement.fault.kind = ChatFaultKind::Unusable;
  judgement.fault.code = code;
  judgement.fault.message = std::move(message);
  judgement.remedy = remedy;
  return judgement;
}

std::string wholePrompt(const ChatRequest& request) {
  std::string text = request.system + "\n" + request.question;
  for (const ChatTurn& further : request.further) text += "\n" + further.text;
  return text;
}

}  // namespace

/// What one request gave: a reply or a judged fault.
struct ChatClient::Attempt {
  std::optional<ChatReply> reply;
  JudgedFault judgement;
  std::optional<double> retryAfterSeconds;
  bool thoughtTooLong = false;  ///< the whole budget of tokens went into reasoning
};

ServerTraits ChatClient::traits() const {
  const std::lock_guard lock(mutex_);
  return traits_;
}

ChatClient::Attempt ChatClient::attempt(const ChatEndpoint& endpoint, const ChatRequest& request,
                                        const ServerTraits& traits, const std::stop_token& stop,
                                        const DeltaSink& sink) {
  StreamRedactor textRedactor(endpoint.key);
  StreamRedactor thoughtRedactor(endpoint.key);
  const Clock::time_point begin = Clock::now();
  double firstToken = 0;
  ReplyAssembler assembler(endpoint.dialect, [&](std::string_view piece, bool thinking) {
    if (firstToken == 0) firstToken = secondsSince(begin);
    if (!sink) return;
    const std::string safe = cleanText((thinking ? thoughtRedactor : textRedactor).feed(piece));
    if (!safe.empty()) sink(safe, thinking);
  });
  BodyReader body(assembler, endpoint.limits.lineBytes);
  const HttpAnswer answer = transport_.perform(
      chatRequestOnWire(endpoint, request, traits), endpoint.limits,
      [&body](int status, std::string_view bytes) { return body.receive(status, bytes); }, stop);
  body.finish();

  Attempt result;
  result.retryAfterSeconds = answer.retryAfterSeconds;
  const bool accepted = answer.status >= 200 && answer.status < 300;
  const bool ended = answer.end == HttpEnd::Complete || answer.end == HttpEnd::Stopped;
  if (answer.end == HttpEnd::Cancelled) {
    result.judgement = judgeTransport(answer, endpoint);
  } else if (ended && answer.status >= 300 && answer.status < 400) {
    result.judgement = judgeRedirect(answer, endpoint);
  } else if (answer.status >= 400 || (ended && !accepted)) {
    result.judgement = judgeServer(serverErrorIn(body.body(), answer.status), endpoint);
  } else if (body.tooLong()) {
    result.judgement = unusable("giant-line",
                                "The server at " + endpoint.base + " sent a line of more than " +
                                    std::to_string(endpoint.limits.lineBytes >> 10) + " KiB.",
                                FaultRemedy::GiveUp);
  } else if (assembler.error()) {
    result.judgement = judgeServer(*assembler.error(), endpoint);
  } else if (answer.end == HttpEnd::TooLarge) {
    result.judgement = judgeTransport(answer, endpoint);
  } else if (assembler.hasText() || assembler.hasReasoning()) {
    result.thoughtTooLong = !assembler.hasText() && (assembler.finishReason() == "length" ||
                                                     assembler.finishReason() == "max_tokens");
    ChatReply reply = assembler.take();
    if (!ended) {
      reply.finish = "interrupted";
      reply.notes.push_back(judgeTransport(answer, endpoint).fault.message + " What had come was used.");
    } else if (!assembler.complete()) {
      reply.notes.emplace_back("The stream ended without its end mark.");
    }
    if (reply.model.empty()) reply.model = endpoint.model;
    if (reply.usage.tokens.estimated) {
      reply.usage.tokens.prompt = static_cast<std::int64_t>(estimateTokens(wholePrompt(request)));
      reply.usage.tokens.reasoning = static_cast<std::int64_t>(estimateTokens(reply.reasoning));
      reply.usage.tokens.completion =
          static_cast<std::int64_t>(estimateTokens(reply.text)) + reply.usage.tokens.reasoning;
    }
    reply.text = endpoint.key.redact(reply.text);
    reply.reasoning = endpoint.key.redact(reply.reasoning);
    reply.model = endpoint.key.redact(reply.model);
    reply.firstTokenSeconds = firstToken;
    result.reply = std::move(reply);
  } else if (!ended) {
    result.judgement = judgeTransport(answer, endpoint);
  } else if (body.isDocument() && !body.readable()) {
    const ServerError words = serverErrorIn(body.body(), 0);
    const bool page = body.body().starts_with('<');
    result.judgement = unusable(
        page ? "web-page" : "no-chat-reply",
        "The server at " + endpoint.base + " answered with " +
            (page ? "a web page" : "something that is no chat reply: " + endpoint.key.redact(words.message)) +
            ". Check the address; it usually ends in /v1.",
        FaultRemedy::GiveUp);
  } else if (!assembler.sawReply() && !body.body().empty() &&
             body.body().find_first_not_of(" \t\r\n") != std::string::npos) {
    result.judgement =
        unusable("no-chat-reply", "The server at " + endpoint.base + " sent something that is no chat reply.",
                 FaultRemedy::GiveUp);
  } else {
    result.judgement =
        unusable("empty-reply", "The server at " + endpoint.base + " sent an answer without any text.",
                 FaultRemedy::RepeatOnce);
    result.judgement.fault.usage = assembler.usage();
  }
  result.judgement.fault.status = answer.status;
  return result;
}

bool ChatClient::stepDown(const ServerTraits& used, const ChatFault& fault, const ChatRequest& request,
                          std::string& note) {
  std::string words;
  const ServerTraits next = steppedDown(used, fault, !request.schema.empty(), words);
  if (next == used) return false;
  note = "The server refuses " + words + "; asked again without.";
  const std::lock_guard lock(mutex_);
  // Another call may have learnt something meanwhile: keep both.
  traits_.format = std::max(traits_.format, next.format);
  traits_.stream = traits_.stream && next.stream;
  traits_.streamOptions = traits_.streamOptions && next.streamOptions;
  traits_.temperature = traits_.temperature && next.temperature;
  traits_.completionTokens = traits_.completionTokens || next.completionTokens;
  traits_.systemRole = traits_.systemRole && next.systemRole;
  return true;
}

ChatOutcome ChatClient::ask(const ChatRequest& asked, const std::stop_token& stop, const DeltaSink& sink) {
  const Clock::time_point begin = Clock::now();
  const ChatLimits& limits = endpoint_.limits;
  ChatRequest request = asked;
  // Jitter spreads the load in time; it never decides anything, so the prompt may seed it.
  Random jitter(Hasher().add(wholePrompt(asked)).value());
  std::vector<std::string> notes;
  ChatUsage wasted;
  Milliseconds backOff = limits.firstBackOff;
  int attempts = 0;
  int stepsDown = 0;
  bool repeatedOnce = false;
  const auto failed = [&](ChatFault fault) {
    fault.usage += wasted;
    fault.attempts = attempts;
    fault.seconds = secondsSince(begin);
    fault.notes = std::move(notes);
    return tl::unexpected<ChatFault>(std::move(fault));
  };
  ChatEndpoint endpoint = endpoint_;
  if (std::optional<ChatFault> fault = findModel(stop, endpoint.model)) return failed(std::move(*fault));
  for (;;) {
    const ServerTraits used = traits();
    Attempt result = attempt(endpoint, request, used, stop, sink);
    ++attempts;
    const int retries = attempts - stepsDown;
    if (result.reply && result.thoughtTooLong && request.maximumTokens < kMostTokens &&
        retries < limits.attempts) {
      wasted += result.reply->usage;
      request.maximumTokens = std::min(kMostTokens, 4 * request.maximumTokens);
      notes.push_back("All tokens of the reply went into reasoning; asked again with at most " +
                      std::to_string(request.maximumTokens) + ".");
      continue;
    }
    if (result.reply) {
      ChatReply reply = std::move(*result.reply);
      reply.usage += wasted;
      reply.attempts = attempts;
      reply.seconds = secondsSince(begin);
      reply.notes.insert(reply.notes.begin(), notes.begin(), notes.end());
      return reply;
    }
    ChatFault fault = std::move(result.judgement.fault);
    FaultRemedy remedy = result.judgement.remedy;
    if (remedy == FaultRemedy::StepDown) {
      std::string note;
      if (stepsDown < kMostStepsDown && stepDown(used, fault, request, note)) {
        ++stepsDown;
        notes.push_back(std::move(note));
        continue;
      }
      return failed(std::move(fault));
    }
    if (remedy == FaultRemedy::RepeatOnce) {
      remedy = repeatedOnce ? FaultRemedy::GiveUp : FaultRemedy::Repeat;
      repeatedOnce = true;
    }
    if (remedy == FaultRemedy::GiveUp || retries >= limits.attempts) return failed(std::move(fault));
    Milliseconds wait(backOff.count() / 2 + static_cast<Milliseconds::rep>(
                                                jitter.uniform() * static_cast<double>(backOff.count()) / 2));
    if (result.retryAfterSeconds) {
      const Milliseconds wanted(static_cast<Milliseconds::rep>(*result.retryAfterSeconds * 1000));
      if (wanted > limits.longestWait) {
        fault.message +=
            " It asks to wait " + std::to_string(wanted.count() / 1000) + " s, which is too long.";
        return failed(std::move(fault));
      }
      wait = std::max(wait, wanted);
    }
    wasted += fault.usage;
    notes.push_back(fault.message + " Asked again.");
    if (!waitFor(std::min(wait, limits.longestWait), stop)) {
      fault.kind = ChatFaultKind::Cancelled;
      fault.code = "cancelled";
      fault.message = "The call was cancelled.";
      fault.usage = {};
      return failed(std::move(fault));
    }
    backOff = std::min(2 * backOff, limits.longestWait);
  }
}

std::string ChatClient::name() const {
  const std::lock_guard lock(mutex_);
  return discoveredModel_.empty() ? endpoint_.model : discoveredModel_;
}

std::optional<ChatFault> ChatClient::findModel(const std::stop_token& stop, std::string& model) {
  if (endpoint_.model != "auto") return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    model = discoveredModel_;
  }
  if (!model.empty()) return std::nullopt;
  const Result<std::vector<std::string>> names = models(stop);
  if (names && !names->empty()) {
    const std::lock_guard lock(mutex_);
    model = discoveredModel_ = names->front();
    return std::nullopt;
  }
  ChatFault fault;
  fault.kind = stop.stop_requested() ? ChatFaultKind::Cancelled : ChatFaultKind::Unreachable;
  fault.code = stop.stop_requested() ? "cancelled" : "no-model";
  fault.message = names ? "The server at " + endpoint_.base + " offers no model." : names.error().text();
  return fault;
}

Result<std::vector<std::string>> ChatClient::models(const std::stop_token& stop) {
  constexpr std::size_t kLongestName = 200;
  std::string body;
  const HttpAnswer answer = transport_.perform(
      modelsRequestOnWire(endpoint_), endpoint_.limits,
      [&body](int, std::string_view bytes) {
        body += bytes;
        return true;
      },
      stop);
  if (answer.end != HttpEnd::Complete)
    return environmentError(judgeTransport(answer, endpoint_).fault.message);
  if (answer.status >= 300 && answer.status < 400)
    return environmentError(judgeRedirect(answer, endpoint_).fault.message);
  if (answer.status != 200) {
    return environmentError(judgeServer(serverErrorIn(body, answer.status), endpoint_).fault.message);
  }
  const auto document = parseForeignJson(body);
  const nlohmann::json none;
  const nlohmann::json& data = document ? memberOf(*document, "data") : none;
  if (!data.is_array()) {
    return environmentError("The server at " + endpoint_.base + " does not list its models.",
                            "Name one with --llm-model.");
  }
  std::vector<std::string> names;
  for (const nlohmann::json& entry : data) {
    const std::string name = endpoint_.key.redact(shortened(cleanLine(textOf(entry, "id")), kLongestName));
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

}  // namespace espalier
