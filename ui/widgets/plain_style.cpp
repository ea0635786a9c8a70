// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plain_style.h"

#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QStyleOption>
#include <QTabBar>

namespace espalier::ui {
namespace {

constexpr double kRadius = 5;
constexpr int kFieldHeight = 28;
constexpr int kScrollExtent = 11;
constexpr int kSortShift = 8;  ///< pixels that Fusion leaves free beside the sign of sorting
constexpr int kSmallestHandle = 28;

QColor mixed(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int x, int y) { return static_cast<int>(x * (1 - share) + y * share); };
  return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

/// A filled rounded rectangle with a line of one pixel inside its edge.
void drawField(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& line) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(line);
  painter->setBrush(fill);
  painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
  painter->restore();
}

void drawChevron(QPainter* painter, const QRectF& rect, const QColor& colour, bool up) {
  const QPointF centre = rect.center();
  const double reach = 3.2;
  const double rise = up ? -1.7 : 1.7;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter->drawPolyline(QPolygonF(
      {centre + QPointF(-reach, -rise), centre + QPointF(0, rise), centre + QPointF(reach, -rise)}));
  painter->restore();
}

QColor lineOf(const QStyleOption* option) {
  const bool focused = option->state & QStyle::State_HasFocus && option->state & QStyle::State_Enabled;
  return option->palette.color(focused ? QPalette::Highlight : QPalette::Mid);
}

QColor fieldOf(const QStyleOption* option) {
  return option->state & QStyle::State_Enabled ? option->palette.color(QPalette::Base)
                                               : option->palette.color(QPalette::Window);
}

QColor buttonOf(const QStyleOption* option, bool main) {
  const QPalette& colours = option->palette;
  const QColor rest = colours.color(main ? QPalette::Highlight : QPalette::Base);
  if (!(option->state & QStyle::State_Enabled)) return colours.color(QPalette::Window);
  if (option->state & (QStyle::State_Sunken | QStyle::State_On))
    return mixed(rest, colours.color(QPalette::WindowText), main ? 0.22 : 0.14);
  if (option->state & QStyle::State_MouseOver)
    return mixed(rest, colours.color(QPalette::WindowText), main ? 0.12 : 0.06);
  return rest;
}

bool isMain(const QStyleOption* option) {
  const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
  return button != nullptr && button->features & QStyleOptionButton::DefaultButton;
}

}  // namespace

PlainStyle::PlainStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void PlainStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const {
  switch (element) {
    case PE_PanelButtonCommand: {
      const bool main = isMain(option) && option->state & State_Enabled;
      const QColor fill = buttonOf(option, main);
      QColor line = main ? fill : option->palette.color(QPalette::Mid);
      if (option->state & State_HasFocus)
        line = option->palette.color(main ? QPalette::WindowText : QPalette::Highlight);
      return drawField(painter, option->rect, fill, line);
    }
    case PE_FrameDefaultButton:
    case PE_FrameFocusRect: return;
    case PE_PanelLineEdit: {
      const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
      if (frame != nullptr && frame->lineWidth > 0)
        drawField(painter, option->rect, fieldOf(option), lineOf(option));
      return;
    }
    case PE_FrameLineEdit: return;
    case PE_Frame: {
      const bool focused = widget != nullptr && widget->hasFocus();
      painter->setPen(option->palette.color(focused ? QPalette::Highlight : QPalette::Mid));
      painter->setBrush(Qt::NoBrush);
      painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
      return;
    }
    case PE_PanelScrollAreaCorner:
      return painter->fillRect(option->rect, option->palette.color(QPalette::Base));
    case PE_PanelButtonTool: {
      if (!(option->state & (State_MouseOver | State_On | State_Sunken | State_HasFocus))) return;
      if (!(option->state & State_Enabled)) return;
      const bool pressed = option->state & (State_On | State_Sunken);
      const QColor fill = mixed(option->palette.color(QPalette::Window),
                                option->palette.color(QPalette::WindowText), pressed ? 0.16 : 0.08);
      return drawField(painter, option->rect, fill,
                       option->state & State_HasFocus ? option->palette.color(QPalette::Highlight) : fill);
    }
    case PE_FrameTabBarBase: {
      painter->setPen(option->palette.color(QPalette::Mid));
      painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
      return;
    }
    case PE_FrameTabWidget: return;
    case PE_IndicatorToolBarSeparator: {
      painter->setPen(option->palette.color(QPalette::Mid));
      const int x = option->rect.center().x();
      painter->drawLine(x, option->rect.top() + 5, x, option->rect.bottom() - 5);
      return;
    }
    case PE_IndicatorBranch: {
      if (!(option->state & State_Children)) return;
      const QRectF place = option->rect;
      const bool selected = option->state & QStyle::State_Selected;
      const QColor colour =
          option->palette.color(selected ? QPalette::HighlightedText : QPalette::PlaceholderText);
      if (option->state & State_Open) return drawChevron(painter, place, colour, false);
      painter->save();
      painter->translate(place.center());
      painter->rotate(-90);
      drawChevron(painter, QRectF(-4, -4, 8, 8), colour, false);
      painter->restore();
      return;
    }
    case PE_IndicatorHeaderArrow: {
      auto copy = *qstyleoption_cast<const QStyleOptionHeader*>(option);
      copy.rect.translate(kSortShift, 0);
      return QProxyStyle::drawPrimitive(element, &copy, painter, widget);
    }
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

void PlainStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const {
  switch (element) {
    case CE_PushButtonLabel: {
      auto copy = *qstyleoption_cast<const QStyleOptionButton*>(option);
      if (isMain(option) && option->state & State_Enabled)
        copy.palette.setColor(QPalette::ButtonText, option->palette.color(QPalette::HighlightedText));
      return QProxyStyle::drawControl(element, &copy, painter, widget);
    }
    case CE_TabBarTabShape: {
      const QColor window = option->palette.color(QPalette::Window);
      const bool selected = option->state & State_Selected;
      const bool hovered = option->state & State_MouseOver && option->state & State_Enabled;
      if (hovered && !selected)
        painter->fillRect(option->rect, mixed(window, option->palette.color(QPalette::WindowText), 0.06));
      if (selected)
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom() - 1, option->rect.width(), 2),
                          option->palette.color(QPalette::Highlight));
      return;
    }
    case CE_TabBarTabLabel: {
      auto copy = *qstyleoption_cast<const QStyleOptionTab*>(option);
      if (!(option->state & State_Selected))
        copy.palette.setColor(QPalette::WindowText, option->palette.color(QPalette::PlaceholderText));
      copy.state &= ~State_HasFocus;
      return QProxyStyle::drawControl(element, &copy, painter, widget);
    }
    case CE_HeaderLabel: {
      auto copy = *qstyleoption_cast<const QStyleOptionHeader*>(option);
      if (copy.sortIndicator != QStyleOptionHeader::None) copy.rect.adjust(0, 0, kSortShift, 0);
      return QProxyStyle::drawControl(element, &copy, painter, widget);
    }
    case CE_HeaderSection: {
      painter->fillRect(option->rect, option->palette.color(QPalette::Window));
      painter->setPen(option->palette.color(QPalette::Mid));
      painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
      return;
    }
    case CE_ToolBar:
    case CE_MenuBarEmptyArea: {
      painter->fillRect(option->rect, option->palette.color(QPalette::Window));
      if (element == CE_ToolBar) {
        painter->setPen(option->palette.color(QPalette::Mid));
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
      }
      return;
    }
    case CE_MenuBarItem: {
      const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
      const bool lit = item->state & State_Selected && item->state & State_Enabled;
      painter->fillRect(option->rect, lit ? mixed(option->palette.color(QPalette::Window),
                                                  option->palette.color(QPalette::WindowText), 0.1)
                                          : option->palette.color(QPalette::Window));
      drawItemText(painter, option->rect,
                   Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextDontClip | Qt::TextSingleLine,
                   option->palette, item->state & State_Enabled, item->text, QPalette::WindowText);
      return;
    }
    case CE_Splitter: return;
    default: QProxyStyle::drawControl(element, option, painter, widget);
  }
}

void PlainStyle::drawComboBox(const QStyleOptionComplex* option, QPainter* painter) const {
  const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
  drawField(painter, option->rect, box->editable ? fieldOf(option) : buttonOf(option, false), lineOf(option));
  const QRectF place(option->rect.right() - 20, option->rect.top(), 16, option->rect.height());
  drawChevron(painter, place,
              option->palette.color(option->state & State_Enabled ? QPalette::WindowText : QPalette::Mid),
              false);
}

void PlainStyle::drawSpinBox(const QStyleOptionComplex* option, QPainter* painter,
                             const QWidget* widget) const {
  const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
  drawField(painter, option->rect, fieldOf(option), lineOf(option));
  const auto arrow = [&](SubControl part, QAbstractSpinBox::StepEnabledFlag flag) {
    const bool enabled = box->stepEnabled & flag && option->state & State_Enabled;
    const bool lit = enabled && option->activeSubControls & part;
    drawChevron(painter, subControlRect(CC_SpinBox, option, part, widget),
                option->palette.color(lit       ? QPalette::Highlight
                                      : enabled ? QPalette::PlaceholderText
                                                : QPalette::Mid),
                part == SC_SpinBoxUp);
  };
  arrow(SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled);
  arrow(SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled);
}

void PlainStyle::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
  const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
  painter->fillRect(option->rect, option->palette.color(QPalette::Base));
  if (bar->minimum >= bar->maximum) return;
  const bool horizontal = bar->orientation == Qt::Horizontal;
  const QRectF handle =
      QRectF(subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget))
          .adjusted(horizontal ? 1 : 3, horizontal ? 3 : 1, horizontal ? -1 : -2, horizontal ? -2 : -1);
  const bool lit = option->state & (State_MouseOver | State_Sunken);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(Qt::NoPen);
  painter->setBrush(mixed(option->palette.color(QPalette::Base), option->palette.color(QPalette::WindowText),
                          lit ? 0.42 : 0.24));
  painter->drawRoundedRect(handle, 3, 3);
  painter->restore();
}

void PlainStyle::drawSlider(const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const {
  const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
  if (slider->orientation != Qt::Horizontal)
    return QProxyStyle::drawComplexControl(CC_Slider, option, painter, widget);
  const QRectF groove = subControlRect(CC_Slider, option, SC_SliderGroove, widget);
  const QRectF handle = subControlRect(CC_Slider, option, SC_SliderHandle, widget);
  const double y = groove.center().y();
  const auto line = [&](double from, double to, QPalette::ColorRole role) {
    painter->setPen(QPen(option->palette.color(role), 3, Qt::SolidLine, Qt::RoundCap));
    painter->drawLine(QPointF(from, y), QPointF(to, y));
  };
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  line(groove.left() + 3, groove.right() - 3, QPalette::Mid);
  if (handle.center().x() > groove.left() + 3)
    line(groove.left() + 3, handle.center().x(), QPalette::Highlight);
  painter->setPen(
      QPen(option->palette.color(option->state & State_HasFocus ? QPalette::WindowText : QPalette::Highlight),
           1.5));
  painter->setBrush(option->palette.color(QPalette::Base));
  painter->drawEllipse(handle.center(), 6, 6);
  painter->restore();
}

void PlainStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                    QPainter* painter, const QWidget* widget) const {
  switch (control) {
    case CC_ComboBox: return drawComboBox(option, painter);
    case CC_SpinBox: return drawSpinBox(option, painter, widget);
    case CC_ScrollBar: return drawScrollBar(option, painter, widget);
    case CC_Slider: return drawSlider(option, painter, widget);
    default: QProxyStyle::drawComplexControl(control, option, painter, widget);
  }
}

QRect PlainStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                 const QWidget* widget) const {
  if (control == CC_ScrollBar) {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    const bool horizontal = bar->orientation == Qt::Horizontal;
    const int whole = horizontal ? bar->rect.width() : bar->rect.height();
    const int range = bar->maximum - bar->minimum;
    const int length =
        range <= 0
            ? whole
            : std::clamp(static_cast<int>(static_cast<qint64>(whole) * bar->pageStep /
                                          std::max<qint64>(1, static_cast<qint64>(range) + bar->pageStep)),
                         std::min(kSmallestHandle, whole), whole);
    const int begin = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, whole - length,
                                              bar->upsideDown);
    const auto stretch = [&](int from, int size) {
      return horizontal ? QRect(bar->rect.left() + from, bar->rect.top(), size, bar->rect.height())
                        : QRect(bar->rect.left(), bar->rect.top() + from, bar->rect.width(), size);
    };
    switch (part) {
      case SC_ScrollBarAddLine:
      case SC_ScrollBarSubLine: return {};
      case SC_ScrollBarSlider: return stretch(begin, length);
      case SC_ScrollBarSubPage: return stretch(0, begin);
      case SC_ScrollBarAddPage: return stretch(begin + length, whole - begin - length);
      case SC_ScrollBarGroove: return bar->rect;
      default: break;
    }
  }
  return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect PlainStyle::subElementRect(SubElement element, const QStyleOption* option,
                                 const QWidget* widget) const {
  const QRect place = QProxyStyle::subElementRect(element, option, widget);
  return element == SE_LineEditContents ? place.adjusted(3, 0, -3, 0) : place;
}

int PlainStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
  switch (metric) {
    case PM_ScrollBarExtent: return kScrollExtent;
    case PM_ScrollBarSliderMin: return kSmallestHandle;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabOverlap: return 0;
    case PM_TabBarTabHSpace: return 24;
    case PM_TabBarTabVSpace: return 12;
    case PM_TabBarBaseOverlap: return 0;
    case PM_ToolBarItemSpacing: return 2;
    case PM_ToolBarFrameWidth: return 3;
    case PM_ToolBarSeparatorExtent: return 13;
    case PM_DockWidgetSeparatorExtent: return 4;
    case PM_SmallIconSize: return 16;
    case PM_HeaderMargin: return 5;
    case PM_FocusFrameHMargin: return 5;  // beside the words of a cell
    default: return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

QSize PlainStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const {
  QSize wanted = QProxyStyle::sizeFromContents(type, option, size, widget);
  const int least = std::max(kFieldHeight, option == nullptr ? 0 : option->fontMetrics.height() + 11);
  switch (type) {
    case CT_PushButton:
      wanted.setWidth(std::max(wanted.width(), size.width() + 24));
      wanted.setHeight(std::max(wanted.height(), least));
      break;
    case CT_ComboBox: wanted = QSize(wanted.width() + 6, std::max(wanted.height(), least)); break;
    case CT_LineEdit: wanted.setHeight(std::max(wanted.height(), least)); break;
    case CT_SpinBox: wanted.setHeight(least); break;
    case CT_ItemViewItem: wanted.setHeight(wanted.height() + 4); break;
    case CT_ToolButton: wanted.setHeight(std::max(wanted.height(), least - 2)); break;
    default: break;
  }
  return wanted;
}

int PlainStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* data) const {
  switch (hint) {
    case SH_TabBar_ElideMode: return Qt::ElideNone;
    case SH_ComboBox_Popup: return 0;
    case SH_ScrollBar_LeftClickAbsolutePosition: return 1;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
  }
}

}  // namespace espalier::ui
