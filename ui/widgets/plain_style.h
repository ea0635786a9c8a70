// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace espalier::ui {

/// Fusion with flat fields, buttons, tabs and scroll bars. Takes every colour from the palette, so that one
/// file (models/theme.cpp) decides them.
class PlainStyle : public QProxyStyle {
  Q_OBJECT

 public:
  PlainStyle();

  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget = nullptr) const override;
  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget = nullptr) const override;
  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                          const QWidget* widget = nullptr) const override;
  [[nodiscard]] QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                                     SubControl part, const QWidget* widget = nullptr) const override;
  [[nodiscard]] QRect subElementRect(SubElement element, const QStyleOption* option,
                                     const QWidget* widget = nullptr) const override;
  [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption* option = nullptr,
                                const QWidget* widget = nullptr) const override;
  [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                       const QWidget* widget = nullptr) const override;
  [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption* option = nullptr,
                              const QWidget* widget = nullptr,
                              QStyleHintReturn* data = nullptr) const override;

 private:
  void drawComboBox(const QStyleOptionComplex* option, QPainter* painter) const;
  void drawSpinBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
  void drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
  void drawSlider(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
};

}  // namespace espalier::ui
