// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>

namespace espalier::ui {

enum class Symbol { Play, Pause, Step, Stop, ToEnd, Expand, Write, Hint, Prune, Pin, Up, Down };

/// A symbol in a colour of the theme, sharp at every scale.
[[nodiscard]] QIcon icon(Symbol symbol, const QColor& colour, const QColor& disabled);

}  // namespace espalier::ui
