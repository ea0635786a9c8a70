// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>
#include <set>
#include <vector>

#include "models/code_highlighter.h"
#include "models/text_diff.h"
#include "models/theme.h"

namespace espalier::ui {

/// Read-only program text with line numbers and a gutter that marks changes: a bar beside changed lines, or +
/// and − in a comparison. Blocks fold by a click on the sign beside their first line.
class CodeView : public QPlainTextEdit {
  Q_OBJECT

 public:
  explicit CodeView(QWidget* parent = nullptr);

  void setTheme(const Theme& theme);
  /// `changed[i]`: a step changed line i; may be empty.
  void showText(const QString& text, TextLevel level, const std::vector<bool>& changed = {});
  void showDiff(const std::vector<DiffLine>& lines, TextLevel level);
  /// Words in place of a text, for instance why there is none; wrapped.
  void showWords(const QString& words);
  /// Marks lines (from 0) and brings the first of them into view; none takes the marks away.
  void highlightLines(const std::vector<int>& lines);
  /// Folds or unfolds the block that begins at a line (from 0); nothing if none does.
  void toggleFold(int line);
  [[nodiscard]] bool isFolded(int line) const { return folded_.contains(line); }
  /// The line with the cursor, from 0.
  [[nodiscard]] int currentLine() const { return textCursor().blockNumber(); }
  [[nodiscard]] int changeCount() const { return static_cast<int>(changes_.size()); }

 public Q_SLOTS:
  void nextChange();
  void previousChange();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  class Gutter;
  struct Line {
    int before = 0;
    int after = 0;
    DiffLine::Kind kind = DiffLine::Kind::Same;
    bool changed = false;
  };
  void paintGutter(QPaintEvent* event);
  void clickGutter(const QPoint& position);
  void applyFolds();
  [[nodiscard]] bool beginsBlock(std::size_t line) const {
    return line < foldEnds_.size() && foldEnds_[line] > static_cast<int>(line);
  }
  [[nodiscard]] int gutterWidth() const;
  void replaceText(const QString& text, TextLevel level);
  void markLines(const std::vector<DiffLine>& lines);
  void goToChange(int direction);

  Theme theme_ = Theme::light();
  Gutter* gutter_;
  CodeHighlighter* highlighter_;
  std::vector<Line> lines_;
  std::vector<DiffLine> diff_;
  std::vector<int> changes_;   ///< first line of each change
  std::vector<int> foldEnds_;  ///< foldRanges of what is shown; empty in a comparison
  std::set<int> folded_;
  bool comparing_ = false;
};

}  // namespace espalier::ui
