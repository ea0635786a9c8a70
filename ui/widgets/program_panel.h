// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLabel>

#include "widgets/code_view.h"
#include "widgets/panel.h"

namespace espalier::ui {

/// The program of the selected node at one of five levels; lines that its step changed are marked.
class ProgramPanel : public Panel {
  Q_OBJECT

 public:
  ProgramPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;

 protected:
  void refresh() override;
  [[nodiscard]] bool isLive() const override { return false; }

 private:
  void showPair(const std::string& parent, const std::string& own);

  QComboBox* level_;
  QLabel* title_;
  CodeView* code_;
  std::uint64_t asked_ = 0;
};

/// What differs between the selected node and another one.
class DiffPanel : public Panel {
  Q_OBJECT

 public:
  DiffPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;

 protected:
  void refresh() override;
  [[nodiscard]] bool isLive() const override { return false; }

 private:
  enum class Against { Parent, Initial, Best, Second };
  [[nodiscard]] NodeId other() const;

  QComboBox* level_;
  QComboBox* against_;
  QLabel* title_;
  CodeView* code_;
  std::uint64_t asked_ = 0;
};

/// A combo box of the levels at which programs are read.
[[nodiscard]] QComboBox* makeLevelBox(QWidget* parent);

}  // namespace espalier::ui
