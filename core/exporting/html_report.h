// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "exporting/exporting.h"

namespace espalier {

/// A report about a run and one of its nodes: figures, curve, the way to the node with the reasoning of each
/// step, what was measured, the program before and after. One file without scripts and without anything from
/// outside.
[[nodiscard]] std::string htmlReport(const ExportRequest& request);

/// Text as it may stand in HTML, between tags and in quoted attributes.
[[nodiscard]] std::string htmlEscaped(std::string_view text);

/// The curve of a run as an SVG picture: speedup (or, without a baseline, milliseconds) after each sample.
[[nodiscard]] std::string curveSvg(const SessionFold& session);

}  // namespace espalier
