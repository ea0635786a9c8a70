// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/sheet.h"

class QTextBrowser;

namespace espalier::ui {

/// Every key of the window, in three columns.
class KeysSheet : public Sheet {
  Q_OBJECT

 public:
  explicit KeysSheet(QWidget* window);

 private:
  [[nodiscard]] QWidget* column(const QString& title, const QList<QPair<QString, QString>>& keys);
};

}  // namespace espalier::ui
