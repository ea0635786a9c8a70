// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFormLayout>
#include <QLabel>

namespace espalier::ui {

/// Labels as high as a field of one line, so that their words stand on one line with those of the field.
inline void alignLabels(QFormLayout* form, int fieldHeight) {
  for (int row = 0; row < form->rowCount(); ++row)
    if (QLayoutItem* item = form->itemAt(row, QFormLayout::LabelRole); item != nullptr)
      if (auto* label = qobject_cast<QLabel*>(item->widget())) label->setMinimumHeight(fieldHeight);
}

}  // namespace espalier::ui
