// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <atomic>
#include <memory>

#include "models/tree_layout.h"
#include "widgets/background.h"

namespace espalier::ui {

/// Lays trees out on a thread of its own. A newer request cancels and replaces the one at work; only the
/// newest result is delivered, on the owner's thread.
class LayoutWorker : public QObject {
  Q_OBJECT

 public:
  explicit LayoutWorker(QObject* parent = nullptr);
  ~LayoutWorker() override;

  void request(LayoutInput input);
  void cancel();
  /// Lets go of a layout on the other thread: that of a million nodes takes its time.
  void discard(TreeLayout layout);
  [[nodiscard]] bool busy() const { return cancelled_ != nullptr; }
  /// How long the last one took.
  [[nodiscard]] int lastMilliseconds() const { return lastMilliseconds_; }

 Q_SIGNALS:
  void finished(std::shared_ptr<espalier::ui::TreeLayout> layout);

 private:
  std::shared_ptr<std::atomic<bool>> cancelled_;
  int lastMilliseconds_ = 0;
  Background background_{Background::AtEnd::Drop};
};

}  // namespace espalier::ui
