// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QUndoCommand>

#include "models/figures.h"
#include "widgets/charts_panel.h"
#include "widgets/export_sheet.h"
#include "widgets/main_window.h"
#include "widgets/proposer_sheet.h"
#include "widgets/render.h"

namespace espalier::ui {
namespace {

/// A command with the one that takes it back.
class SteeringAct : public QUndoCommand {
 public:
  SteeringAct(const QString& text, Engine& engine, Command forward, Command backward)
      : QUndoCommand(text), engine_(engine), forward_(std::move(forward)), backward_(std::move(backward)) {}
  void redo() override { engine_.post(forward_); }
  void undo() override { engine_.post(backward_); }

 private:
  Engine& engine_;
  Command forward_;
  Command backward_;
};

}  // namespace

void MainWindow::steer(const Command& command) {
  if (!engine_.active()) {
    messages_->show(tr("No search is running. Go on with the session first."),
                    MessageBar::Severity::Information);
    return;
  }
  if (const auto* hint = std::get_if<HintCommand>(&command)) {
    const auto& hints = history_.fold().hintsOf(hint->node);
    return steerUndoably(tr("hint for node %1").arg(hint->node), command,
                         HintCommand{hint->node, hints.empty() ? std::string() : hints.back()});
  }
  engine_.post(command);
}

void MainWindow::steerUndoably(const QString& text, const Command& forward, const Command& backward) {
  if (engine_.active()) undo_.push(new SteeringAct(text, engine_, forward, backward));
}

void MainWindow::togglePause() {
  history_.fold().state() == RunState::Paused ? steer(ResumeCommand{}) : steer(PauseCommand{});
}

void MainWindow::togglePin() {
  const NodeId node = tree_->selected();
  if (!history_.tree().contains(node)) return;
  if (history_.tree().node(node).has(kPinned)) {
    steerUndoably(tr("unpin node %1").arg(node), UnpinCommand{node}, PinCommand{node});
  } else {
    steerUndoably(tr("pin node %1").arg(node), PinCommand{node}, UnpinCommand{node});
  }
}

void MainWindow::togglePrune() {
  const NodeId node = tree_->selected();
  if (!history_.tree().contains(node)) return;
  if (history_.tree().node(node).has(kPruned)) {
    steerUndoably(tr("unprune node %1").arg(node), UnpruneCommand{node}, PruneCommand{node});
  } else {
    steerUndoably(tr("prune node %1").arg(node), PruneCommand{node}, UnpruneCommand{node});
  }
}

void MainWindow::toggleFocus() {
  const NodeId node = tree_->selected();
  const NodeId before = history_.tree().focus();
  const NodeId wanted = before == node ? kRootNode : node;
  steerUndoably(tr("focus on node %1").arg(wanted), FocusCommand{wanted}, FocusCommand{before});
}

void MainWindow::goOnWith(const ProposerChoice& proposer) {
  if (!engine_.active()) return resumeRun(proposer);
  proposerAfter_ = proposer;
  engine_.post(StopCommand{});
}

void MainWindow::exportNode(NodeId node) {
  if (path_.isEmpty() || !history_.tree().contains(node)) return;
  const QFileInfo session(path_);
  const bool best = node == history_.tree().best();
  export_->ask(node, best,
               QFileInfo(session.absolutePath()).isWritable() ? session.absolutePath() : QDir::homePath(),
               session.completeBaseName());
}

void MainWindow::writeExport(NodeId node, const QString& format, const QString& path) {
  messages_->show(tr("Exporting node %1…").arg(node), MessageBar::Severity::Information);
  files_.run([this, services = &services_, session = path_.toStdString(), node, format = format.toStdString(),
              target = path.toStdString()] {
    const auto written = services->exportNode(session, node, format, target);
    QString words = written ? tr("Written:") : fromUtf8(written.error().text());
    if (written) {
      // All lie beside the first.
      QStringList files;
      for (const std::string& file : *written)
        files << (files.isEmpty() ? fromUtf8(file) : QFileInfo(fromUtf8(file)).fileName());
      words += QLatin1Char(' ') + files.join(QStringLiteral(", "));
    }
    files_.answer([this, words, good = written.has_value()] {
      messages_->show(words, good ? MessageBar::Severity::Information : MessageBar::Severity::Failure);
    });
  });
}

void MainWindow::writePicture(const QString& path, bool wholeTree, bool dark) {
  tree_->setTheme(dark ? Theme::dark() : Theme::light());
  const auto written = exportPicture(*tree_, path.toStdString(), tree_->viewport()->size(), wholeTree);
  tree_->setTheme(theme_);
  messages_->show(written ? tr("Written: %1").arg(path) : fromUtf8(written.error().text()),
                  written ? MessageBar::Severity::Information : MessageBar::Severity::Failure);
}

void MainWindow::askForComparison() {
  const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Other sessions"), QString(),
                                                          tr("Sessions (*.espalier);;All files (*)"));
  for (const QString& path : paths) compareSession(path);
}

void MainWindow::compareSession(const QString& path) {
  History other;
  if (const auto read = readHistory(path.toStdString(), other); !read)
    return messages_->show(fromUtf8(read.error().text()), MessageBar::Severity::Failure);
  charts_->addOther(QFileInfo(path).completeBaseName(), other.fold());
  raiseDock("charts");
}

}  // namespace espalier::ui
