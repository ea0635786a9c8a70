// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSyntaxHighlighter>

#include "models/node_texts.h"
#include "models/theme.h"

namespace espalier::ui {

/// Colours program text: loop nests, traces, C, LLVM IR and assembly.
class CodeHighlighter : public QSyntaxHighlighter {
  Q_OBJECT

 public:
  CodeHighlighter(QTextDocument* document, const Theme& theme);
  void setLevel(TextLevel level);
  void setTheme(const Theme& theme);

 protected:
  void highlightBlock(const QString& text) override;

 private:
  Theme theme_;
  TextLevel level_ = TextLevel::LoopNest;
};

}  // namespace espalier::ui
