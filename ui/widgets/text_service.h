// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "models/node_texts.h"
#include "widgets/background.h"

namespace espalier::ui {

/// Asks NodeTexts on a thread of its own and brings the answers back to the window's thread. Texts are kept,
/// so that going back to a node is instant.
class TextService : public QObject {
  Q_OBJECT

 public:
  using Factory = std::function<Result<std::unique_ptr<NodeTexts>>()>;
  using TextAnswer = std::function<void(const Result<std::string>&)>;

  explicit TextService(QObject* parent = nullptr);

  /// Another session: `factory` is called on the service's thread when the first question comes.
  void reset(Factory factory);
  /// The answer comes while `receiver` lives, at once if it is known already.
  void text(const State& state, TextLevel level, QObject* receiver, TextAnswer answer);
  void describe(const State& state, QObject* receiver,
                std::function<void(const Result<std::vector<Section>>&)> answer);
  void tryItems(const State& state, const std::vector<std::string>& items, QObject* receiver,
                std::function<void(const Result<Application>&)> answer);
  void legalActions(const State& state, QObject* receiver,
                    std::function<void(const Result<std::vector<LegalAction>>&)> answer);

 private:
  struct Backend;
  template <class Value, class Ask, class Answer>
  void ask(QObject* receiver, Ask question, Answer answer);

  std::shared_ptr<Backend> backend_;
  std::map<std::pair<std::string, TextLevel>, Result<std::string>> known_;
  Background background_{Background::AtEnd::Drop};
};

}  // namespace espalier::ui
