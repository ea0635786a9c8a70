// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <string>

namespace espalier::ui {

// Figures as people read them, in the user's locale where that differs.

[[nodiscard]] QString duration(double seconds);     ///< `1.24 ms`, `17.9 µs`, `2 min 5 s`; `–` for 0
[[nodiscard]] QString speedupText(double speedup);  ///< `57.0×`; `–` for 0
[[nodiscard]] QString grouped(std::int64_t value);  ///< `12,345`
[[nodiscard]] QString money(double usd);            ///< `$0.0123`
[[nodiscard]] QString fixedText(double value, int decimals);

[[nodiscard]] inline QString fromUtf8(const std::string& text) { return QString::fromStdString(text); }
/// Ready to stand in HTML.
[[nodiscard]] inline QString escaped(const std::string& text) {
  return QString::fromStdString(text).toHtmlEscaped();
}

}  // namespace espalier::ui
