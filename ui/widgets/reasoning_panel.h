// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <QTabWidget>

#include "session/annotations.h"
#include "widgets/panel.h"

namespace espalier::ui {

/// Why the selected node exists: who proposed it and with which words, what was accepted and refused, the
/// exact prompt and reply, and what they cost; live while a model is still talking.
class ReasoningPanel : public Panel {
  Q_OBJECT

 public:
  ReasoningPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;
  /// What the person wrote about nodes; must outlive the panel.
  void setAnnotations(const Annotations& annotations) { annotations_ = &annotations; }
  /// How many lines of a node's program each of its accepted steps left.
  void setStepLines(NodeId node, const std::vector<int>& lines);

 Q_SIGNALS:
  /// An accepted step of the selected node was clicked; the first is 1.
  void stepWanted(int step);

 protected:
  void refresh() override;

 private:
  [[nodiscard]] QString overview() const;
  [[nodiscard]] QString liveHtml() const;
  void showCalls();

  QTabWidget* tabs_;
  RichText* overview_;
  QPlainTextEdit* prompt_;
  QPlainTextEdit* reply_;
  const Annotations* annotations_ = nullptr;
  NodeId linesOf_ = kNoNode;
  std::vector<int> lines_;
};

/// Why the search came to the selected node: the terms of UCT of all siblings at every selection on the way.
class WhyPanel : public Panel {
  Q_OBJECT

 public:
  WhyPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;

 protected:
  void refresh() override;

 private:
  [[nodiscard]] QString html() const;
  RichText* text_;
};

/// Proposed steps as HTML: a tick or a cross, the step, and the reason of a refusal. With `linked`, accepted
/// ones are links `step:1`, `step:2`, …; `lines` says how many lines each left, as far as that is known.
[[nodiscard]] QString itemsHtml(const std::vector<AppliedItem>& items, bool linked = false,
                                const std::vector<int>& lines = {});

}  // namespace espalier::ui
