// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/proposer_form.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QPushButton>

namespace espalier::ui {
namespace {

constexpr int kMissingKey = Qt::UserRole + 1;

}  // namespace

ProposerForm::ProposerForm(const Services& services, Settings& settings, QFormLayout* form, QWidget* parent)
    : QObject(parent), settings_(settings), form_(form) {
  kind_ = new QComboBox(parent);
  kind_->addItem(tr("Rules (no key needed)"), QStringLiteral("rules"));
  kind_->addItem(tr("A language model"), QStringLiteral("llm"));
  kind_->addItem(tr("Recorded replies"), QStringLiteral("recorded"));
  kind_->addItem(tr("Random steps"), QStringLiteral("random"));
  form->addRow(tr("&Proposer"), kind_);

  profile_ = new QComboBox(parent);
  profile_->addItem(tr("Server and model below"), QString());
  for (const ProfileChoice& profile : services.profiles()) {
    profile_->addItem(profile.name, profile.name);
    profile_->setItemData(profile_->count() - 1, profile.description, Qt::ToolTipRole);
    profile_->setItemData(profile_->count() - 1, profile.missingKey, kMissingKey);
  }
  if (const int last = profile_->findData(settings.llmProfile()); last >= 0) profile_->setCurrentIndex(last);
  form->addRow(tr("Pro&file"), profile_);
  about_ = words(QString(), parent);
  form->addRow(QString(), about_);
  url_ = new QLineEdit(settings.llmUrl(), parent);
  url_->setPlaceholderText(QStringLiteral("http://localhost:11434/v1"));
  form->addRow(tr("Server &URL"), url_);
  model_ = new QLineEdit(settings.llmModel(), parent);
  model_->setPlaceholderText(tr("the first that the server lists"));
  form->addRow(tr("&Model"), model_);
  cost_ = new QLineEdit(parent);
  cost_->setPlaceholderText(tr("no limit, in US dollars"));
  form->addRow(tr("Most &cost"), cost_);
  key_ = words(QString(), parent);
  form->addRow(QString(), key_);

  recordingRow_ = new QWidget(parent);
  auto* row = new QHBoxLayout(recordingRow_);
  row->setContentsMargins(0, 0, 0, 0);
  recording_ = new QLineEdit(recordingRow_);
  recording_->setPlaceholderText(tr("a session, or exchanges with a model (.jsonl)"));
  recording_->setAccessibleName(tr("Recording"));
  auto* browse = new QPushButton(tr("Browse…"), recordingRow_);
  row->addWidget(recording_, 1);
  row->addWidget(browse);
  form->addRow(tr("Recor&ding"), recordingRow_);

  connect(kind_, &QComboBox::currentIndexChanged, this, &ProposerForm::update);
  connect(profile_, &QComboBox::currentIndexChanged, this, &ProposerForm::update);
  connect(browse, &QPushButton::clicked, this, [this, parent] {
    const QString path = QFileDialog::getOpenFileName(parent, tr("Recording"), QString(),
                                                      tr("Recordings (*.espalier *.jsonl);;All files (*)"));
    if (!path.isEmpty()) recording_->setText(path);
  });
  update();
}

QLabel* ProposerForm::words(const QString& text, QWidget* parent) const {
  auto* label = new QLabel(text, parent);
  label->setWordWrap(true);
  label->setForegroundRole(QPalette::PlaceholderText);
  return label;
}

void ProposerForm::setVisible(bool visible) {
  visible_ = visible;
  update();
}

void ProposerForm::update() {
  const bool llm = kind() == QStringLiteral("llm");
  const bool own = llm && profile_->currentData().toString().isEmpty();
  const auto show = [this](QWidget* field, bool on) {
    field->setVisible(on && visible_);
    if (QWidget* label = form_->labelForField(field)) label->setVisible(on && visible_);
  };
  about_->setText(profile_->currentData(Qt::ToolTipRole).toString());
  const QString missing = profile_->currentData(kMissingKey).toString();
  key_->setText(
      missing.isEmpty()
          ? tr("A key is read from ESPALIER_API_KEY or OPENAI_API_KEY and never stored.")
          : tr("There is no key: set %1 before Espalier is started. It is never stored.").arg(missing));
  show(kind_, true);
  show(profile_, llm && profile_->count() > 1);
  show(about_, llm && !about_->text().isEmpty());
  show(url_, own);
  show(model_, llm);
  show(cost_, llm);
  show(key_, llm);
  show(recordingRow_, kind() == QStringLiteral("recorded"));
}

ProposerChoice ProposerForm::choice() const {
  ProposerChoice choice;
  choice.name = kind().toStdString();
  if (choice.name == "recorded") choice.recording = recording_->text().trimmed().toStdString();
  if (choice.name != "llm") return choice;
  choice.profile = profile_->currentData().toString().toStdString();
  if (choice.profile.empty()) choice.llmUrl = url_->text().trimmed().toStdString();
  choice.llmModel = model_->text().trimmed().toStdString();
  bool valid = false;
  if (const double cost = cost_->text().toDouble(&valid); valid) choice.maxCost = cost;
  return choice;
}

void ProposerForm::remember() {
  if (kind() == QStringLiteral("llm"))
    settings_.setLlm(profile_->currentData().toString(), url_->text().trimmed(), model_->text().trimmed());
}

}  // namespace espalier::ui
