// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
//
// Structs to JSON and back from one list of fields each: `fields(io, value)` names every member once, and the
// writer and the reader both walk it. Included by .cpp files only.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "session/event.h"
#include "session/exchange.h"
#include "support/hash.h"

namespace espalier::detail {

template <class Io>
void fields(Io& io, AppliedItem& value) {
  io("proposed", value.proposed);
  io("accepted", value.accepted);
  io("applied", value.applied);
  io("refusal", value.refusalCode);
  io("reason", value.reason);
  io("hint", value.hint);
}
template <class Io>
void fields(Io& io, State& value) {
  io("trace", value.trace);
  io.hash("hash", value.hash);
}
template <class Io>
void fields(Io& io, Prediction& value) {
  io("seconds", value.seconds);
  io("uncertainty", value.uncertainty);
  io("source", value.source);
  io("words", value.words);
}
template <class Io>
void fields(Io& io, Measurement& value) {
  io("valid", value.valid);
  io("seconds", value.seconds);
  io("repeats", value.repeats);
  io("failure", value.failure);
  io("detail", value.detail);
  io("buildSeconds", value.buildSeconds);
  io("verified", value.verified);
  io("verification", value.verification);
  io("recorded", value.recorded);
}
template <class Io>
void fields(Io& io, Section& value) {
  io("key", value.key);
  io("title", value.title);
  io("text", value.text);
}
template <class Io>
void fields(Io& io, ProblemInfo& value) {
  io("kind", value.kind);
  io("name", value.name);
  io("identity", value.identity);
  io.hash("hash", value.hash);
  io("operations", value.operations);
  io("compulsoryBytes", value.compulsoryBytes);
  io("rooflineSeconds", value.rooflineSeconds);
  io("threads", value.threads);
  io("sections", value.sections);
}
template <class Io>
void fields(Io& io, TokenUsage& value) {
  io("prompt", value.prompt);
  io("cached", value.cached);
  io("completion", value.completion);
  io("reasoning", value.reasoning);
  io("estimated", value.estimated);
}
template <class Io>
void fields(Io& io, Exchange& value) {
  io("model", value.model);
  io("prompt", value.prompt);
  io.hash("promptHash", value.promptHash);
  io("reply", value.reply);
  io("thinking", value.thinking);
  io("usage", value.usage);
  io("costUsd", value.costUsd);
  io("latencySeconds", value.latencySeconds);
  io("firstTokenSeconds", value.firstTokenSeconds);
  io("attempts", value.attempts);
  io("outcome", value.outcome);
  io("words", value.words);
  io("recorded", value.recorded);
}

template <class Io>
void fields(Io& io, BaselineMeasured& value) {
  io("measurement", value.measurement);
}
template <class Io>
void fields(Io& io, UctTerms& value) {
  io.node("child", value.child);
  io("visits", value.visits);
  io("virtualVisits", value.virtualVisits);
  io("mean", value.mean);
  io("exploration", value.exploration);
  io("open", value.open);
  io("chosen", value.chosen);
}
template <class Io>
void fields(Io& io, SelectionStep& value) {
  io.node("parent", value.parent);
  io("children", value.children);
}
template <class Io>
void fields(Io& io, NodeSelected& value) {
  io("request", value.request);
  io.node("node", value.node);
  io("path", value.path);
}
template <class Io>
void fields(Io& io, NodeAdded& value) {
  io.optionalRequest("request", value.request);
  io.node("node", value.node);
  io.node("parent", value.parent);
  io("state", value.state);
  io("items", value.items);
  io("source", value.source);
  io("reasoning", value.reasoning);
  io("fallback", value.fallback);
  io("prediction", value.prediction);
  io("rolloutSeconds", value.rolloutSeconds);
  io.unlessZero("preference", value.preference);
}
template <class Io>
void fields(Io& io, ProposalRejected& value) {
  io("request", value.request);
  io.node("node", value.node);
  io("items", value.items);
  io("source", value.source);
  io("reasoning", value.reasoning);
  io("cause", value.cause);
  io.node("duplicateOf", value.duplicateOf);
  io("fallback", value.fallback);
  io("closes", value.closes);
}
template <class Io>
void fields(Io& io, Backpropagated& value) {
  io.node("node", value.node);
  io("cause", value.cause);
  io("reward", value.reward);
  io("value", value.value);
}
template <class Io>
void fields(Io& io, CandidateChosen& value) {
  io("sample", value.sample);
  io.node("node", value.node);
  io("cause", value.cause);
}
template <class Io>
void fields(Io& io, SampleMeasured& value) {
  io("sample", value.sample);
  io.node("node", value.node);
  io("predictedSeconds", value.predictedSeconds);
  io("measurement", value.measurement);
}
template <class Io>
void fields(Io& io, NewBest& value) {
  io("sample", value.sample);
  io.node("node", value.node);
  io("seconds", value.seconds);
  io("speedup", value.speedup);
}
template <class Io>
void fields(Io& io, ValuesRefreshed::Entry& value) {
  io.node("node", value.node);
  io("seconds", value.seconds);
  io("uncertainty", value.uncertainty);
}
template <class Io>
void fields(Io& io, ValuesRefreshed& value) {
  io("observations", value.observations);
  io("measuredReference", value.measuredReference);
  io("predictedReference", value.predictedReference);
  io("valuesKept", value.valuesKept);
  io("predictions", value.predictions);
}
template <class Io>
void fields(Io& io, NodeMarked& value) {
  io.node("node", value.node);
  io("mark", value.mark);
}
template <class Io>
void fields(Io& io, ConditionsChanged& value) {
  io("problem", value.problem);
}
template <class Io>
void fields(Io& io, RunStarted& value) {
  io("resumed", value.resumed);
  io("problem", value.problem);
  io("seed", value.seed);
  io("strategy", value.strategy);
  io("proposer", value.proposer);
  io("concurrency", value.concurrency);
  io("preset", value.preset);
  io("options", value.options);
  io("host", value.host);
  io("software", value.software);
}
template <class Io>
void fields(Io& io, PromptSent& value) {
  io("request", value.request);
  io.node("node", value.node);
  io("model", value.model);
  io.hash("promptHash", value.promptHash);
  io("prompt", value.prompt);
}
template <class Io>
void fields(Io& io, ReplyDelta& value) {
  io("request", value.request);
  io.node("node", value.node);
  io("thinking", value.thinking);
  io("text", value.text);
}
template <class Io>
void fields(Io& io, ReplyFinished& value) {
  io("request", value.request);
  io.node("node", value.node);
  io("exchange", value.exchange);
}
template <class Io>
void fields(Io& io, ProposalArrived& value) {
  io("request", value.request);
  io.node("node", value.node);
  io.hash("stateHash", value.stateHash);
  io("proposer", value.proposer);
  io("reasoning", value.reasoning);
  io("items", value.items);
  io("random", value.random);
  io("fallback", value.fallback);
  io.unlessZero("preference", value.preference);
  io("notice", value.notice);
  io("askedMilliseconds", value.askedMilliseconds);
  io("answeredMilliseconds", value.answeredMilliseconds);
}
template <class Io>
void fields(Io& io, BuildFinished& value) {
  io("sample", value.sample);
  io.node("node", value.node);
  io("seconds", value.seconds);
  io("failed", value.failed);
  io("buildBeganMilliseconds", value.buildBeganMilliseconds);
  io("measureBeganMilliseconds", value.measureBeganMilliseconds);
  io("measureEndedMilliseconds", value.measureEndedMilliseconds);
}
template <class Io>
void fields(Io& io, CommandReceived& value) {
  io("command", value.command);
  io("accepted", value.accepted);
  io("words", value.words);
}
template <class Io>
void fields(Io& io, RunPaused& value) {
  io("requestsInFlight", value.requestsInFlight);
  io("samplesInFlight", value.samplesInFlight);
}
template <class Io>
void fields(Io&, RunContinued&) {}
template <class Io>
void fields(Io& io, Notice& value) {
  io("severity", value.severity);
  io("text", value.text);
}
template <class Io>
void fields(Io& io, BestConfirmed& value) {
  io.node("node", value.node);
  io("measurement", value.measurement);
}
template <class Io>
void fields(Io& io, RunFinished& value) {
  io("reason", value.reason);
  io("words", value.words);
}

template <class Io>
void fields(Io&, PauseCommand&) {}
template <class Io>
void fields(Io&, ResumeCommand&) {}
template <class Io>
void fields(Io&, StopCommand&) {}
template <class Io>
void fields(Io& io, StepCommand& value) {
  io("stage", value.stage);
}
template <class Io>
void fields(Io& io, ExpandCommand& value) {
  io.node("node", value.node);
}
template <class Io>
void fields(Io& io, MeasureCommand& value) {
  io.node("node", value.node);
}
template <class Io>
void fields(Io& io, PinCommand& value) {
  io.node("node", value.node);
}
template <class Io>
void fields(Io& io, UnpinCommand& value) {
  io.node("node", value.node);
}
template <class Io>
void fields(Io& io, PruneCommand& value) {
  io.node("node", value.node);
}
template <class Io>
void fields(Io& io, UnpruneCommand& value) {
  io.node("node", value.node);
}
template <class Io>
void fields(Io& io, FocusCommand& value) {
  io.node("node", value.node);
}
template <class Io>
void fields(Io& io, HintCommand& value) {
  io.node("node", value.node);
  io("text", value.text);
}
template <class Io>
void fields(Io& io, AddTransformationsCommand& value) {
  io.node("node", value.node);
  io("items", value.items);
  io("reasoning", value.reasoning);
}
template <class Io>
void fields(Io& io, AskAgainCommand& value) {
  io.node("node", value.node);
  io("prompt", value.prompt);
}
template <class Io>
void fields(Io& io, AnswerCommand& value) {
  io("request", value.request);
  io("items", value.items);
  io("reasoning", value.reasoning);
}
template <class Io>
void fields(Io& io, SetParameterCommand& value) {
  io("name", value.name);
  io("value", value.value);
}

/// The reading of a damaged text; turned into an Error where reading began.
struct UnreadableJson {
  std::string words;
};

inline constexpr const char* kMarkNames[] = {"pruned",   "unpruned", "pinned",
                                             "unpinned", "focused",  "unfocused"};

class JsonWriter {
 public:
  template <class Value>
  void operator()(const char* name, const Value& value) {
    json_[name] = convert(value);
  }
  void hash(const char* name, std::uint64_t value) { json_[name] = hexadecimal(value); }
  void node(const char* name, NodeId value) {
    if (value == kNoNode)
      json_[name] = nullptr;
    else
      json_[name] = value;
  }
  void optionalRequest(const char* name, std::uint64_t value) {
    if (value != kNoRequest) json_[name] = value;
  }
  void unlessZero(const char* name, double value) {
    if (value != 0) json_[name] = value;
  }
  [[nodiscard]] nlohmann::json take() { return std::move(json_); }

  template <class Value>
  static nlohmann::json convert(const Value& value) {
    if constexpr (std::is_same_v<Value, NodeMark>) {
      return kMarkNames[static_cast<int>(value)];
    } else if constexpr (std::is_same_v<Value, Command>) {
      return toJson(value);
    } else if constexpr (std::is_arithmetic_v<Value> || std::is_same_v<Value, std::string>) {
      return value;
    } else {
      return convertCompound(value);
    }
  }

 private:
  template <class Element>
  static nlohmann::json convertCompound(const std::vector<Element>& values) {
    auto array = nlohmann::json::array();
    for (const auto& value : values) array.push_back(convert(value));
    return array;
  }
  template <class Element>
  static nlohmann::json convertCompound(const std::optional<Element>& value) {
    return value ? convert(*value) : nlohmann::json();
  }
  template <class Struct>
  static nlohmann::json convertCompound(const Struct& value) {
    JsonWriter writer;
    fields(writer, const_cast<Struct&>(value));  // the writer only reads it; one list serves both directions
    return writer.take();
  }

  nlohmann::json json_ = nlohmann::json::object();
};

class JsonReader {
 public:
  explicit JsonReader(const nlohmann::json& json) : json_(json) {
    if (!json.is_object()) throw UnreadableJson{"an object was expected"};
  }

  /// Leaves the value alone where the field is missing or null.
  template <class Value>
  void operator()(const char* name, Value& value) {
    const auto found = json_.find(name);
    if (found != json_.end() && !found->is_null()) read(*found, value);
  }
  void hash(const char* name, std::uint64_t& value) {
    std::string text;
    (*this)(name, text);
    if (text.size() > 16 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
      throw UnreadableJson{std::string("`") + name + "` is not a hash"};
    value = text.empty() ? 0 : std::stoull(text, nullptr, 16);
  }
  void node(const char* name, NodeId& value) { (*this)(name, value); }
  void optionalRequest(const char* name, std::uint64_t& value) { (*this)(name, value); }
  void unlessZero(const char* name, double& value) { (*this)(name, value); }

  template <class Value>
  static void read(const nlohmann::json& json, Value& value) {
    if constexpr (std::is_same_v<Value, NodeMark>) {
      const auto text = json.get<std::string>();
      for (int i = 0; i < 6; ++i)
        if (text == kMarkNames[i]) {
          value = static_cast<NodeMark>(i);
          return;
        }
      throw UnreadableJson{"the mark `" + text + "` is unknown"};
    } else if constexpr (std::is_same_v<Value, Command>) {
      auto command = commandFromJson(json);
      if (!command) throw UnreadableJson{command.error().message};
      value = *std::move(command);
    } else if constexpr (std::is_arithmetic_v<Value> || std::is_same_v<Value, std::string>) {
      value = json.get<Value>();
    } else {
      readCompound(json, value);
    }
  }

 private:
  template <class Element>
  static void readCompound(const nlohmann::json& json, std::vector<Element>& values) {
    if (!json.is_array()) throw UnreadableJson{"a list was expected"};
    values.clear();
    values.reserve(json.size());
    for (const auto& element : json) {
      values.emplace_back();
      if (!element.is_null()) read(element, values.back());
    }
  }
  template <class Element>
  static void readCompound(const nlohmann::json& json, std::optional<Element>& value) {
    value.emplace();
    read(json, *value);
  }
  template <class Struct>
  static void readCompound(const nlohmann::json& json, Struct& value) {
    JsonReader reader(json);
    fields(reader, value);
  }

  const nlohmann::json& json_;
};

/// Reads the alternative with this number.
template <class Variant, std::size_t Index = 0>
Variant readAlternative(std::size_t index, const nlohmann::json& json) {
  if constexpr (Index < std::variant_size_v<Variant>) {
    if (index != Index) return readAlternative<Variant, Index + 1>(index, json);
    std::variant_alternative_t<Index, Variant> value;
    JsonReader reader(json);
    fields(reader, value);
    return Variant(std::in_place_index<Index>, std::move(value));
  } else {
    throw UnreadableJson{"the kind is unknown"};
  }
}

}  // namespace espalier::detail
