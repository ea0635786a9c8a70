// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

namespace espalier::ui {

/// Colours by meaning. Nothing else in the window names a colour.
enum class Ink {
  Canvas,         ///< behind the tree and the charts
  Surface,        ///< panels, cards
  SurfaceRaised,  ///< headers, hovered rows
  Border,
  Text,
  TextFaint,
  Accent,      ///< selection, focus, links
  AccentText,  ///< on Accent
  Edge,        ///< of the tree
  EdgeBest,    ///< on the path to the best node
  NodeOutline,
  NodeEmpty,  ///< fill of a node without a value
  Ring,       ///< promising: better than its visits suggest
  Failure,
  Warning,
  Success,
  Added,  ///< background of added lines in a diff
  AddedWord,
  Removed,
  RemovedWord,
  Changed,  ///< gutter of lines that a step changed
  Keyword,  ///< of program text
  Number,
  Name,
  Comment,
  Series1,  ///< of charts, in this order
  Series2,
  Series3,
  Series4,
  Series5,
};

/// Light or dark. A value: whoever paints gets it handed down.
class Theme {
 public:
  [[nodiscard]] static Theme light() { return Theme(false); }
  [[nodiscard]] static Theme dark() { return Theme(true); }
  /// The one that fits a palette: dark if its window colour is.
  [[nodiscard]] static Theme matching(const QPalette& palette);

  [[nodiscard]] bool isDark() const { return dark_; }
  [[nodiscard]] QColor color(Ink ink) const;
  /// A perceptually even scale that colour-blind eyes read too (cividis); 0 … 1, slow to fast.
  [[nodiscard]] QColor heat(double value) const;
  /// For QApplication with the Fusion style.
  [[nodiscard]] QPalette palette() const;

 private:
  explicit Theme(bool dark) : dark_(dark) {}
  bool dark_;
};

}  // namespace espalier::ui
