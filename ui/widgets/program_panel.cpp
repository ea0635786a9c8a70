// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/program_panel.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "models/figures.h"
#include "widgets/elided_label.h"
#include "widgets/icons.h"
#include "widgets/text_service.h"

namespace espalier::ui {
namespace {

QWidget* headerOf(const QList<QWidget*>& widgets, QLabel* title, QWidget* parent) {
  auto* header = new QWidget(parent);
  auto* row = new QHBoxLayout(header);
  row->setContentsMargins(8, 4, 8, 4);
  row->addWidget(title, 1);
  for (QWidget* widget : widgets) row->addWidget(widget);
  return header;
}

void stack(QWidget* parent, QWidget* header, QWidget* body) {
  auto* column = new QVBoxLayout(parent);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(header);
  column->addWidget(body, 1);
}

QString shownText(const std::string& text) {
  QString shown = fromUtf8(text);
  while (shown.endsWith(QLatin1Char('\n'))) shown.chop(1);
  return shown;
}

TextLevel levelOf(const QComboBox* box) { return static_cast<TextLevel>(box->currentData().toInt()); }

}  // namespace

QComboBox* makeLevelBox(QWidget* parent) {
  auto* box = new QComboBox(parent);
  const auto add = [box](const QString& name, TextLevel level) {
    box->addItem(name, static_cast<int>(level));
  };
  add(QObject::tr("Loop nest"), TextLevel::LoopNest);
  add(QObject::tr("Trace"), TextLevel::Trace);
  add(QObject::tr("C"), TextLevel::C);
  add(QObject::tr("LLVM IR"), TextLevel::Llvm);
  add(QObject::tr("Assembly"), TextLevel::Assembly);
  box->setAccessibleName(QObject::tr("Level of the program text"));
  return box;
}

ProgramPanel::ProgramPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent),
      level_(makeLevelBox(this)),
      title_(new ElidedLabel(this)),
      code_(new CodeView(this)) {
  code_->setPlaceholderText(tr("Select a node of the tree to read its program."));
  code_->setAccessibleName(tr("Program of the selected node"));
  stack(this, headerOf({level_}, title_, this), code_);
  connect(level_, &QComboBox::currentIndexChanged, this, [this] { refreshSoon(); });
  connect(code_, &QPlainTextEdit::cursorPositionChanged, this, &ProgramPanel::tellLine);
}

void ProgramPanel::setTheme(const Theme& theme) {
  code_->setTheme(theme);
  Panel::setTheme(theme);
}

void ProgramPanel::refresh() {
  const std::uint64_t question = ++asked_;
  steps_ = {};
  if (!hasNode()) {
    wantedStep_ = 0;
    title_->clear();
    code_->showText({}, TextLevel::LoopNest);
    return;
  }
  const TextLevel level = levelOf(level_);
  title_->setText(tr("Node %1").arg(node()));
  if (level == TextLevel::Llvm || level == TextLevel::Assembly)
    title_->setText(tr("Node %1 · compiling…").arg(node()));
  const SearchTree& tree = history().tree();
  const NodeId parent = tree.node(node()).parent;
  const State before = history().stateOf(tree.contains(parent) ? parent : node());
  const State own = history().stateOf(node());
  texts().text(own, level, this, [this, question, before, level](const Result<std::string>& text) {
    if (question != asked_) return;
    title_->setText(tr("Node %1").arg(node()));
    if (!text) return code_->showWords(fromUtf8(text.error().text()));
    const bool compiled = level == TextLevel::Llvm || level == TextLevel::Assembly;
    if (compiled || node() == kRootNode) return code_->showText(shownText(*text), level);
    texts().text(before, level, this, [this, question, own = *text](const Result<std::string>& parentText) {
      if (question == asked_ && parentText) showPair(*parentText, own);
    });
  });
}

void ProgramPanel::showPair(const std::string& parent, const std::string& own) {
  const std::vector<bool> changed = changedLines(parent, own);
  const auto count = std::count(changed.begin(), changed.end(), true);
  summary_ = tr("Node %1 · lines changed: %2").arg(node()).arg(count);
  code_->showText(shownText(own), levelOf(level_), changed);
  title_->setText(summary_);
  if (levelOf(level_) == TextLevel::LoopNest) askSteps();
}

void ProgramPanel::askSteps() {
  const std::uint64_t question = asked_;
  askStepTexts(texts(), history().stateOf(history().tree().node(node()).parent), history().stateOf(node()),
               this, [this, question](const StepTexts& steps) {
                 if (question != asked_) return;
                 steps_ = steps;
                 std::vector<int> lines;
                 for (std::size_t step = 1; step <= steps.steps(); ++step)
                   lines.push_back(steps.linesOf(static_cast<int>(step)));
                 Q_EMIT stepsKnown(node(), lines);
                 markStep();
               });
}

void ProgramPanel::showStep(int step) {
  wantedStep_ = step;
  if (levelOf(level_) != TextLevel::LoopNest) return level_->setCurrentIndex(0);
  if (steps_.steps() > 0) markStep();
}

void ProgramPanel::markStep() {
  const int step = std::exchange(wantedStep_, 0);
  if (step < 1 || step > static_cast<int>(steps_.steps())) return;
  std::vector<int> lines;
  for (std::size_t line = 0; line < steps_.blame.size(); ++line)
    if (steps_.blame[line] == step) lines.push_back(static_cast<int>(line));
  marking_ = true;
  code_->highlightLines(lines);
  marking_ = false;
  title_->setText(lines.empty() ? tr("Step %1: later steps changed its lines again").arg(stepWords(step))
                                : tr("Step %1 · lines: %2").arg(stepWords(step)).arg(lines.size()));
}

QString ProgramPanel::stepWords(int step) const {
  const State& own = history().stateOf(node());
  const std::size_t shared = own.trace.size() - steps_.steps();
  QString words = fromUtf8(own.trace[shared + static_cast<std::size_t>(step) - 1]);
  if (words.size() > 60) words = words.left(59) + QStringLiteral("…");
  return QStringLiteral("%1, %2").arg(step).arg(words);
}

/// Which step a line is of, when a person puts the cursor on it.
void ProgramPanel::tellLine() {
  const auto line = static_cast<std::size_t>(code_->currentLine());
  if (marking_ || line >= steps_.blame.size() || !code_->hasFocus()) return;
  const int step = steps_.blame[line];
  title_->setText(step == 0 ? tr("Line %1: as in the parent").arg(line + 1)
                            : tr("Line %1: step %2").arg(line + 1).arg(stepWords(step)));
}

DiffPanel::DiffPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent),
      level_(makeLevelBox(this)),
      against_(new QComboBox(this)),
      title_(new ElidedLabel(this)),
      code_(new CodeView(this)) {
  against_->setAccessibleName(tr("What the node is compared with"));
  against_->addItem(tr("against its parent"), static_cast<int>(Against::Parent));
  against_->addItem(tr("against the initial program"), static_cast<int>(Against::Initial));
  against_->addItem(tr("against the best"), static_cast<int>(Against::Best));
  against_->addItem(tr("against the second node"), static_cast<int>(Against::Second));
  against_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  against_->setMinimumContentsLength(13);  // the usual choice; of longer ones the beginning
  code_->setPlaceholderText(tr("Select a node; Ctrl+click a second one to compare the two."));
  code_->setAccessibleName(tr("Differences"));
  const auto button = [this](const QString& words, auto slot) {
    auto* made = new QToolButton(this);
    made->setAutoRaise(true);
    made->setToolTip(words);
    made->setAccessibleName(words);
    connect(made, &QToolButton::clicked, code_, slot);
    return made;
  };
  previous_ = button(tr("Previous change"), &CodeView::previousChange);
  next_ = button(tr("Next change"), &CodeView::nextChange);
  stack(this, headerOf({previous_, next_, against_, level_}, title_, this), code_);
  connect(level_, &QComboBox::currentIndexChanged, this, [this] { refreshSoon(); });
  connect(against_, &QComboBox::currentIndexChanged, this, [this] { refreshSoon(); });
}

void DiffPanel::setTheme(const Theme& theme) {
  code_->setTheme(theme);
  previous_->setIcon(icon(Symbol::Up, theme.color(Ink::Text), theme.color(Ink::Border)));
  next_->setIcon(icon(Symbol::Down, theme.color(Ink::Text), theme.color(Ink::Border)));
  Panel::setTheme(theme);
}

NodeId DiffPanel::other() const {
  const SearchTree& tree = history().tree();
  if (second() != kNoNode && tree.contains(second()) &&
      (static_cast<Against>(against_->currentData().toInt()) == Against::Second ||
       against_->currentIndex() == 0))
    return second();
  switch (static_cast<Against>(against_->currentData().toInt())) {
    case Against::Parent: return node() == kRootNode ? kRootNode : tree.node(node()).parent;
    case Against::Initial: return kRootNode;
    case Against::Best: return tree.best();
    case Against::Second: return kNoNode;
  }
  return kNoNode;
}

void DiffPanel::refresh() {
  const std::uint64_t question = ++asked_;
  title_->clear();
  const SearchTree& tree = history().tree();
  if (!hasNode()) return code_->showText({}, TextLevel::LoopNest);
  const NodeId from = other();
  if (!tree.contains(from)) {
    code_->showText({}, TextLevel::LoopNest);
    return title_->setText(tr("Ctrl+click a second node in the tree"));
  }
  const TextLevel level = levelOf(level_);
  const QString pair = tr("%1 → %2").arg(from).arg(node());
  title_->setText(pair);
  const State own = history().stateOf(node());
  texts().text(
      history().stateOf(from), level, this,
      [this, question, own, level, pair](const Result<std::string>& before) {
        if (question != asked_) return;
        if (!before) return code_->showWords(fromUtf8(before.error().text()));
        texts().text(
            own, level, this,
            [this, question, level, pair, from = *before](const Result<std::string>& after) {
              if (question != asked_) return;
              if (!after) return code_->showWords(fromUtf8(after.error().text()));
              code_->showDiff(diffTexts(from, *after), level);
              title_->setText(pair + QStringLiteral(" · ") + tr("changes: %1").arg(code_->changeCount()));
            });
      });
}

}  // namespace espalier::ui
