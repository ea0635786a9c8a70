// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/code_view.h"

#include <QFontDatabase>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

namespace espalier::ui {

class CodeView::Gutter : public QWidget {
 public:
  explicit Gutter(CodeView* view) : QWidget(view), view_(view) {}

 protected:
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
  setPlainText(text);
  setViewportMargins(gutterWidth(), 0, 0, 0);
  gutter_->setGeometry(0, contentsRect().top(), gutterWidth(), contentsRect().height());
  verticalScrollBar()->setValue(scrolled);
  gutter_->update();
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
  return comparing_ ? (2 * digits + 3) * digit + 12 : digits * digit + 18;
}

void CodeView::paintGutter(QPaintEvent* event) {
  QPainter painter(gutter_);
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
      if (line.changed) painter.fillRect(gutter_->width() - 7, y, 3, height, theme_.color(Ink::Changed));
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
    block = block.next();
  }
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
