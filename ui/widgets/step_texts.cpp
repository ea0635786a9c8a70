// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/step_texts.h"

#include <algorithm>
#include <utility>

#include "models/line_blame.h"

namespace espalier::ui {
namespace {

struct Question {
  TextService& texts;
  std::vector<std::string> trace;
  std::size_t shared;  ///< steps of the trace that are the parent's
  QObject* receiver;
  std::function<void(const StepTexts&)> answer;
  StepTexts found;
};

void askNext(const std::shared_ptr<Question>& question) {
  const std::size_t steps = question->shared + question->found.versions.size();
  if (steps > question->trace.size()) {
    question->found.blame = blameLines(question->found.versions);
    return question->answer(question->found);
  }
  State state;
  state.trace.assign(question->trace.begin(), question->trace.begin() + static_cast<std::ptrdiff_t>(steps));
  question->texts.text(state, TextLevel::LoopNest, question->receiver,
                       [question](const Result<std::string>& text) {
                         if (!text) return;
                         std::string shown = *text;
                         while (shown.ends_with('\n')) shown.pop_back();
                         question->found.versions.push_back(std::move(shown));
                         askNext(question);
                       });
}

}  // namespace

int StepTexts::linesOf(int step) const {
  return static_cast<int>(std::count(blame.begin(), blame.end(), step));
}

void askStepTexts(TextService& texts, const State& parent, const State& own, QObject* receiver,
                  std::function<void(const StepTexts&)> answer) {
  if (own.trace.size() <= parent.trace.size() ||
      !std::equal(parent.trace.begin(), parent.trace.end(), own.trace.begin()))
    return;
  askNext(std::make_shared<Question>(
      Question{texts, own.trace, parent.trace.size(), receiver, std::move(answer), {}}));
}

}  // namespace espalier::ui
