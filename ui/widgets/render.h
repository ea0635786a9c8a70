// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>
#include <string>

#include "models/history.h"
#include "models/theme.h"
#include "support/outcome.h"

namespace espalier::ui {

class TreeView;

/// A session file as the window holds it.
[[nodiscard]] Result<void> readHistory(const std::string& path, History& history);

/// Draws a view's whole tree, or what it shows, into a .png, .svg or .pdf file.
[[nodiscard]] Result<void> exportPicture(const TreeView& view, const std::string& path, QSize size,
                                         bool wholeTree);

/// Draws the tree of a session, or what is at and below a node of it, without a window.
[[nodiscard]] Result<void> renderSession(const std::string& session, const std::string& path, QSize size,
                                         const Theme& theme, NodeId node = kRootNode);

}  // namespace espalier::ui
