// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>

#include "models/work_timeline.h"
#include "support/outcome.h"
#include "widgets/chart.h"
#include "widgets/panel.h"
#include "widgets/timeline_view.h"

namespace espalier::ui {

/// The curves of a run: speedup against what it cost, predictions against measurements, the shape of the
/// tree, what was done when.
class ChartsPanel : public Panel {
  Q_OBJECT

 public:
  ChartsPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;
  /// Another session on the same axes.
  void addOther(const QString& name, const RunFold& fold);
  void clearOthers();
  /// The history holds another session from now on.
  void sessionChanged();
  /// Writes the chart that is shown: .png, .svg or .csv.
  [[nodiscard]] Result<void> exportTo(const QString& path);
  /// Names of the charts, and the one of them that is shown.
  [[nodiscard]] QStringList kinds() const;
  void showKind(int index) { kind_->setCurrentIndex(index); }
  [[nodiscard]] const Chart& chart() const { return *chart_; }

 Q_SIGNALS:
  void exported(const QString& words, bool good);

 protected:
  void refresh() override;

 private:
  struct Other {
    QString name;
    RunFold runs;
  };
  void rebuild();
  void askForExport();
  void takeTimeline();
  void showTimeline();
  [[nodiscard]] int kind() const { return kind_->currentData().toInt(); }
  /// `most`: points of a series about which it is enough.
  [[nodiscard]] ChartContent content(std::size_t most) const;
  [[nodiscard]] ChartContent curve(int axis, std::size_t most) const;
  [[nodiscard]] std::vector<std::size_t> shownSamples(std::size_t most) const;
  void addCurve(ChartContent& content, const QString& name, Ink ink, const RunFold& runs, int axis,
                std::size_t most) const;
  void addBounds(ChartContent& content, int axis) const;
  [[nodiscard]] ChartContent predictions(std::size_t most) const;
  [[nodiscard]] ChartContent depths() const;
  [[nodiscard]] ChartContent fallbacks(std::size_t most) const;
  [[nodiscard]] QString timelineCsv() const;

  QComboBox* kind_;
  QCheckBox* logarithmic_;
  QStackedWidget* pictures_;
  Chart* chart_;
  WorkTimeline timeline_;
  TimelineView* timelineView_;
  QTimer timer_;
  QTimer timelineTimer_;  ///< between two parts of a long session
  std::vector<Other> others_;
};

}  // namespace espalier::ui
