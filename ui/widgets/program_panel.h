// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QToolButton>

#include "widgets/code_view.h"
#include "widgets/panel.h"
#include "widgets/step_texts.h"

namespace espalier::ui {

/// The program of the selected node at one of five levels; lines that its step changed are marked.
class ProgramPanel : public Panel {
  Q_OBJECT

 public:
  ProgramPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;
  /// Marks the lines that an accepted step (from 1) of the selected node left, as soon as they are known.
  void showStep(int step);

 Q_SIGNALS:
  /// For each accepted step of the node how many lines of its program are that step's.
  void stepsKnown(espalier::NodeId node, const std::vector<int>& lines);

 protected:
  void refresh() override;
  [[nodiscard]] bool isLive() const override { return false; }

 private:
  void showPair(const std::string& parent, const std::string& own);
  void askSteps();
  void markStep();
  void tellLine();
  [[nodiscard]] QString stepWords(int step) const;

  QComboBox* level_;
  QLabel* title_;
  CodeView* code_;
  std::uint64_t asked_ = 0;
  StepTexts steps_;  ///< of the node that is shown, once known
  QString summary_;  ///< the title as long as no line is looked at
  int wantedStep_ = 0;
  bool marking_ = false;
};

/// What differs between the selected node and another one.
class DiffPanel : public Panel {
  Q_OBJECT

 public:
  DiffPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;
  void nextChange() { code_->nextChange(); }
  void previousChange() { code_->previousChange(); }

 protected:
  void refresh() override;
  [[nodiscard]] bool isLive() const override { return false; }

 private:
  enum class Against { Parent, Initial, Best, Second };
  [[nodiscard]] NodeId other() const;

  QComboBox* level_;
  QComboBox* against_;
  QToolButton* previous_;
  QToolButton* next_;
  QLabel* title_;
  CodeView* code_;
  std::uint64_t asked_ = 0;
};

/// A combo box of the levels at which programs are read.
[[nodiscard]] QComboBox* makeLevelBox(QWidget* parent);

}  // namespace espalier::ui
