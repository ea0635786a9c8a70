// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

#include "models/paint_state.h"
#include "models/theme.h"
#include "models/tree_display.h"

class QPainter;

namespace espalier::ui {

/// Paints a display list: the one painter of the screen, PNG, PDF and SVG. Assumes an untransformed painter
/// in logical pixels.
void paintTree(QPainter& painter, const DisplayList& list, const Theme& theme, const QFont& font,
               const PaintState& state);

}  // namespace espalier::ui
