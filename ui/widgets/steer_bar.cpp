// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/steer_bar.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStringListModel>
#include <QVBoxLayout>
#include <algorithm>

#include "models/figures.h"
#include "widgets/panel.h"

namespace espalier::ui {
namespace {

constexpr int kCheckAfterMilliseconds = 200;
constexpr int kLines = 4;
constexpr int kMostLines = 16;

}  // namespace

SteerBar::SteerBar(const History& history, TextService& texts, QWidget* parent)
    : QFrame(parent),
      history_(history),
      texts_(texts),
      title_(new QLabel(this)),
      text_(new QPlainTextEdit(this)),
      verdict_(new QLabel(this)),
      send_(new QPushButton(this)),
      completer_(new QCompleter(this)),
      choices_(new QStringListModel(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 8, 12, 8);
  QFont bold = title_->font();
  bold.setBold(true);
  title_->setFont(bold);
  column->addWidget(title_);
  text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  text_->setTabChangesFocus(true);
  text_->installEventFilter(this);
  text_->setAccessibleName(tr("Text for the search"));
  column->addWidget(text_);
  auto* row = new QHBoxLayout;
  verdict_->setWordWrap(true);
  verdict_->setTextFormat(Qt::RichText);
  row->addWidget(verdict_, 1);
  auto* cancel = new QPushButton(tr("Cancel"), this);
  row->addWidget(cancel);
  row->addWidget(send_);
  send_->setDefault(true);
  column->addLayout(row);
  completer_->setModel(choices_);
  completer_->setWidget(text_);
  completer_->setCompletionMode(QCompleter::PopupCompletion);
  completer_->setCaseSensitivity(Qt::CaseInsensitive);
  completer_->setFilterMode(Qt::MatchContains);
  connect(completer_, qOverload<const QString&>(&QCompleter::activated), this, [this](const QString& choice) {
    QTextCursor cursor = text_->textCursor();
    cursor.movePosition(QTextCursor::StartOfBlock);
    cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
    cursor.insertText(choice);
    text_->setTextCursor(cursor);
  });
  timer_.setSingleShot(true);
  timer_.setInterval(kCheckAfterMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &SteerBar::check);
  connect(text_, &QPlainTextEdit::textChanged, this, [this] {
    if (!takesItems()) return;
    timer_.start();
    offer();
  });
  connect(send_, &QPushButton::clicked, this, &SteerBar::send);
  connect(cancel, &QPushButton::clicked, this, &QWidget::hide);
  hide();
}

void SteerBar::open(Mode mode, NodeId node, std::uint64_t request) {
  mode_ = mode;
  node_ = node;
  request_ = request;
  ++asked_;
  verdict_->clear();
  choices_->setStringList({});
  text_->clear();
  switch (mode) {
    case Mode::Hint:
      title_->setText(tr("Hint for proposals at and below node %1").arg(node));
      text_->setPlaceholderText(
          tr("For instance: keep the reduction innermost, L2 is only 1 MiB. Nothing removes the hint."));
      send_->setText(tr("Give the hint"));
      if (history_.tree().contains(node) && !history_.fold().hintsOf(node).empty())
        text_->setPlainText(fromUtf8(history_.fold().hintsOf(node).back()));
      break;
    case Mode::Add:
      title_->setText(tr("Transformations to apply to node %1, one a line").arg(node));
      text_->setPlaceholderText(tr("TileSize(block=C, loop=n, factors=[64, 32])"));
      send_->setText(tr("Apply"));
      break;
    case Mode::Ask: {
      // The prompt that led to a node was about its parent: what comes of it is a sibling.
      const PromptSent* sent = nullptr;
      if (history_.tree().contains(node))
        for (const Event& event : history_.expansionOf(node))
          if (const auto* body = std::get_if<PromptSent>(&event.body)) sent = body;
      if (sent != nullptr) node_ = sent->node;
      title_->setText(
          sent == nullptr
              ? tr("Ask the proposer again for node %1").arg(node)
              : tr("Ask again for node %1, for a sibling of node %2, with this prompt").arg(node_).arg(node));
      text_->setPlaceholderText(tr("Nothing: the prompt is assembled as usual."));
      send_->setText(tr("Ask again"));
      if (sent != nullptr) text_->setPlainText(fromUtf8(sent->prompt));
      break;
    }
    case Mode::Answer:
      title_->setText(tr("Answer for node %1 in place of the model, one transformation a line").arg(node));
      text_->setPlaceholderText(tr("TileSize(block=C, loop=n, factors=[64, 32])"));
      send_->setText(tr("Answer"));
      break;
  }
  // A prompt gets more room, but never so much that the tree above is squeezed.
  const int line = text_->fontMetrics().lineSpacing();
  const bool prompt = mode == Mode::Ask && !text_->document()->isEmpty();
  const int lines = prompt ? std::clamp(window()->height() / 4 / line, kLines, kMostLines) : kLines;
  text_->setFixedHeight(lines * line + 12);
  if (takesItems())
    texts_.legalActions(
        history_.stateOf(node), this, [this](const Result<std::vector<LegalAction>>& actions) {
          if (!actions) return;
          QStringList examples;
          for (const LegalAction& action : *actions)
            examples << fromUtf8(action.example.empty() ? action.name + "()" : action.example);
          choices_->setStringList(examples);
          verdict_->setText(tr("Ctrl+Space lists what is legal here; Ctrl+Return sends."));
        });
  else
    verdict_->setText(tr("Ctrl+Return sends."));
  show();
  text_->setFocus();
}

std::vector<std::string> SteerBar::items() const {
  std::vector<std::string> items;
  for (const QString& line : text_->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts))
    if (!line.trimmed().isEmpty()) items.push_back(line.trimmed().toStdString());
  return items;
}

void SteerBar::check() {
  const std::uint64_t question = ++asked_;
  const std::vector<std::string> wanted = items();
  if (wanted.empty() || !history_.tree().contains(node_)) return verdict_->clear();
  texts_.tryItems(history_.stateOf(node_), wanted, this,
                  [this, question](const Result<Application>& application) {
                    if (question != asked_) return;
                    if (!application)
                      return verdict_->setText(fromUtf8(application.error().text()).toHtmlEscaped());
                    QStringList lines;
                    for (const AppliedItem& item : application->items)
                      lines << (item.accepted ? QString(QStringLiteral("✓ ") + escaped(item.applied))
                                              : QString(QStringLiteral("✗ ") + escaped(item.reason) +
                                                        QLatin1Char(' ') + escaped(item.hint)));
                    verdict_->setText(lines.join(QStringLiteral("<br>")));
                  });
}

void SteerBar::offer() {
  QTextCursor cursor = text_->textCursor();
  cursor.movePosition(QTextCursor::StartOfBlock, QTextCursor::KeepAnchor);
  const QString typed = cursor.selectedText().trimmed();
  if (typed.size() < 2 || typed.contains(QLatin1Char('('))) return completer_->popup()->hide();
  completer_->setCompletionPrefix(typed);
  QRect place = text_->cursorRect();
  place.setWidth(420);
  completer_->complete(place);
}

void SteerBar::send() {
  const std::string words = text_->toPlainText().trimmed().toStdString();
  switch (mode_) {
    case Mode::Hint: Q_EMIT commandWanted(HintCommand{node_, words}); break;
    case Mode::Add:
      if (items().empty()) return verdict_->setText(tr("Write at least one transformation."));
      Q_EMIT commandWanted(AddTransformationsCommand{node_, items(), {}});
      break;
    case Mode::Ask: Q_EMIT commandWanted(AskAgainCommand{node_, words}); break;
    case Mode::Answer: Q_EMIT commandWanted(AnswerCommand{request_, items(), {}}); break;
  }
  hide();
}

bool SteerBar::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool control = key->modifiers() & Qt::ControlModifier;
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (completer_->popup()->isVisible() &&
        (enter || key->key() == Qt::Key_Tab || key->key() == Qt::Key_Escape)) {
      event->ignore();
      return true;
    }
    if (control && enter) {
      send();
      return true;
    }
    if (control && key->key() == Qt::Key_Space && takesItems()) {
      completer_->setCompletionPrefix(QString());
      QRect place = text_->cursorRect();
      place.setWidth(420);
      completer_->complete(place);
      return true;
    }
    if (key->key() == Qt::Key_Escape) {
      hide();
      return true;
    }
  }
  return QFrame::eventFilter(watched, event);
}

void SteerBar::hideEvent(QHideEvent* event) {
  QFrame::hideEvent(event);
  Q_EMIT closed();
}

void SteerBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Window));
  painter.setPen(palette().color(QPalette::Mid));
  painter.drawLine(rect().topLeft(), rect().topRight());
}

}  // namespace espalier::ui
