// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/proposer_form.h"
#include "widgets/sheet.h"

namespace espalier::ui {

/// Asks with which proposer a search goes on.
class ProposerSheet : public Sheet {
  Q_OBJECT

 public:
  ProposerSheet(const Services& services, Settings& settings, QWidget* window);
  /// `running`: the search has to stop for a moment.
  void ask(bool running);

 Q_SIGNALS:
  void wanted(const espalier::ui::ProposerChoice& proposer);

 private:
  QLabel* about_;
  ProposerForm* form_;
};

}  // namespace espalier::ui
