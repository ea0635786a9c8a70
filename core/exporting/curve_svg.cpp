// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "exporting/html_report.h"

namespace espalier {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 280;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 16;
constexpr double kBottom = 44;

std::string fixed(double value, int decimals) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

/// A step of 1, 2 or 5 times a power of ten that cuts the span into at most five parts.
double tickStep(double span) {
  const double rough = span / 5;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough) return factor * power;
  return 10 * power;
}

std::string tickText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace

std::string curveSvg(const SessionFold& session) {
  struct Point {
    double x;
    double y;
  };
  const bool speedups = std::any_of(session.curve().begin(), session.curve().end(),
                                    [](const CurvePoint& point) { return point.speedup > 0; });
  std::vector<Point> points;
  double highest = 0;
  double last = 1;
  for (const auto& point : session.curve()) {
    const double value = speedups ? point.speedup : point.seconds * 1e3;
    last = std::max(last, static_cast<double>(point.sample));
    if (value <= 0) continue;
    points.push_back({static_cast<double>(point.sample), value});
    highest = std::max(highest, value);
  }
  if (points.empty()) return "<p>Nothing valid was measured.</p>\n";

  highest *= 1.05;
  const auto x = [&](double sample) { return kLeft + (kWidth - kLeft - kRight) * sample / last; };
  const auto y = [&](double value) {
    return kHeight - kBottom - (kHeight - kTop - kBottom) * value / highest;
  };
  std::string svg = "<svg viewBox=\"0 0 " + fixed(kWidth, 0) + " " + fixed(kHeight, 0) +
                    "\" role=\"img\" aria-label=\"Best so far after each sample\">\n";
  for (double tick = 0; tick <= highest; tick += tickStep(highest))
    svg += "<line class=\"grid\" x1=\"" + fixed(kLeft, 1) + "\" x2=\"" + fixed(kWidth - kRight, 1) +
           "\" y1=\"" + fixed(y(tick), 1) + "\" y2=\"" + fixed(y(tick), 1) +
           "\"/><text class=\"right\" x=\"" + fixed(kLeft - 8, 1) + "\" y=\"" + fixed(y(tick) + 4, 1) +
           "\">" + tickText(tick) + "</text>\n";
  for (double tick = 0; tick <= last; tick += std::max(1.0, tickStep(last)))
    svg += "<text class=\"middle\" x=\"" + fixed(x(tick), 1) + "\" y=\"" + fixed(kHeight - kBottom + 18, 1) +
           "\">" + tickText(tick) + "</text>\n";
  std::string path = "M" + fixed(x(points.front().x), 1) + " " + fixed(y(points.front().y), 1);
  for (std::size_t i = 1; i < points.size(); ++i)
    path += " H" + fixed(x(points[i].x), 1) + " V" + fixed(y(points[i].y), 1);
  svg += "<path class=\"curve\" d=\"" + path + " H" + fixed(x(last), 1) + "\"/>\n";
  svg += "<text class=\"middle\" x=\"" + fixed((kLeft + kWidth - kRight) / 2, 1) + "\" y=\"" +
         fixed(kHeight - 8, 1) + "\">samples</text>\n<text class=\"middle\" transform=\"rotate(-90 14 " +
         fixed(kHeight / 2, 1) + ")\" x=\"14\" y=\"" + fixed(kHeight / 2, 1) + "\">" +
         (speedups ? "speedup over the unscheduled program" : "best, ms") + "</text>\n</svg>\n";
  return svg;
}

}  // namespace espalier
