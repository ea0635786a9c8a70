// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/proposer_sheet.h"

#include "widgets/forms.h"

namespace espalier::ui {

ProposerSheet::ProposerSheet(const Services& services, Settings& settings, QWidget* window)
    : Sheet(tr("Go on with another proposer"), 560, window), about_(new QLabel(card())) {
  about_->setWordWrap(true);
  about_->setForegroundRole(QPalette::PlaceholderText);
  body()->addWidget(about_);
  auto* rows = new QFormLayout;
  rows->setHorizontalSpacing(16);
  rows->setVerticalSpacing(9);
  body()->addLayout(rows);
  form_ = new ProposerForm(services, settings, rows, card());
  alignLabels(rows, rows->itemAt(0, QFormLayout::FieldRole)->sizeHint().height());
  connect(addButton(tr("Cancel"), false), &QPushButton::clicked, this, &Sheet::close);
  connect(addButton(tr("Go on"), true), &QPushButton::clicked, this, [this] {
    form_->remember();
    close();
    Q_EMIT wanted(form_->choice());
  });
}

void ProposerSheet::ask(bool running) {
  about_->setText(running
                      ? tr("The search stops as soon as what is in flight has arrived, and goes on in the "
                           "same session.")
                      : tr("The session goes on where it stopped."));
  open();
}

}  // namespace espalier::ui
