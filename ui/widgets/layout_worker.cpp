// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/layout_worker.h"

#include <QElapsedTimer>
#include <utility>

namespace espalier::ui {

LayoutWorker::LayoutWorker(QObject* parent) : QObject(parent) {}

LayoutWorker::~LayoutWorker() { cancel(); }

void LayoutWorker::cancel() {
  if (cancelled_) cancelled_->store(true);
  cancelled_.reset();
}

void LayoutWorker::discard(TreeLayout layout) {
  if (layout.places.empty()) return;
  auto last = std::make_shared<TreeLayout>(std::move(layout));
  background_.run([last] {});
}

void LayoutWorker::request(LayoutInput input) {
  cancel();
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  cancelled_ = cancelled;
  auto shared = std::make_shared<LayoutInput>(std::move(input));
  background_.run([this, shared, cancelled] {
    QElapsedTimer timer;
    timer.start();
    std::optional<TreeLayout> layout = layOut(*shared, cancelled.get());
    if (!layout) return;
    auto result = std::make_shared<TreeLayout>(std::move(*layout));
    background_.answer([this, result, cancelled, took = static_cast<int>(timer.elapsed())] {
      if (cancelled != cancelled_) return;  // a newer request is on its way
      cancelled_.reset();
      lastMilliseconds_ = took;
      Q_EMIT finished(result);
    });
  });
}

}  // namespace espalier::ui
