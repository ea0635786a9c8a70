// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/theme.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace espalier::ui {
namespace {

struct Pair {
  QRgb light;
  QRgb dark;
};

constexpr Pair pairOf(Ink ink) {
  switch (ink) {
    case Ink::Canvas: return {0xfffbfbf9, 0xff16181c};
    case Ink::Surface: return {0xffffffff, 0xff1e2126};
    case Ink::SurfaceRaised: return {0xfff1f2f0, 0xff292d34};
    case Ink::Border: return {0xffd9dbd7, 0xff3a3f48};
    case Ink::Text: return {0xff1d2125, 0xffe6e8eb};
    case Ink::TextFaint: return {0xff646b73, 0xff9aa2ad};
    case Ink::Accent: return {0xff2563b8, 0xff6ea8fe};
    case Ink::AccentText: return {0xffffffff, 0xff0d1117};
    case Ink::Edge: return {0xffb9bec4, 0xff4a515c};
    case Ink::EdgeBest: return {0xffc77700, 0xfff2a93b};
    case Ink::NodeOutline: return {0xff3c434a, 0xffb7bec8};
    case Ink::NodeEmpty: return {0xffeceeea, 0xff2a2e35};
    case Ink::Ring: return {0xff2f80ed, 0xff7db8ff};
    case Ink::Failure: return {0xffb3261e, 0xffff8a80};
    case Ink::Warning: return {0xff9a6700, 0xffe3b341};
    case Ink::Success: return {0xff1a7f4b, 0xff56d39b};
    case Ink::Added: return {0xffe3f2fd, 0xff12304a};
    case Ink::AddedWord: return {0xffb3dafb, 0xff1d5280};
    case Ink::Removed: return {0xfffdeee0, 0xff4a2c12};
    case Ink::RemovedWord: return {0xfffad3a8, 0xff7c4a1c};
    case Ink::Changed: return {0xffd18616, 0xffe3b341};
    case Ink::Keyword: return {0xff6f3fc4, 0xffc4a5ff};
    case Ink::Number: return {0xff0b6e75, 0xff6fd6dd};
    case Ink::Name: return {0xff1d4f91, 0xff8fc1ff};
    case Ink::Comment: return {0xff6b7278, 0xff8b949e};
    case Ink::Series1: return {0xff2563b8, 0xff6ea8fe};
    case Ink::Series2: return {0xffc77700, 0xfff2a93b};
    case Ink::Series3: return {0xff0b7f6f, 0xff53cdb7};
    case Ink::Series4: return {0xffa23b72, 0xffe58bbb};
    case Ink::Series5: return {0xff5f6b7a, 0xffa8b3c2};
  }
  return {0xff000000, 0xffffffff};
}

/// Cividis (Nuñez, Anderton and Renslow, PLOS ONE 2018), sampled; monotone in lightness.
constexpr std::array<std::array<int, 3>, 9> kHeat{{{0, 34, 78},
                                                   {30, 58, 111},
                                                   {65, 77, 107},
                                                   {94, 96, 110},
                                                   {123, 117, 120},
                                                   {154, 139, 118},
                                                   {187, 163, 107},
                                                   {221, 189, 84},
                                                   {253, 231, 55}}};

}  // namespace

Theme Theme::matching(const QPalette& palette) {
  return Theme(palette.color(QPalette::Window).lightness() < 128);
}

QColor Theme::color(Ink ink) const {
  const Pair pair = pairOf(ink);
  return QColor::fromRgba(dark_ ? pair.dark : pair.light);
}

QColor Theme::heat(double value) const {
  // The darkest end would vanish on a dark canvas, so the scale starts a little higher there.
  const double from = dark_ ? 0.18 : 0.0;
  const double position = (from + std::clamp(value, 0.0, 1.0) * (1 - from)) * (kHeat.size() - 1);
  const auto index = std::min<std::size_t>(static_cast<std::size_t>(position), kHeat.size() - 2);
  const double share = position - static_cast<double>(index);
  const auto mix = [&](std::size_t channel) {
    return static_cast<int>(
        std::lround(kHeat[index][channel] * (1 - share) + kHeat[index + 1][channel] * share));
  };
  return QColor(mix(0), mix(1), mix(2));
}

QPalette Theme::palette() const {
  QPalette palette;
  palette.setColor(QPalette::Window, color(Ink::SurfaceRaised));
  palette.setColor(QPalette::WindowText, color(Ink::Text));
  palette.setColor(QPalette::Base, color(Ink::Surface));
  palette.setColor(QPalette::AlternateBase, color(Ink::Canvas));
  palette.setColor(QPalette::Text, color(Ink::Text));
  palette.setColor(QPalette::PlaceholderText, color(Ink::TextFaint));
  palette.setColor(QPalette::Button, color(Ink::SurfaceRaised));
  palette.setColor(QPalette::ButtonText, color(Ink::Text));
  palette.setColor(QPalette::BrightText, color(Ink::Failure));
  palette.setColor(QPalette::Highlight, color(Ink::Accent));
  palette.setColor(QPalette::HighlightedText, color(Ink::AccentText));
  palette.setColor(QPalette::Link, color(Ink::Accent));
  palette.setColor(QPalette::LinkVisited, color(Ink::Keyword));
  palette.setColor(QPalette::ToolTipBase, color(Ink::Surface));
  palette.setColor(QPalette::ToolTipText, color(Ink::Text));
  palette.setColor(QPalette::Mid, color(Ink::Border));
  palette.setColor(QPalette::Dark, color(Ink::Border));
  palette.setColor(QPalette::Midlight, color(Ink::Surface));
  palette.setColor(QPalette::Light, color(Ink::Surface));
  palette.setColor(QPalette::Shadow, dark_ ? QColor(0, 0, 0) : QColor(120, 124, 128));
  for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    palette.setColor(QPalette::Disabled, role, color(Ink::TextFaint));
  palette.setColor(QPalette::Disabled, QPalette::Highlight, color(Ink::Border));
  return palette;
}

}  // namespace espalier::ui
