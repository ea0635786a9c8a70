// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/figures.h"

#include <QLocale>
#include <cmath>

namespace espalier::ui {
namespace {

QString threeDigits(double value) {
  const double size = std::abs(value);
  return QLocale().toString(value, 'f', size < 10 ? 2 : (size < 100 ? 1 : 0));
}

}  // namespace

QString duration(double seconds) {
  if (seconds <= 0) return QStringLiteral("–");
  if (seconds < 1e-6) return threeDigits(seconds * 1e9) + QStringLiteral(" ns");
  if (seconds < 1e-3) return threeDigits(seconds * 1e6) + QStringLiteral(" µs");
  if (seconds < 1) return threeDigits(seconds * 1e3) + QStringLiteral(" ms");
  if (seconds < 90) return threeDigits(seconds) + QStringLiteral(" s");
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return QStringLiteral("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return QStringLiteral("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60);
}

QString speedupText(double speedup) {
  return speedup <= 0 ? QStringLiteral("–") : threeDigits(speedup) + QStringLiteral("×");
}

QString grouped(std::int64_t value) { return QLocale().toString(static_cast<qlonglong>(value)); }

QString money(double usd) {
  if (usd == 0) return QStringLiteral("$0");
  return QStringLiteral("$") + QLocale().toString(usd, 'f', usd < 1 ? 4 : 2);
}

QString fixedText(double value, int decimals) { return QLocale().toString(value, 'f', decimals); }

}  // namespace espalier::ui
