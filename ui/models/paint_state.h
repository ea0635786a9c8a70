// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "search/node_id.h"

namespace espalier::ui {

/// What is marked in a picture of the tree beyond what the tree itself says.
struct PaintState {
  NodeId selected = kNoNode;
  NodeId second = kNoNode;  ///< the other side of a comparison
  NodeId hovered = kNoNode;
  bool focused = false;  ///< the keyboard is here
};

}  // namespace espalier::ui
