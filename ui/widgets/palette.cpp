// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/palette.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

namespace espalier::ui {
namespace {

constexpr int kWidth = 560;
constexpr int kHeight = 360;

constexpr int kKeysRole = Qt::UserRole + 1;
constexpr int kBeside = 8;  ///< pixels between a command and its keys

/// The command on the left, its keys on the right.
class CommandDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyledItemDelegate::paint(painter, option, index);
    const QString keys = index.data(kKeysRole).toString();
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    painter->setFont(option.font);
    painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::PlaceholderText));
    painter->drawText(option.rect.adjusted(0, 0, -kBeside, 0), Qt::AlignRight | Qt::AlignVCenter, keys);
    painter->restore();
  }

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    const int keys = option->fontMetrics.horizontalAdvance(index.data(kKeysRole).toString());
    option->text = option->fontMetrics.elidedText(option->text, Qt::ElideRight,
                                                  option->rect.width() - keys - 4 * kBeside);
  }
};

QString plain(QString text) { return text.remove(QLatin1Char('&')).remove(QStringLiteral("…")); }

}  // namespace

std::optional<int> matchScore(const QString& letters, const QString& text) {
  int score = 0;
  qsizetype at = 0;
  bool together = false;
  for (const QChar letter : letters) {
    if (letter.isSpace()) {
      together = false;
      continue;
    }
    const qsizetype found = text.indexOf(letter, at, Qt::CaseInsensitive);
    if (found < 0) return std::nullopt;
    const bool wordBegin = found == 0 || !text[found - 1].isLetterOrNumber();
    score += wordBegin ? 6 : (together && found == at ? 4 : 1);
    together = true;
    at = found + 1;
  }
  return score * 100 - static_cast<int>(text.size());
}

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window), line_(new QLineEdit(this)), list_(new QListWidget(this)) {
  setFrameShape(StyledPanel);
  setAutoFillBackground(true);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->addWidget(line_);
  column->addWidget(list_, 1);
  line_->setPlaceholderText(tr("Type a command, or #17 to go to a node"));
  line_->setAccessibleName(tr("Command"));
  list_->setFrameShape(NoFrame);
  list_->setAccessibleName(tr("Commands"));
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setItemDelegate(new CommandDelegate(list_));
  line_->installEventFilter(this);
  connect(line_, &QLineEdit::textChanged, this, &CommandPalette::narrow);
  connect(list_, &QListWidget::itemClicked, this, &CommandPalette::carryOut);
  hide();
}

void CommandPalette::open(const QList<QAction*>& actions) {
  actions_ = actions;
  const QWidget* window = parentWidget();
  const int width = std::min(kWidth, window->width() - 40);
  setGeometry((window->width() - width) / 2, 70, width, std::min(kHeight, window->height() - 100));
  line_->clear();
  narrow();
  show();
  raise();
  line_->setFocus();
}

void CommandPalette::narrow() {
  list_->clear();
  struct Match {
    int score;
    QAction* action;
  };
  std::vector<Match> matches;
  for (QAction* action : actions_)
    if (const auto score = matchScore(line_->text(), plain(action->text())); score)
      matches.push_back({*score, action});
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.score > b.score; });
  if (line_->text().isEmpty())
    std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
      return plain(a.action->text()) < plain(b.action->text());
    });
  std::stable_partition(matches.begin(), matches.end(),
                        [](const Match& match) { return match.action->isEnabled(); });
  for (const Match& match : matches) {
    const QString keys = match.action->shortcut().toString(QKeySequence::NativeText);
    auto* item = new QListWidgetItem(plain(match.action->text()), list_);
    item->setData(kKeysRole, keys);
    item->setData(Qt::AccessibleTextRole, QString(item->text() + QLatin1Char(' ') + keys));
    item->setData(Qt::UserRole, QVariant::fromValue<QObject*>(match.action));
    if (!match.action->isEnabled()) item->setForeground(palette().brush(QPalette::PlaceholderText));
  }
  if (list_->count() > 0) list_->setCurrentRow(0);
}

void CommandPalette::carryOut() {
  const QString text = line_->text().trimmed();
  QListWidgetItem* item = list_->currentItem();
  hide();
  parentWidget()->setFocus();
  if (text.startsWith(QLatin1Char('#'))) {
    bool valid = false;
    const quint32 node = QStringView(text).mid(1).toUInt(&valid);
    if (valid) Q_EMIT nodeWanted(node);
    return;
  }
  if (item == nullptr) return;
  if (auto* action = qobject_cast<QAction*>(item->data(Qt::UserRole).value<QObject*>()))
    action->trigger();  // nothing if it is disabled
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    switch (static_cast<QKeyEvent*>(event)->key()) {
      case Qt::Key_Escape:
        hide();
        parentWidget()->setFocus();
        return true;
      case Qt::Key_Return:
      case Qt::Key_Enter: carryOut(); return true;
      case Qt::Key_Down:
        list_->setCurrentRow(std::min(list_->currentRow() + 1, list_->count() - 1));
        return true;
      case Qt::Key_Up: list_->setCurrentRow(std::max(list_->currentRow() - 1, 0)); return true;
      default: break;
    }
  }
  if (event->type() == QEvent::FocusOut && !list_->hasFocus()) hide();
  return QFrame::eventFilter(watched, event);
}

}  // namespace espalier::ui
