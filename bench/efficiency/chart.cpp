// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "cli/figures.h"

namespace espalier::bench {
namespace {

using cli::fixed;

constexpr double kWidth = 760;
constexpr double kPanel = 300;
constexpr double kLeft = 70;
constexpr double kRight = 180;
constexpr double kTop = 34;
constexpr double kBottom = 40;
// Told apart by people who do not see red and green differently, too.
constexpr std::array kColours = {"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"};

class PanelWriter {
 public:
  PanelWriter(const Panel& panel, double top) : panel_(panel), top_(top) {
    for (const Line& line : panel.lines) {
      samples_ = std::max(samples_, line.points.size());
      for (const Spread& point : line.points) highest_ = std::max(highest_, point.high);
    }
  }

  std::string text() {
    write(kLeft, top_ + 20, "start", panel_.title, "font-weight=\"bold\"");
    grid();
    for (std::size_t i = 0; i < panel_.lines.size(); ++i) line(i);
    return text_;
  }

 private:
  double x(double sample) const {
    const double last = std::max(2.0, static_cast<double>(samples_));
    return kLeft + (kWidth - kLeft - kRight) * std::log(sample) / std::log(last);
  }
  double y(double value) const {
    const double height = kPanel - kTop - kBottom;
    return top_ + kTop + height * (1 - value / std::max(1e-12, highest_ * 1.05));
  }
  void write(double x, double y, const char* anchor, const std::string& words, const std::string& more = {}) {
    text_ += "<text x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\" text-anchor=\"" + anchor + "\" " +
             more + ">" + words + "</text>\n";
  }
  void grid() {
    const double bottom = top_ + kPanel - kBottom;
    for (int part = 0; part <= 4; ++part) {
      const double value = highest_ * part / 4;
      text_ += "<line class=\"grid\" x1=\"" + fixed(kLeft, 1) + "\" x2=\"" + fixed(kWidth - kRight, 1) +
               "\" y1=\"" + fixed(y(value), 1) + "\" y2=\"" + fixed(y(value), 1) + "\"/>\n";
      write(kLeft - 6, y(value) + 4, "end", fixed(value, highest_ < 10 ? 1 : 0));
    }
    for (const int sample : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024})
      if (static_cast<std::size_t>(sample) <= samples_)
        write(x(sample), bottom + 16, "middle", std::to_string(sample));
    write((kLeft + kWidth - kRight) / 2, bottom + 34, "middle", "samples");
    write(kLeft, top_ + 34, "start", panel_.axis, "class=\"soft\"");
  }
  void line(std::size_t index) {
    const Line& line = panel_.lines[index];
    const std::string colour = kColours[index % kColours.size()];
    if (line.points.empty()) return;
    std::string middle;
    std::string upper;
    std::string lower;
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      const std::string at = fixed(x(static_cast<double>(i + 1)), 1) + ",";
      const Spread& point = line.points[i];
      middle += (i == 0 ? "M" : " L") + at + fixed(y(point.median), 1);
      upper += (i == 0 ? "M" : " L") + at + fixed(y(point.high), 1);
      lower.insert(0, " L" + at + fixed(y(point.low), 1));
    }
    text_ += "<path d=\"" + upper + lower + " Z\" fill=\"" + colour + "\" fill-opacity=\"0.18\"/>\n";
    text_ += "<path d=\"" + middle + "\" fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"1.8\"/>\n";
    const double labelY = top_ + kTop + 18 * static_cast<double>(index) + 10;
    text_ += "<line x1=\"" + fixed(kWidth - kRight + 12, 1) + "\" x2=\"" + fixed(kWidth - kRight + 34, 1) +
             "\" y1=\"" + fixed(labelY - 4, 1) + "\" y2=\"" + fixed(labelY - 4, 1) + "\" stroke=\"" + colour +
             "\" stroke-width=\"3\"/>\n";
    write(kWidth - kRight + 40, labelY, "start", line.name);
  }

  const Panel& panel_;
  double top_;
  std::size_t samples_ = 0;
  double highest_ = 0;
  std::string text_;
};

}  // namespace

std::string chartSvg(const std::vector<Panel>& panels) {
  const double height = kPanel * static_cast<double>(panels.size());
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + fixed(kWidth, 0) + " " +
                    fixed(height, 0) +
                    "\" font-family=\"sans-serif\" font-size=\"12\">\n<style>.grid{stroke:#ddd}"
                    ".soft{fill:#666}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  for (std::size_t i = 0; i < panels.size(); ++i)
    svg += PanelWriter(panels[i], kPanel * static_cast<double>(i)).text();
  return svg + "</svg>\n";
}

}  // namespace espalier::bench
