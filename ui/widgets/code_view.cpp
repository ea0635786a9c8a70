// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/code_view.h"

#include <QFontDatabase>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include "models/line_blame.h"

namespace espalier::ui {
namespace {

constexpr int kFoldWidth = 14;  ///< pixels of the column with the signs of folds

}  // namespace

class CodeView::Gutter : public QWidget {
 public:
  explicit Gutter(CodeView* view) : QWidget(view), view_(view) {}

 protected:
  void mousePressEvent(QMouseEvent* event) override { view_->clickGutter(event->position().toPoint()); }
  void paintEvent(QPaintEvent* event) override { view_->paintGutter(event); }

 private:
  CodeView* view_;
};

CodeView::CodeView(QWidget* parent)
    : QPlainTextEdit(parent),
      gutter_(new Gutter(this)),
      highlighter_(new CodeHighlighter(document(), theme_)) {
  setReadOnly(true);
  setLineWrapMode(NoWrap);
  setFrameShape(NoFrame);
  setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  font.setPointSizeF(std::max(8.5, this->font().pointSizeF() - 0.5));
  setFont(font);
  setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(QLatin1Char(' ')));
  connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& area, int dy) {
    dy != 0 ? gutter_->scroll(0, dy) : gutter_->update(0, area.y(), gutter_->width(), area.height());
  });
}

void CodeView::setTheme(const Theme& theme) {
  theme_ = theme;
  highlighter_->setTheme(theme);
  if (comparing_) markLines(diff_);
  gutter_->update();
}

void CodeView::replaceText(const QString& text, TextLevel level) {
  const int scrolled = verticalScrollBar()->value();
  highlighter_->setLevel(level);
  setLineWrapMode(NoWrap);
  folded_.clear();
  foldEnds_ = comparing_ ? std::vector<int>() : foldRanges(text.toStdString());
  setPlainText(text);
  setViewportMargins(gutterWidth(), 0, 0, 0);
  gutter_->setGeometry(0, contentsRect().top(), gutterWidth(), contentsRect().height());
  verticalScrollBar()->setValue(scrolled);
  gutter_->update();
}

void CodeView::showWords(const QString& words) {
  showText(words, TextLevel::Trace);
  setLineWrapMode(WidgetWidth);
}

void CodeView::showText(const QString& text, TextLevel level, const std::vector<bool>& changed) {
  comparing_ = false;
  changes_.clear();
  lines_.clear();
  diff_.clear();
  setExtraSelections({});
  for (std::size_t i = 0; i < changed.size(); ++i) {
    lines_.push_back({0, static_cast<int>(i) + 1, DiffLine::Kind::Same, changed[i]});
    if (changed[i] && (i == 0 || !changed[i - 1])) changes_.push_back(static_cast<int>(i));
  }
  replaceText(text, level);
}

void CodeView::showDiff(const std::vector<DiffLine>& lines, TextLevel level) {
  comparing_ = true;
  diff_ = lines;
  changes_.clear();
  lines_.clear();
  QString text;
  for (const DiffLine& line : lines) {
    const bool differs = line.kind != DiffLine::Kind::Same;
    if (differs && (lines_.empty() || lines_.back().kind == DiffLine::Kind::Same))
      changes_.push_back(static_cast<int>(lines_.size()));
    lines_.push_back({line.before, line.after, line.kind, differs});
    text += QString::fromStdString(line.text) + QLatin1Char('\n');
  }
  text.chop(1);
  replaceText(text, level);
  markLines(lines);
}

void CodeView::markLines(const std::vector<DiffLine>& lines) {
  QList<QTextEdit::ExtraSelection> marks;
  QTextBlock block = document()->begin();
  for (const DiffLine& line : lines) {
    if (!block.isValid()) break;
    if (line.kind != DiffLine::Kind::Same) {
      const bool added = line.kind == DiffLine::Kind::Added;
      QTextEdit::ExtraSelection whole;
      whole.cursor = QTextCursor(block);
      whole.format.setBackground(theme_.color(added ? Ink::Added : Ink::Removed));
      whole.format.setProperty(QTextFormat::FullWidthSelection, true);
      marks.append(whole);
      for (const DiffSpan& span : line.words) {
        const auto position = [&](std::size_t byte) {
          return block.position() +
                 static_cast<int>(QString::fromStdString(line.text.substr(0, byte)).size());
        };
        QTextEdit::ExtraSelection word;
        word.cursor = QTextCursor(document());
        word.cursor.setPosition(position(span.begin));
        word.cursor.setPosition(position(span.end), QTextCursor::KeepAnchor);
        word.format.setBackground(theme_.color(added ? Ink::AddedWord : Ink::RemovedWord));
        marks.append(word);
      }
    }
    block = block.next();
  }
  setExtraSelections(marks);
}

int CodeView::gutterWidth() const {
  const int digit = fontMetrics().horizontalAdvance(QLatin1Char('9'));
  const int digits = std::max(2, static_cast<int>(QString::number(blockCount()).size()));
  return comparing_ ? (2 * digits + 3) * digit + 12 : digits * digit + 18 + kFoldWidth;
}

void CodeView::paintGutter(QPaintEvent* event) {
  QPainter painter(gutter_);
  const auto drawFoldSign = [this](QPainter& into, double x, double y, bool folded) {
    const QPointF at(x, y);
    into.save();
    into.setRenderHint(QPainter::Antialiasing);
    into.setPen(Qt::NoPen);
    into.setBrush(theme_.color(folded ? Ink::Accent : Ink::TextFaint));
    into.drawPolygon(folded ? QPolygonF({at + QPointF(-2, -4), at + QPointF(3, 0), at + QPointF(-2, 4)})
                            : QPolygonF({at + QPointF(-4, -2), at + QPointF(4, -2), at + QPointF(0, 3)}));
    into.restore();
  };
  painter.fillRect(event->rect(), theme_.color(Ink::SurfaceRaised));
  painter.setFont(font());
  const int digit = fontMetrics().horizontalAdvance(QLatin1Char('9'));
  const int digits = std::max(2, static_cast<int>(QString::number(blockCount()).size()));
  const int height = fontMetrics().height();
  QTextBlock block = firstVisibleBlock();
  double top = blockBoundingGeometry(block).translated(contentOffset()).top();
  while (block.isValid() && top <= event->rect().bottom()) {
    const auto number = static_cast<std::size_t>(block.blockNumber());
    const int y = static_cast<int>(top);
    const auto draw = [&](int x, int width, const QString& text, Ink ink) {
      painter.setPen(theme_.color(ink));
      painter.drawText(x, y, width, height, Qt::AlignRight | Qt::AlignVCenter, text);
    };
    const Line line = number < lines_.size() ? lines_[number] : Line{};
    if (!comparing_) {
      draw(0, digits * digit + 6, QString::number(number + 1), Ink::TextFaint);
      if (line.changed) painter.fillRect(gutter_->width() - 5, y, 3, height, theme_.color(Ink::Changed));
      if (beginsBlock(number))
        drawFoldSign(painter, digits * digit + 14.0, y + height / 2.0, isFolded(block.blockNumber()));
    } else {
      if (line.kind != DiffLine::Kind::Same)
        painter.fillRect(0, y, gutter_->width(), height,
                         theme_.color(line.kind == DiffLine::Kind::Added ? Ink::Added : Ink::Removed));
      if (line.before > 0) draw(0, digits * digit + 4, QString::number(line.before), Ink::TextFaint);
      if (line.after > 0)
        draw(digits * digit + digit, digits * digit + 4, QString::number(line.after), Ink::TextFaint);
      if (line.kind != DiffLine::Kind::Same)
        draw(gutter_->width() - 2 * digit - 2, 2 * digit - 2,
             line.kind == DiffLine::Kind::Added ? QStringLiteral("+") : QStringLiteral("−"), Ink::Text);
    }
    top += blockBoundingRect(block).height();
    do block = block.next();
    while (block.isValid() && !block.isVisible());
  }
}

void CodeView::clickGutter(const QPoint& position) {
  const int line = cursorForPosition(QPoint(0, position.y())).blockNumber();
  if (position.x() > gutter_->width() - kFoldWidth - 10) toggleFold(line);
}

void CodeView::toggleFold(int line) {
  if (line < 0 || !beginsBlock(static_cast<std::size_t>(line))) return;
  if (folded_.erase(line) == 0) folded_.insert(line);
  applyFolds();
}

void CodeView::applyFolds() {
  int hiddenUntil = -1;
  for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
    const int line = block.blockNumber();
    block.setVisible(line > hiddenUntil);
    if (folded_.contains(line))
      hiddenUntil = std::max(hiddenUntil, foldEnds_[static_cast<std::size_t>(line)]);
  }
  document()->markContentsDirty(0, document()->characterCount());
  viewport()->update();
  gutter_->update();
}

void CodeView::highlightLines(const std::vector<int>& lines) {
  QList<QTextEdit::ExtraSelection> marks;
  for (const int line : lines) {
    QTextEdit::ExtraSelection mark;
    mark.cursor = QTextCursor(document()->findBlockByNumber(line));
    mark.format.setBackground(theme_.color(Ink::Added));
    mark.format.setProperty(QTextFormat::FullWidthSelection, true);
    marks.append(mark);
  }
  setExtraSelections(marks);
  if (lines.empty()) return;
  if (!folded_.empty()) {
    folded_.clear();
    applyFolds();
  }
  setTextCursor(QTextCursor(document()->findBlockByNumber(lines.front())));
  ensureCursorVisible();
}

void CodeView::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  gutter_->setGeometry(0, contentsRect().top(), gutterWidth(), contentsRect().height());
}

void CodeView::goToChange(int direction) {
  if (changes_.empty()) return;
  const int current = textCursor().blockNumber();
  int target = direction > 0 ? changes_.front() : changes_.back();
  if (direction > 0) {
    for (const int line : changes_)
      if (line > current) {
        target = line;
        break;
      }
  } else {
    for (auto line = changes_.rbegin(); line != changes_.rend(); ++line)
      if (*line < current) {
        target = *line;
        break;
      }
  }
  setTextCursor(QTextCursor(document()->findBlockByNumber(target)));
  centerCursor();
}

void CodeView::nextChange() { goToChange(1); }
void CodeView::previousChange() { goToChange(-1); }

}  // namespace espalier::ui
