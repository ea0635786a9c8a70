// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>
#include <vector>

#include "models/paint_state.h"
#include "models/theme.h"
#include "models/tree_display.h"

namespace espalier::ui {

/// Words that stand beside a node, one area a line, in pixels.
struct Label {
  enum class Face { Plain, Bold, Small };
  struct Line {
    QString words;
    QRectF area;  ///< of the words alone, from the top of capitals to the lower end of letters
    Face face = Face::Plain;
    Ink ink = Ink::Text;
    double baseline = 0;
  };
  NodeId node = kNoNode;
  std::vector<Line> lines;
};

/// The font of a face, from the one of the picture.
[[nodiscard]] QFont fontOf(Label::Face face, const QFont& font);

/// How far from its centre a node's sign and the rings around it reach.
[[nodiscard]] double reachOf(const Glyph& glyph, const PaintState& state);
/// From this radius on a node is drawn as a shape; smaller ones are dots.
inline constexpr float kShapeRadius = 2.2F;
/// From this radius on it has small signs and the ring of a proposer at work.
inline constexpr float kBadgeRadius = 6;

/// Where the words of the cards stand: below their nodes, and those that were asked for beside them where
/// that is free. None covers another, or a node that is drawn as a shape; what has no room is shortened to
/// its figure, and else left out. The edge of the picture cuts none that was asked for, unless it cuts off
/// the node. Labels that were asked for come first, then the best path.
[[nodiscard]] std::vector<Label> placeLabels(const DisplayList& list, const QFont& font,
                                             const PaintState& state);

}  // namespace espalier::ui
