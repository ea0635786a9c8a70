// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>
#include <QWidget>

#include "models/history.h"
#include "models/theme.h"

namespace espalier::ui {

class TextService;

/// A part of the window that shows something of the session, mostly about the selected node. It works only
/// while it is seen.
class Panel : public QWidget {
  Q_OBJECT

 public:
  Panel(const History& history, TextService& texts, QWidget* parent);

  void setNode(NodeId node);
  /// The node that the selected one is compared with; kNoNode = its parent.
  void setSecond(NodeId node);
  /// Events came, or another time is shown.
  void historyChanged();
  virtual void setTheme(const Theme& theme);

 Q_SIGNALS:
  void nodeWanted(espalier::NodeId node);

 protected:
  /// Shows everything anew.
  virtual void refresh() = 0;
  /// Whether events can change what is shown although the node stays.
  [[nodiscard]] virtual bool isLive() const { return true; }
  void showEvent(QShowEvent* event) override;
  void refreshSoon();

  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] TextService& texts() const { return texts_; }
  [[nodiscard]] const Theme& theme() const { return theme_; }
  [[nodiscard]] NodeId node() const { return node_; }
  [[nodiscard]] NodeId second() const { return second_; }
  [[nodiscard]] bool hasNode() const { return history_.tree().contains(node_); }

 private:
  const History& history_;
  TextService& texts_;
  Theme theme_ = Theme::light();
  NodeId node_ = kNoNode;
  NodeId second_ = kNoNode;
  bool stale_ = true;
};

/// Text with links `node:17` and `step:3`, in the colours of a theme. Keeps its place when the content is
/// replaced.
class RichText : public QTextBrowser {
  Q_OBJECT

 public:
  explicit RichText(QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void showHtml(const QString& body);

 Q_SIGNALS:
  void nodeWanted(espalier::NodeId node);
  void stepWanted(int step);

 private:
  Theme theme_ = Theme::light();
  QString body_;
};

[[nodiscard]] QString nodeLink(NodeId node);

/// Percent of the roofline for a table, marked where it is more than the machine can reach.
[[nodiscard]] QString rooflineShareHtml(double percent);

}  // namespace espalier::ui
