// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panel.h"

#include <QScrollBar>
#include <QShowEvent>

#include "models/figures.h"

namespace espalier::ui {

Panel::Panel(const History& history, TextService& texts, QWidget* parent)
    : QWidget(parent), history_(history), texts_(texts) {}

void Panel::setNode(NodeId node) {
  if (node == node_) return;
  node_ = node;
  refreshSoon();
}

void Panel::setSecond(NodeId node) {
  if (node == second_) return;
  second_ = node;
  refreshSoon();
}

void Panel::historyChanged() {
  if (isLive()) refreshSoon();
}

void Panel::setTheme(const Theme& theme) {
  theme_ = theme;
  refreshSoon();
}

void Panel::refreshSoon() {
  stale_ = !isVisible();
  if (!stale_) refresh();
}

void Panel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (stale_) {
    stale_ = false;
    refresh();
  }
}

RichText::RichText(QWidget* parent) : QTextBrowser(parent) {
  setFrameShape(NoFrame);
  setOpenLinks(false);
  document()->setDocumentMargin(10);
  connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
    if (url.scheme() == QStringLiteral("node")) Q_EMIT nodeWanted(url.path().toUInt());
    if (url.scheme() == QStringLiteral("step")) Q_EMIT stepWanted(url.path().toInt());
  });
}

void RichText::setTheme(const Theme& theme) {
  theme_ = theme;
  const QString body = std::exchange(body_, QString());
  if (!body.isEmpty()) showHtml(body);
}

void RichText::showHtml(const QString& body) {
  if (body == body_) return;
  body_ = body;
  const auto name = [&](Ink ink) { return theme_.color(ink).name(); };
  QString style = QStringLiteral(
      "h2 { font-size: large; margin: 0 0 2px 0; } "
      "h3 { font-size: small; margin: 12px 0 3px 0; color: %1; } "
      "p { margin: 3px 0; } td, th { padding: 2px 10px 2px 0; } th { text-align: left; color: %1; "
      "font-weight: normal; } "
      ".faint { color: %1; } .good { color: %2; } .bad { color: %3; } .warn { color: %4; } "
      ".code { font-family: monospace; } a { color: %5; text-decoration: none; } ");
  style = style.arg(name(Ink::TextFaint), name(Ink::Success), name(Ink::Failure), name(Ink::Warning),
                    name(Ink::Accent));
  const int scrolled = verticalScrollBar()->value();
  document()->setDefaultStyleSheet(style);
  setHtml(body);
  verticalScrollBar()->setValue(scrolled);
}

QString rooflineShareHtml(double percent) {
  const QString figure = QStringLiteral("%1 %").arg(fixedText(percent, 1));
  if (percent <= kSuspiciousPercent) return figure;
  return QStringLiteral("<span class=\"warn\">⚠ %1, %2</span>")
      .arg(figure,
           Panel::tr("more than this machine should allow: a measuring error, until shown otherwise"));
}

QString nodeLink(NodeId node) { return QStringLiteral("<a href=\"node:%1\">%1</a>").arg(node); }

}  // namespace espalier::ui
