// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/reasoning_panel.h"

#include <QFontDatabase>
#include <QVBoxLayout>
#include <algorithm>

#include "models/core_words.h"
#include "models/figures.h"

namespace espalier::ui {
namespace {

QString paragraphs(const std::string& text) {
  QString html = escaped(text);
  html.replace(QLatin1Char('\n'), QStringLiteral("<br>"));
  return QStringLiteral("<p>") + html + QStringLiteral("</p>");
}

QString heading(const QString& words) {
  return QStringLiteral("<h3>") + words.toHtmlEscaped() + QStringLiteral("</h3>");
}

QPlainTextEdit* plainText(QWidget* parent, const QString& placeholder) {
  auto* text = new QPlainTextEdit(parent);
  text->setReadOnly(true);
  text->setFrameShape(QFrame::NoFrame);
  text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  text->setPlaceholderText(placeholder);
  return text;
}

void replaceText(QPlainTextEdit* edit, const QString& text) {
  if (edit->toPlainText() != text) edit->setPlainText(text);
}

QString usageWords(const TokenUsage& usage) {
  QString words =
      ReasoningPanel::tr("%1 tokens in, %2 out").arg(grouped(usage.prompt), grouped(usage.completion));
  if (usage.cached > 0) words += ReasoningPanel::tr(" (%1 cached)").arg(grouped(usage.cached));
  if (usage.estimated) words += ReasoningPanel::tr(" (estimated)");
  return words;
}

QString rejectionHtml(const ProposalRejected& rejected) {
  QString html = QStringLiteral("<p><span class=\"warn\">%1</span> <span class=\"faint\">%2</span></p>")
                     .arg(rejectionWords(rejected.cause).toHtmlEscaped(),
                          proposerWords(rejected.source).toHtmlEscaped());
  if (rejected.duplicateOf != kNoNode)
    html += QStringLiteral("<p>") +
            ReasoningPanel::tr("The same program as node %1.").arg(nodeLink(rejected.duplicateOf)) +
            QStringLiteral("</p>");
  return html + itemsHtml(rejected.items);
}

}  // namespace

QString itemsHtml(const std::vector<AppliedItem>& items, bool linked, const std::vector<int>& lines) {
  QString html = QStringLiteral("<table cellspacing=\"0\">");
  std::size_t step = 0;
  for (const AppliedItem& item : items) {
    QString words = escaped(item.accepted ? item.applied : item.proposed);
    if (item.accepted && ++step > 0 && linked)
      words = QStringLiteral("<a href=\"step:%1\">%2</a>").arg(step).arg(words);
    html += QStringLiteral("<tr><td class=\"%1\">%2</td><td><span class=\"code\">%3</span>")
                .arg(item.accepted ? QStringLiteral("good") : QStringLiteral("bad"),
                     item.accepted ? QStringLiteral("✓") : QStringLiteral("✗"), words);
    if (item.accepted && step <= lines.size())
      html += QStringLiteral(" <span class=\"faint\">%1</span>")
                  .arg(lines[step - 1] == 0 ? ReasoningPanel::tr("changed again by later steps")
                                            : ReasoningPanel::tr("→ lines: %1").arg(lines[step - 1]));
    QString why = escaped(item.reason);
    if (!item.accepted && !item.hint.empty()) why += QLatin1Char(' ') + escaped(item.hint);
    if (!why.isEmpty()) html += QStringLiteral("<br><span class=\"faint\">%1</span>").arg(why);
    html += QStringLiteral("</td></tr>");
  }
  return html + QStringLiteral("</table>");
}

ReasoningPanel::ReasoningPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent),
      tabs_(new QTabWidget(this)),
      overview_(new RichText(this)),
      prompt_(plainText(this, tr("No model was asked for this node."))),
      reply_(plainText(this, tr("No model answered for this node."))) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(tabs_);
  tabs_->setDocumentMode(true);
  tabs_->addTab(overview_, tr("Proposal"));
  tabs_->addTab(prompt_, tr("Prompt"));
  tabs_->addTab(reply_, tr("Reply"));
  connect(overview_, &RichText::nodeWanted, this, &Panel::nodeWanted);
  connect(overview_, &RichText::stepWanted, this, &ReasoningPanel::stepWanted);
}

void ReasoningPanel::setStepLines(NodeId node, const std::vector<int>& lines) {
  linesOf_ = node;
  lines_ = lines;
  if (node == this->node()) refreshSoon();
}

void ReasoningPanel::setTheme(const Theme& theme) {
  overview_->setTheme(theme);
  Panel::setTheme(theme);
}

QString ReasoningPanel::liveHtml() const {
  QString html;
  for (const auto& [request, call] : history().liveCalls()) {
    if (call.node != node()) continue;
    html += heading(tr("%1 is thinking about what comes next here").arg(fromUtf8(call.model)));
    if (!call.thinking.empty())
      html += QStringLiteral("<div class=\"faint\">") + paragraphs(call.thinking) + QStringLiteral("</div>");
    html += paragraphs(call.reply);
  }
  return html;
}

QString ReasoningPanel::overview() const {
  if (!hasNode()) return tr("Select a node of the tree.");
  const NodeRecord& record = history().record(node());
  QString html = QStringLiteral("<h2>") +
                 (node() == kRootNode ? tr("The initial program") : tr("Node %1").arg(node())) +
                 QStringLiteral("</h2>");
  if (node() != kRootNode) {
    html += QStringLiteral("<p class=\"faint\">") + tr("proposed by %1 for node %2")
                                                        .arg(proposerWords(record.source).toHtmlEscaped(),
                                                             nodeLink(history().tree().node(node()).parent));
    if (record.fallback)
      html += QStringLiteral(" · ") + tr("nothing proposed was valid, so a random step was taken");
    html += QStringLiteral("</p>");
  }
  for (const Event& event : history().expansionOf(node())) {
    const auto* reply = std::get_if<ReplyFinished>(&event.body);
    if (reply == nullptr) continue;
    const Exchange& exchange = reply->exchange;
    html += QStringLiteral("<p class=\"faint\">") + escaped(exchange.model) + QStringLiteral(" · ") +
            usageWords(exchange.usage) + QStringLiteral(" · ") + money(exchange.costUsd) +
            QStringLiteral(" · ") + duration(exchange.latencySeconds) + QStringLiteral("</p>");
    if (exchange.outcome != "ok")
      html += QStringLiteral("<p class=\"bad\">") + escaped(exchange.outcome) + QStringLiteral(": ") +
              escaped(exchange.words) + QStringLiteral("</p>");
  }
  html += liveHtml();
  if (!record.reasoning.empty()) html += heading(tr("Why")) + paragraphs(record.reasoning);
  if (!record.items.empty())
    html += heading(tr("Proposed steps")) +
            itemsHtml(record.items, true, linesOf_ == node() ? lines_ : std::vector<int>());
  if (annotations_ != nullptr)
    if (const auto kept = annotations_->find(node());
        kept != annotations_->end() && !kept->second.note.empty())
      html += heading(tr("Your note")) + paragraphs(kept->second.note);
  const std::vector<std::string> hints = history().hintsFor(node());
  if (!hints.empty()) {
    html += heading(tr("Hints in force"));
    for (const std::string& hint : hints) html += paragraphs(hint);
  }
  if (!record.rejections.empty()) {
    html += heading(tr("Proposals for this node that led nowhere"));
    for (const ProposalRejected& rejected : record.rejections) html += rejectionHtml(rejected);
  }
  return html;
}

void ReasoningPanel::showCalls() {
  QString prompts;
  QString replies;
  if (hasNode()) {
    for (const Event& event : history().expansionOf(node())) {
      if (const auto* sent = std::get_if<PromptSent>(&event.body))
        prompts += fromUtf8(sent->prompt) + QLatin1Char('\n');
      if (const auto* reply = std::get_if<ReplyFinished>(&event.body)) {
        if (!reply->exchange.thinking.empty())
          replies += tr("--- thinking ---\n%1\n--- answer ---\n").arg(fromUtf8(reply->exchange.thinking));
        replies += fromUtf8(reply->exchange.reply) + QLatin1Char('\n');
      }
    }
  }
  replaceText(prompt_, prompts);
  replaceText(reply_, replies);
}

void ReasoningPanel::refresh() {
  overview_->showHtml(overview());
  showCalls();
}

WhyPanel::WhyPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent), text_(new RichText(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(text_);
  connect(text_, &RichText::nodeWanted, this, &Panel::nodeWanted);
}

void WhyPanel::setTheme(const Theme& theme) {
  text_->setTheme(theme);
  Panel::setTheme(theme);
}

QString WhyPanel::html() const {
  if (!hasNode()) return tr("Select a node of the tree.");
  if (node() == kRootNode) return tr("Every search begins with the initial program.");
  const NodeRecord& record = history().record(node());
  const NodeSelected* selected = nullptr;
  for (const Event& event : history().expansionOf(node()))
    if (const auto* body = std::get_if<NodeSelected>(&event.body)) selected = body;
  if (selected == nullptr)
    return tr("Node %1 was not selected by UCT: %2.")
        .arg(node())
        .arg(proposerWords(record.source).toHtmlEscaped());
  QString html = QStringLiteral("<h2>") +
                 tr("Why node %1 was expanded into node %2").arg(selected->node).arg(node()) +
                 QStringLiteral("</h2>");
  if (selected->path.empty())
    html += QStringLiteral("<p>") +
            (selected->node == kRootNode ? tr("It was the root, and had room for another child.")
                                         : tr("A command named it.")) +
            QStringLiteral("</p>");
  html += QStringLiteral("<p class=\"faint\">") +
          tr("At every step the child with the largest sum of mean value and exploration is followed, until "
             "one has room "
             "for another child.") +
          QStringLiteral("</p>");
  for (const SelectionStep& step : selected->path) {
    html += heading(tr("From node %1").arg(step.parent));
    html += QStringLiteral("<table cellspacing=\"0\"><tr><th></th><th>") + tr("child") +
            QStringLiteral("</th><th>") + tr("visits") + QStringLiteral("</th><th>") + tr("mean") +
            QStringLiteral("</th><th>") + tr("exploration") + QStringLiteral("</th><th>") + tr("sum") +
            QStringLiteral("</th><th>") + tr("step") + QStringLiteral("</th></tr>");
    std::vector<UctTerms> children = step.children;
    std::sort(children.begin(), children.end(), [](const UctTerms& a, const UctTerms& b) {
      return a.mean + a.exploration > b.mean + b.exploration;
    });
    for (const UctTerms& child : children) {
      QString visits = QString::number(child.visits);
      if (child.virtualVisits > 0) visits += QStringLiteral(" +%1").arg(child.virtualVisits);
      const QString label = history().tree().contains(child.child)
                                ? escaped(history().tree().label(history().tree().node(child.child).label))
                                : QString();
      html +=
          QStringLiteral(
              "<tr%1><td class=\"good\">%2</td><td>%3</td><td>%4</td><td>%5</td><td>%6</td><td><b>%7</b></td>"
              "<td class=\"faint\">%8</td></tr>")
              .arg(child.open ? QString() : QStringLiteral(" class=\"faint\""),
                   child.chosen ? QStringLiteral("▶") : (child.open ? QString() : tr("closed")),
                   nodeLink(child.child), visits, fixedText(child.mean, 3), fixedText(child.exploration, 3),
                   fixedText(child.mean + child.exploration, 3), label);
    }
    html += QStringLiteral("</table>");
  }
  return html;
}

void WhyPanel::refresh() { text_->showHtml(html()); }

}  // namespace espalier::ui
