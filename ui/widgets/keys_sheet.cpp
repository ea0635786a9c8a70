// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/keys_sheet.h"

#include <QGridLayout>
#include <QKeySequence>
#include <QPainter>
#include <QScrollArea>

namespace espalier::ui {
namespace {

constexpr int kWidth = 1080;
constexpr int kAroundPage = 56;  ///< pixels of the sheet at both sides of the page

/// Keys look like keys.
class KeyCap : public QLabel {
 public:
  KeyCap(const QString& text, QWidget* parent) : QLabel(text, parent) {
    setContentsMargins(7, 2, 7, 3);
    setAlignment(Qt::AlignCenter);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  }

 protected:
  void paintEvent(QPaintEvent* event) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Mid));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.end();
    QLabel::paintEvent(event);
  }
};

/// As high as its page where there is room, else it scrolls.
class PageArea : public QScrollArea {
 public:
  explicit PageArea(QWidget* parent) : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    viewport()->setAutoFillBackground(false);
  }
  void setWantedHeight(int height) { height_ = height; }
  [[nodiscard]] QSize sizeHint() const override { return {kWidth, height_}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {0, 0}; }

 private:
  int height_ = 0;
};

/// Keys pressed together, named as the menus name them.
QString combination(const char* keys) {
  return QKeySequence(QString::fromUtf8(keys)).toString(QKeySequence::NativeText);
}

}  // namespace

KeysSheet::KeysSheet(QWidget* window) : Sheet(tr("Keys"), kWidth, window) {
  auto* area = new PageArea(card());
  auto* page = new QWidget(area);
  page->setAutoFillBackground(false);
  auto* row = new QHBoxLayout(page);
  row->setContentsMargins(0, 0, 8, 0);
  row->setSpacing(28);
  row->addWidget(column(tr("Walk the tree"),
                        {{tr("Arrows"), tr("parent, child, siblings")},
                         {QStringLiteral("R"), tr("the root")},
                         {QStringLiteral("N"), tr("next best; Shift+N the one before")},
                         {QStringLiteral("B"), tr("next bookmark")},
                         {QStringLiteral("C"), tr("centre the node")},
                         {QStringLiteral("Z"), tr("the whole tree")},
                         {QStringLiteral("+  −"), tr("zoom; the wheel does so at the pointer")},
                         {QStringLiteral("H"), tr("fold; Shift+H shows only the subtree")},
                         {QStringLiteral("F"), tr("hide failed nodes")},
                         {QStringLiteral("<  >"), tr("hide fewer or more subtrees of few visits")},
                         {QStringLiteral("U"), tr("show everything again")},
                         {QStringLiteral("L"), tr("labels; Shift+L those of the path")},
                         {QStringLiteral("V"), tr("compare with the node clicked next")},
                         {QStringLiteral("I"), tr("what was measured")},
                         {QStringLiteral("F5 … F8"), tr("colour: speedup, visits, value, prediction")}}),
                 1);
  row->addWidget(column(tr("Steer the search"), {{tr("Space"), tr("pause, resume")},
                                                 {QStringLiteral("."), tr("one iteration")},
                                                 {QStringLiteral(","), tr("one stage")},
                                                 {tr("Return"), tr("expand here")},
                                                 {QStringLiteral("M"), tr("measure here")},
                                                 {QStringLiteral("A"), tr("add transformations by hand")},
                                                 {QStringLiteral("T"), tr("hint to the proposer")},
                                                 {QStringLiteral("?"), tr("ask again")},
                                                 {QStringLiteral("P"), tr("pin")},
                                                 {QStringLiteral("X"), tr("prune, as Delete")},
                                                 {QStringLiteral("O"), tr("focus the search below")},
                                                 {tr("Esc"), tr("pause; first ends a comparison")},
                                                 {combination("Ctrl+Z"), tr("undo; Ctrl+Shift+Z redo")}}),
                 1);
  row->addWidget(
      column(tr("Keep and find"), {{combination("Shift+B"), tr("bookmark")},
                                   {QStringLiteral("W"), tr("write a note")},
                                   {combination("Ctrl+E"), tr("export the node")},
                                   {combination("Ctrl+Shift+E"), tr("export the best node")},
                                   {combination("Ctrl+F"), tr("filter the table")},
                                   {combination("Ctrl+B"), tr("go to the best node")},
                                   {QStringLiteral("F3"), tr("next change; Shift+F3 the one before")},
                                   {combination("Ctrl+1") + QStringLiteral(" … 9"), tr("panels")},
                                   {combination("Ctrl+Shift+P"), tr("all commands; #17 goes to node 17")},
                                   {QStringLiteral("[  ]"), tr("back and forward in time; Y plays")},
                                   {combination("Ctrl+N"), tr("start page")},
                                   {combination("Ctrl+O"), tr("open a session")},
                                   {QStringLiteral("F11"), tr("full screen")},
                                   {QStringLiteral("F1"), tr("this sheet")}}),
      1);
  area->setWidget(page);
  area->setWantedHeight(row->heightForWidth(kWidth - kAroundPage) + 4);
  body()->addWidget(area, 1);
  connect(addButton(tr("Close"), true), &QPushButton::clicked, this, &Sheet::close);
}

QWidget* KeysSheet::column(const QString& title, const QList<QPair<QString, QString>>& keys) {
  auto* made = new QWidget(card());
  auto* grid = new QGridLayout(made);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(10);
  grid->setVerticalSpacing(5);
  auto* heading = new QLabel(title, made);
  heading->setForegroundRole(QPalette::PlaceholderText);
  grid->addWidget(heading, 0, 0, 1, 2);
  int row = 1;
  for (const auto& [key, meaning] : keys) {
    grid->addWidget(new KeyCap(key, made), row, 0, Qt::AlignLeft);
    auto* words = new QLabel(meaning, made);
    words->setWordWrap(true);
    grid->addWidget(words, row++, 1);
  }
  grid->setColumnStretch(1, 1);
  grid->setRowStretch(row, 1);
  return made;
}

}  // namespace espalier::ui
