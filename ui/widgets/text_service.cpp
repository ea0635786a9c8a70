// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text_service.h"

#include <exception>

namespace espalier::ui {
namespace {

constexpr std::size_t kMostKnown = 512;

std::string traceText(const State& state) {
  std::string text;
  for (const std::string& step : state.trace) text += step + "\n";
  return text;
}

}  // namespace

/// Used on the service's thread only.
struct TextService::Backend {
  Factory factory;
  std::unique_ptr<NodeTexts> texts;
  std::optional<Error> error;

  NodeTexts* open() {
    if (texts == nullptr && !error) {
      auto made = factory ? factory() : Result<std::unique_ptr<NodeTexts>>(inputError("No session is open."));
      if (made) {
        texts = std::move(*made);
      } else {
        error = made.error();
      }
    }
    return texts.get();
  }
};

TextService::TextService(QObject* parent) : QObject(parent), backend_(std::make_shared<Backend>()) {}

void TextService::reset(Factory factory) {
  backend_ = std::make_shared<Backend>();
  backend_->factory = std::move(factory);
  known_.clear();
}

template <class Value, class Ask, class Answer>
void TextService::ask(QObject* receiver, Ask question, Answer answer) {
  const QPointer<QObject> alive(receiver);
  background_.run([this, alive, backend = backend_, question = std::move(question),
                   answer = std::move(answer)]() mutable {
    auto result = std::make_shared<Result<Value>>(inputError("No session is open."));
    try {
      if (NodeTexts* texts = backend->open()) {
        *result = question(*texts);
      } else {
        *result = tl::unexpected(*backend->error);
      }
    } catch (const std::exception& failure) {
      *result = environmentError(failure.what());
    }
    // Answers of a session that was left meanwhile are dropped.
    background_.answer([this, alive, backend, result, answer = std::move(answer)] {
      if (alive != nullptr && backend == backend_) answer(*result);
    });
  });
}

void TextService::text(const State& state, TextLevel level, QObject* receiver, TextAnswer answer) {
  if (level == TextLevel::Trace) return answer(traceText(state));
  const std::pair key(traceText(state), level);
  if (const auto found = known_.find(key); found != known_.end()) return answer(found->second);
  ask<std::string>(
      receiver, [state, level](NodeTexts& texts) { return texts.text(state, level); },
      [this, key, answer = std::move(answer)](const Result<std::string>& result) {
        if (known_.size() >= kMostKnown) known_.clear();
        known_.insert_or_assign(key, result);
        answer(result);
      });
}

void TextService::describe(const State& state, QObject* receiver,
                           std::function<void(const Result<std::vector<Section>>&)> answer) {
  ask<std::vector<Section>>(
      receiver, [state](NodeTexts& texts) { return texts.describe(state); }, std::move(answer));
}

void TextService::tryItems(const State& state, const std::vector<std::string>& items, QObject* receiver,
                           std::function<void(const Result<Application>&)> answer) {
  ask<Application>(
      receiver, [state, items](NodeTexts& texts) { return texts.tryItems(state, items); }, std::move(answer));
}

void TextService::legalActions(const State& state, QObject* receiver,
                               std::function<void(const Result<std::vector<LegalAction>>&)> answer) {
  ask<std::vector<LegalAction>>(
      receiver, [state](NodeTexts& texts) { return texts.legalActions(state); }, std::move(answer));
}

}  // namespace espalier::ui
