// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/layout_worker.h"

#include <QElapsedTimer>
#include <utility>

namespace espalier::ui {

LayoutWorker::LayoutWorker(QObject* parent) : QObject(parent), executor_(new QObject) {
  executor_->moveToThread(&thread_);
  connect(&thread_, &QThread::finished, executor_, &QObject::deleteLater);
  thread_.setObjectName(QStringLiteral("tree layout"));
  thread_.start();
}

LayoutWorker::~LayoutWorker() {
  cancel();
  thread_.quit();
  thread_.wait();
}

void LayoutWorker::cancel() {
  if (cancelled_) cancelled_->store(true);
  cancelled_.reset();
}

void LayoutWorker::request(LayoutInput input) {
  cancel();
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  cancelled_ = cancelled;
  auto shared = std::make_shared<LayoutInput>(std::move(input));
  QMetaObject::invokeMethod(executor_, [this, shared, cancelled] {
    QElapsedTimer timer;
    timer.start();
    std::optional<TreeLayout> layout = layOut(*shared, cancelled.get());
    if (!layout) return;
    auto result = std::make_shared<TreeLayout>(std::move(*layout));
    QMetaObject::invokeMethod(this, [this, result, cancelled, took = static_cast<int>(timer.elapsed())] {
      if (cancelled != cancelled_) return;  // a newer request is on its way
      cancelled_.reset();
      lastMilliseconds_ = took;
      Q_EMIT finished(result);
    });
  });
}

}  // namespace espalier::ui
