// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/figures.h"
#include "widgets/main_window.h"
#include "widgets/note_sheet.h"

namespace espalier::ui {

void MainWindow::loadAnnotations() {
  annotations_.clear();
  if (auto kept = readAnnotations(path_.toStdString())) annotations_ = std::move(*kept);
  showAnnotations();
}

/// Bookmarks as flags of the nodes that are shown, notes in the panels.
void MainWindow::showAnnotations() {
  for (const auto& [node, annotation] : annotations_)
    if (history_.tree().contains(node)) history_.setBookmarked(node, !annotation.empty());
}

void MainWindow::annotate(NodeId node, const Annotation& annotation) {
  if (annotation.empty()) {
    annotations_.erase(node);
    history_.setBookmarked(node, false);
  } else {
    annotations_[node] = annotation;
  }
  showAnnotations();
  historyChanged();
  // A search may be writing the file at this moment, and the window waits for nobody.
  files_.run([this, path = path_.toStdString(), node, annotation] {
    const auto written = writeAnnotation(path, node, annotation);
    if (written) return;
    files_.answer([this, words = fromUtf8(written.error().text())] {
      messages_->show(words, MessageBar::Severity::Failure);
    });
  });
}

void MainWindow::toggleBookmark() {
  const NodeId node = tree_->selected();
  if (!history_.tree().contains(node)) return;
  Annotation annotation;
  if (const auto kept = annotations_.find(node); kept != annotations_.end()) annotation = kept->second;
  annotation.bookmarked = !annotation.bookmarked;
  annotate(node, annotation);
}

void MainWindow::writeNote() {
  const NodeId node = tree_->selected();
  if (!history_.tree().contains(node)) return;
  const auto kept = annotations_.find(node);
  note_->edit(node, kept == annotations_.end() ? QString() : fromUtf8(kept->second.note));
}

}  // namespace espalier::ui
