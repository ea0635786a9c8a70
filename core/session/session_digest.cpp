// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/session_digest.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <nlohmann/json.hpp>

namespace espalier {
namespace {

constexpr std::uint32_t kEncoding = 1;
constexpr std::uint32_t kAbsent = 0xffffffffU;
constexpr std::size_t kMostTexts = 0xffff;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// `TileSize` of `TileSize(block=C, loop=n, factors=[64, 32])`.
std::string_view nameOfStep(std::string_view step) { return step.substr(0, step.find('(')); }

std::string labelOf(const NodeAdded& added) {
  std::size_t accepted = 0;
  std::string_view last;
  for (const AppliedItem& item : added.items) {
    if (!item.accepted) continue;
    ++accepted;
    last = nameOfStep(item.applied);
  }
  if (accepted == 0) return added.parent == kNoNode ? "p0" : "";
  return accepted == 1 ? std::string(last) : std::string(last) + " +" + std::to_string(accepted - 1);
}

/// Times are kept as how long before the event they were.
std::uint32_t ago(std::int64_t event, std::int64_t time) {
  if (time == 0) return kAbsent;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(event - time, 0, kAbsent - 1));
}
std::int64_t timeOf(std::int64_t event, std::uint32_t before) {
  return before == kAbsent ? 0 : event - before;
}

std::uint64_t pair(std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; }

/// What the digest takes from each kind of event.
DigestEntry entryOf(const EventBody& body, std::int64_t milliseconds) {
  DigestEntry entry;
  entry.milliseconds = milliseconds;
  entry.node = nodeOf(body);
  const auto flag = [&](DigestFlag which, bool on) {
    if (on) entry.flags = static_cast<std::uint8_t>(entry.flags | which);
  };
  std::visit(Overloaded{
                 [&](const NodeSelected&) { entry.kind = DigestKind::NodeSelected; },
                 [&](const NodeAdded& added) {
                   entry.kind = DigestKind::NodeAdded;
                   entry.other = added.parent;
                   if (added.prediction) entry.seconds = static_cast<float>(added.prediction->seconds);
                   flag(kDigestFallback, added.fallback);
                   flag(kDigestRequested, added.request != kNoRequest);
                   flag(kDigestByUser, added.source == "user");
                 },
                 [&](const ProposalArrived& arrived) {
                   entry.kind = DigestKind::ProposalArrived;
                   entry.other = ago(milliseconds, arrived.askedMilliseconds);
                   entry.bits = pair(ago(milliseconds, arrived.answeredMilliseconds), 0);
                   flag(kDigestFallback, arrived.fallback);
                 },
                 [&](const ProposalRejected& rejected) {
                   entry.kind = DigestKind::ProposalRejected;
                   flag(kDigestFallback, rejected.fallback);
                   flag(kDigestDuplicate, rejected.cause == "duplicate");
                 },
                 [&](const ReplyFinished&) { entry.kind = DigestKind::ReplyFinished; },
                 [&](const Backpropagated& reward) {
                   entry.kind = DigestKind::Backpropagated;
                   entry.bits = std::bit_cast<std::uint64_t>(reward.value);
                   flag(kDigestEvaluated, reward.cause != "rejected");
                 },
                 [&](const CandidateChosen& chosen) {
                   entry.kind = DigestKind::CandidateChosen;
                   entry.other = static_cast<std::uint32_t>(chosen.sample);
                 },
                 [&](const BuildFinished& built) {
                   entry.kind = DigestKind::BuildFinished;
                   entry.seconds = static_cast<float>(built.seconds);
                   entry.other = ago(milliseconds, built.buildBeganMilliseconds);
                   entry.bits = pair(ago(milliseconds, built.measureBeganMilliseconds),
                                     ago(milliseconds, built.measureEndedMilliseconds));
                   flag(kDigestValid, !built.failed);
                 },
                 [&](const SampleMeasured& measured) {
                   entry.kind = DigestKind::SampleMeasured;
                   entry.other = static_cast<std::uint32_t>(measured.sample);
                   entry.bits = std::bit_cast<std::uint64_t>(measured.measurement.seconds);
                   entry.seconds = static_cast<float>(measured.predictedSeconds);
                   flag(kDigestValid, measured.measurement.valid);
                   flag(kDigestVerified, measured.measurement.verified);
                 },
                 [&](const ValuesRefreshed&) { entry.kind = DigestKind::ValuesRefreshed; },
                 [&](const NodeMarked& marked) {
                   entry.kind = DigestKind::NodeMarked;
                   entry.other = static_cast<std::uint32_t>(marked.mark);
                 },
                 [](const NewBest&) {},
                 [](const PromptSent&) {},
                 [](const ReplyDelta&) {},
                 [&](const auto&) { entry.kind = DigestKind::Whole; },
             },
             body);
  return entry;
}

class Writer {
 public:
  template <class T>
  void number(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  T number() {
    T value{};
    if (!enough(sizeof value)) return value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const auto size = number<std::uint32_t>();
    if (!enough(size)) return {};
    const auto text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  /// A count of things of at least this many bytes each.
  std::uint32_t count(std::size_t least) {
    const auto value = number<std::uint32_t>();
    return enough(value * least) ? value : 0;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool done() const { return good_ && bytes_.empty(); }

 private:
  bool enough(std::size_t size) {
    good_ = good_ && bytes_.size() >= size;
    return good_;
  }
  std::string_view bytes_;
  bool good_ = true;
};

}  // namespace

DigestSpan DigestEntry::span() const {
  const auto low = static_cast<std::uint32_t>(bits);
  if (kind == DigestKind::ProposalArrived) return {timeOf(milliseconds, other), 0, timeOf(milliseconds, low)};
  if (kind == DigestKind::BuildFinished)
    return {timeOf(milliseconds, other), timeOf(milliseconds, low),
            timeOf(milliseconds, static_cast<std::uint32_t>(bits >> 32))};
  return {};
}

SessionDigest::SessionDigest() { (void)intern(""); }

std::uint16_t SessionDigest::intern(std::string_view text) {
  if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
  if (texts_.size() >= kMostTexts) return 0;  // more kinds of steps than anyone tells apart
  const auto number = static_cast<std::uint16_t>(texts_.size());
  texts_.push_back(std::make_shared<const std::string>(text));
  numbers_.emplace(text, number);
  return number;
}

std::uint16_t SessionDigest::internSteps(const std::vector<std::string>& trace) {
  std::vector<std::string_view> names;
  names.reserve(trace.size());
  for (const std::string& step : trace) names.push_back(nameOfStep(step));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string all;
  for (const std::string_view name : names) {
    if (all.empty()) all += ' ';
    all.append(name) += ' ';
  }
  return intern(all);
}

void SessionDigest::append(const Event& event) {
  if (entries_.empty()) first_ = event.sequence;
  DigestEntry entry = entryOf(event.body, event.milliseconds);
  if (const auto* added = std::get_if<NodeAdded>(&event.body)) {
    entry.source = intern(added->source);
    entry.bits =
        pair(std::bit_cast<std::uint32_t>(static_cast<float>(added->rolloutSeconds)),
             std::uint32_t{intern(labelOf(*added))} | std::uint32_t{internSteps(added->state.trace)} << 16);
  } else if (const auto* reply = std::get_if<ReplyFinished>(&event.body)) {
    entry.other = static_cast<std::uint32_t>(calls_.size());
    calls_.push_back({reply->exchange.usage, reply->exchange.costUsd});
  } else if (const auto* refreshed = std::get_if<ValuesRefreshed>(&event.body)) {
    entry.other = static_cast<std::uint32_t>(refreshes_.size());
    refreshes_.push_back({refreshed->measuredReference, refreshed->predictedReference,
                          static_cast<std::uint32_t>(predictions_.size()),
                          static_cast<std::uint32_t>(refreshed->predictions.size()), refreshed->valuesKept});
    for (const auto& each : refreshed->predictions)
      predictions_.push_back({each.node, static_cast<float>(each.seconds)});
  } else if (entry.kind == DigestKind::Whole) {
    entry.other = static_cast<std::uint32_t>(whole_.size());
    whole_.push_back(std::make_shared<const Event>(event));
  }
  entries_.push_back(entry);
}

void SessionDigest::append(const SessionDigest& later) {
  if (entries_.empty()) first_ = later.first_;
  std::vector<std::uint16_t> numbers;
  numbers.reserve(later.texts_.size());
  for (const auto& text : later.texts_) numbers.push_back(intern(*text));
  const auto calls = static_cast<std::uint32_t>(calls_.size());
  const auto refreshes = static_cast<std::uint32_t>(refreshes_.size());
  const auto predictions = static_cast<std::uint32_t>(predictions_.size());
  const auto whole = static_cast<std::uint32_t>(whole_.size());
  for (std::size_t index = 0; index < later.size(); ++index) {
    DigestEntry entry = later.entries_[index];
    switch (entry.kind) {
      case DigestKind::NodeAdded:
        entry.source = numbers[entry.source];
        entry.bits =
            pair(static_cast<std::uint32_t>(entry.bits),
                 std::uint32_t{numbers[entry.label()]} | std::uint32_t{numbers[entry.steps()]} << 16);
        break;
      case DigestKind::ReplyFinished: entry.other += calls; break;
      case DigestKind::ValuesRefreshed: entry.other += refreshes; break;
      case DigestKind::Whole: entry.other += whole; break;
      default: break;
    }
    entries_.push_back(entry);
  }
  for (const Call& call : later.calls_) calls_.push_back(call);
  for (Refresh refresh : later.refreshes_) {
    refresh.begin += predictions;
    refreshes_.push_back(refresh);
  }
  for (const Prediction& prediction : later.predictions_) predictions_.push_back(prediction);
  whole_.insert(whole_.end(), later.whole_.begin(), later.whole_.end());
}

SessionDigest SessionDigest::shared() const {
  SessionDigest same;
  same.first_ = first_;
  same.entries_ = entries_.shared();
  same.calls_ = calls_.shared();
  same.refreshes_ = refreshes_.shared();
  same.predictions_ = predictions_.shared();
  same.whole_ = whole_;
  same.texts_ = texts_;
  return same;
}

std::size_t SessionDigest::memoryBytes() const {
  std::size_t texts = 0;
  for (const auto& text : texts_) texts += sizeof *text + text->capacity();
  return entries_.memoryBytes() + calls_.memoryBytes() + refreshes_.memoryBytes() +
         predictions_.memoryBytes() + 2 * texts;
}

// Numbers stand as the machine has them: every machine that Espalier runs on has the low byte first.
std::string SessionDigest::encoded() const {
  Writer writer;
  writer.number(kEncoding);
  writer.number(first_);
  writer.number(static_cast<std::uint32_t>(texts_.size()));
  for (const auto& text : texts_) writer.text(*text);
  writer.number(static_cast<std::uint32_t>(entries_.size()));
  for (const DigestEntry& entry : entries_) writer.number(entry);
  writer.number(static_cast<std::uint32_t>(calls_.size()));
  for (const Call& call : calls_) {
    for (const std::int64_t tokens :
         {call.usage.prompt, call.usage.cached, call.usage.completion, call.usage.reasoning})
      writer.number(tokens);
    writer.number(static_cast<std::uint8_t>(call.usage.estimated));
    writer.number(call.costUsd);
  }
  writer.number(static_cast<std::uint32_t>(refreshes_.size()));
  for (const Refresh& refresh : refreshes_) {
    writer.number(refresh.measuredReference);
    writer.number(refresh.predictedReference);
    writer.number(refresh.begin);
    writer.number(refresh.count);
    writer.number(static_cast<std::uint8_t>(refresh.valuesKept));
  }
  writer.number(static_cast<std::uint32_t>(predictions_.size()));
  for (const Prediction& prediction : predictions_) {
    writer.number(prediction.node);
    writer.number(prediction.seconds);
  }
  writer.number(static_cast<std::uint32_t>(whole_.size()));
  for (const auto& event : whole_)
    writer.text(toJson(*event).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return writer.take();
}

std::optional<SessionDigest> SessionDigest::decoded(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.number<std::uint32_t>() != kEncoding) return std::nullopt;
  SessionDigest digest;
  digest.first_ = reader.number<std::uint64_t>();
  digest.texts_.clear();
  digest.numbers_.clear();
  const auto texts = reader.count(4);
  for (std::uint32_t i = 0; i < texts && reader.good(); ++i)
    if (digest.intern(reader.text()) != i) return std::nullopt;
  if (texts == 0 || !digest.texts_.front()->empty()) return std::nullopt;
  const auto entries = reader.count(sizeof(DigestEntry));
  for (std::uint32_t i = 0; i < entries; ++i) digest.entries_.push_back(reader.number<DigestEntry>());
  const auto calls = reader.count(41);
  for (std::uint32_t i = 0; i < calls; ++i) {
    Call call;
    call.usage.prompt = reader.number<std::int64_t>();
    call.usage.cached = reader.number<std::int64_t>();
    call.usage.completion = reader.number<std::int64_t>();
    call.usage.reasoning = reader.number<std::int64_t>();
    call.usage.estimated = reader.number<std::uint8_t>() != 0;
    call.costUsd = reader.number<double>();
    digest.calls_.push_back(call);
  }
  const auto refreshes = reader.count(25);
  for (std::uint32_t i = 0; i < refreshes; ++i) {
    Refresh refresh;
    refresh.measuredReference = reader.number<double>();
    refresh.predictedReference = reader.number<double>();
    refresh.begin = reader.number<std::uint32_t>();
    refresh.count = reader.number<std::uint32_t>();
    refresh.valuesKept = reader.number<std::uint8_t>() != 0;
    digest.refreshes_.push_back(refresh);
  }
  const auto predictions = reader.count(8);
  for (std::uint32_t i = 0; i < predictions; ++i) {
    Prediction prediction;
    prediction.node = reader.number<NodeId>();
    prediction.seconds = reader.number<float>();
    digest.predictions_.push_back(prediction);
  }
  const auto whole = reader.count(4);
  for (std::uint32_t i = 0; i < whole && reader.good(); ++i) {
    const auto json = nlohmann::json::parse(reader.text(), nullptr, false);
    if (json.is_discarded()) return std::nullopt;
    auto event = eventFromJson(json);
    if (!event) return std::nullopt;
    digest.whole_.push_back(std::make_shared<const Event>(*std::move(event)));
  }
  if (!reader.done()) return std::nullopt;
  // Every reference must lead somewhere.
  for (const DigestEntry& entry : digest.entries_) {
    if (static_cast<int>(entry.kind) >= kDigestKinds) return std::nullopt;
    switch (entry.kind) {
      case DigestKind::NodeAdded:
        if (std::max({entry.source, entry.label(), entry.steps()}) >= texts) return std::nullopt;
        break;
      case DigestKind::ReplyFinished:
        if (entry.other >= calls) return std::nullopt;
        break;
      case DigestKind::ValuesRefreshed:
        if (entry.other >= refreshes) return std::nullopt;
        break;
      case DigestKind::Whole:
        if (entry.other >= whole) return std::nullopt;
        break;
      default: break;
    }
  }
  for (const Refresh& refresh : digest.refreshes_)
    if (std::uint64_t{refresh.begin} + refresh.count > predictions) return std::nullopt;
  return digest;
}

}  // namespace espalier
