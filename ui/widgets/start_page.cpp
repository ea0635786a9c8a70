// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start_page.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace espalier::ui {
namespace {

QLabel* title(const QString& words, QWidget* parent, double larger = 3) {
  auto* label = new QLabel(words, parent);
  QFont font = label->font();
  font.setPointSizeF(font.pointSizeF() + larger);
  font.setBold(true);
  label->setFont(font);
  return label;
}

/// Folder for new sessions: the one the program was started in, or the user's documents if that cannot be
/// written.
QString sessionFolder() {
  const QString here = QDir::currentPath();
  if (QFileInfo(here).isWritable() && here != QStringLiteral("/")) return here;
  return QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
}

QString freeName(const QString& workload) {
  const QString stem = QFileInfo(workload).completeBaseName();
  const QDir folder(sessionFolder());
  QString name = stem + QStringLiteral(".espalier");
  for (int number = 2; folder.exists(name); ++number)
    name = QStringLiteral("%1-%2.espalier").arg(stem).arg(number);
  return folder.filePath(name);
}

/// Recorded sessions that came with the program.
QStringList demoFiles() {
  const QString beside = QCoreApplication::applicationDirPath();
  const QStringList places{beside + QStringLiteral("/../share/espalier/sessions"),
                           beside + QStringLiteral("/../../../sessions"),
                           QDir::currentPath() + QStringLiteral("/sessions")};
  for (const QString& place : places) {
    QStringList files;
    for (const QFileInfo& info :
         QDir(place).entryInfoList({QStringLiteral("*.espalier")}, QDir::Files, QDir::Name))
      files.append(info.canonicalFilePath());
    if (!files.isEmpty()) return files;
  }
  return {};
}

void addFile(QListWidget* list, const QString& path) {
  const QFileInfo info(path);
  auto* item = new QListWidgetItem(info.completeBaseName(), list);
  item->setData(Qt::UserRole, path);
  item->setToolTip(path);
}

}  // namespace

StartPage::StartPage(const Services& services, Settings& settings, QWidget* parent)
    : QWidget(parent), services_(services), settings_(settings) {
  auto* outer = new QHBoxLayout(this);
  outer->addStretch(1);
  auto* content = new QWidget(this);
  content->setMaximumWidth(1080);
  outer->addWidget(content, 20);
  outer->addStretch(1);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(24, 28, 24, 24);
  column->addWidget(title(tr("Espalier"), content, 12));
  auto* subtitle = new QLabel(tr("Grows a tree of schedules for a tensor program, reasons about each, "
                                 "measures them, and keeps the fastest."),
                              content);
  subtitle->setForegroundRole(QPalette::PlaceholderText);
  subtitle->setWordWrap(true);
  column->addWidget(subtitle);
  column->addSpacing(22);
  auto* row = new QHBoxLayout;
  row->setSpacing(40);
  row->addWidget(makeForm(), 3);
  row->addWidget(makeLists(), 2);
  column->addLayout(row, 1);
  updateForm();
  refresh();
}

QWidget* StartPage::makeForm() {
  auto* page = new QWidget(this);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(title(tr("New tuning"), page));
  column->addSpacing(6);
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->setVerticalSpacing(9);
  column->addLayout(form);

  workload_ = new QComboBox(page);
  workload_->setEditable(true);
  workload_->setInsertPolicy(QComboBox::NoInsert);
  workload_->setMinimumContentsLength(24);
  for (const WorkloadChoice& choice : services_.workloads()) workload_->addItem(choice.name, choice.title);
  if (const int first = workload_->findText(QStringLiteral("deepseek_r1_moe")); first >= 0)
    workload_->setCurrentIndex(first);
  auto* workloadRow = new QHBoxLayout;
  workloadRow->addWidget(workload_, 1);
  auto* browse = new QPushButton(tr("Kernel file…"), page);
  workloadRow->addWidget(browse);
  form->addRow(tr("&Workload"), workloadRow);
  if (auto* label = qobject_cast<QLabel*>(form->labelForField(workloadRow))) label->setBuddy(workload_);
  about_ = new QLabel(page);
  about_->setWordWrap(true);
  about_->setForegroundRole(QPalette::PlaceholderText);
  form->addRow(QString(), about_);
  sizes_ = new QLineEdit(page);
  sizes_->setPlaceholderText(tr("M=64 N=256 K=128"));
  form->addRow(tr("Si&zes"), sizes_);
  sizesLabel_ = form->labelForField(sizes_);

  proposer_ = new QComboBox(page);
  proposer_->addItem(tr("Rules (no key needed)"), QStringLiteral("rules"));
  proposer_->addItem(tr("A language model"), QStringLiteral("llm"));
  proposer_->addItem(tr("Random steps"), QStringLiteral("random"));
  form->addRow(tr("&Proposer"), proposer_);
  const auto llmRow = [&](const QString& words, QWidget* field) {
    form->addRow(words, field);
    llmRows_ << field << form->labelForField(field);
  };
  url_ = new QLineEdit(settings_.llmUrl(), page);
  url_->setPlaceholderText(QStringLiteral("http://localhost:11434/v1"));
  llmRow(tr("&Server"), url_);
  model_ = new QLineEdit(settings_.llmModel(), page);
  llmRow(tr("&Model"), model_);
  cost_ = new QLineEdit(page);
  cost_->setPlaceholderText(tr("no limit, in US dollars"));
  llmRow(tr("Most &cost"), cost_);
  auto* key = new QLabel(tr("A key is read from ESPALIER_API_KEY or OPENAI_API_KEY and never stored."), page);
  key->setWordWrap(true);
  key->setForegroundRole(QPalette::PlaceholderText);
  form->addRow(QString(), key);
  llmRows_ << key;

  samples_ = new QSpinBox(page);
  samples_->setRange(1, 1000000);
  samples_->setValue(64);
  form->addRow(tr("S&amples"), samples_);
  threads_ = new QSpinBox(page);
  threads_->setRange(0, 1024);
  threads_->setSpecialValueText(tr("all cores"));
  form->addRow(tr("&Threads"), threads_);
  file_ = new QLineEdit(page);
  form->addRow(tr("Session &file"), file_);

  start_ = new QPushButton(tr("Start tuning"), page);
  start_->setDefault(true);
  start_->setMinimumSize(140, 34);
  column->addSpacing(12);
  column->addWidget(start_, 0, Qt::AlignRight);
  column->addStretch(1);

  connect(workload_, &QComboBox::editTextChanged, this, &StartPage::updateForm);
  connect(proposer_, &QComboBox::currentIndexChanged, this, &StartPage::updateForm);
  connect(start_, &QPushButton::clicked, this, &StartPage::begin);
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Kernel file"), QString(), tr("Kernels (*.tc);;All files (*)"));
    if (!path.isEmpty()) workload_->setEditText(path);
  });
  return page;
}

QWidget* StartPage::makeLists() {
  auto* page = new QWidget(this);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  const auto list = [&](const QString& name) {
    auto* made = new QListWidget(page);
    made->setFrameShape(QFrame::NoFrame);
    made->setAccessibleName(name);
    made->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    connect(made, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
      Q_EMIT sessionWanted(item->data(Qt::UserRole).toString());
    });
    connect(made, &QListWidget::itemClicked, this, [this](const QListWidgetItem* item) {
      Q_EMIT sessionWanted(item->data(Qt::UserRole).toString());
    });
    return made;
  };
  column->addWidget(title(tr("Recent sessions"), page));
  noRecent_ = new QLabel(tr("None yet."), page);
  noRecent_->setForegroundRole(QPalette::PlaceholderText);
  column->addWidget(noRecent_);
  recent_ = list(tr("Recent sessions"));
  column->addWidget(recent_);
  column->addSpacing(10);
  demos_ = list(tr("Recorded sessions"));
  recorded_ = title(tr("Recorded sessions"), page);
  column->addWidget(recorded_);
  column->addWidget(demos_);
  column->addSpacing(10);
  auto* open = new QPushButton(tr("Open a session…"), page);
  connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
  column->addWidget(open, 0, Qt::AlignLeft);
  column->addStretch(1);
  return page;
}

void StartPage::refresh() {
  recent_->clear();
  for (const QString& path : settings_.recent()) addFile(recent_, path);
  noRecent_->setVisible(recent_->count() == 0);
  recent_->setVisible(recent_->count() > 0);
  demos_->clear();
  for (const QString& path : demoFiles()) addFile(demos_, path);
  recorded_->setVisible(demos_->count() > 0);
  demos_->setVisible(demos_->count() > 0);
}

void StartPage::setTheme(const Theme& theme) {
  for (QListWidget* list : {recent_, demos_})
    list->setStyleSheet(
        QStringLiteral(
            "QListWidget { background: transparent; } QListWidget::item { padding: 6px 4px; color: %1; }"
            "QListWidget::item:hover { background: %2; }")
            .arg(theme.color(Ink::Accent).name(), theme.color(Ink::SurfaceRaised).name()));
}

void StartPage::updateForm() {
  const QString workload = workload_->currentText().trimmed();
  const int index = workload_->findText(workload);
  about_->setText(index >= 0 ? workload_->itemData(index).toString()
                             : tr("A kernel in Tensor Comprehensions notation."));
  sizes_->setVisible(index < 0);
  sizesLabel_->setVisible(index < 0);
  const bool llm = proposer_->currentData().toString() == QStringLiteral("llm");
  for (QWidget* widget : llmRows_) widget->setVisible(llm);
  file_->setText(freeName(workload));
  start_->setEnabled(!workload.isEmpty());
}

void StartPage::begin() {
  NewRun run;
  run.workload = workload_->currentText().trimmed().toStdString();
  if (sizes_->isVisible())
    for (const QString& size : sizes_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts))
      run.sizes.push_back(size.toStdString());
  run.session = file_->text().toStdString();
  run.proposer = proposer_->currentData().toString().toStdString();
  run.samples = samples_->value();
  run.threads = threads_->value();
  if (run.proposer == "llm") {
    run.llmUrl = url_->text().trimmed().toStdString();
    run.llmModel = model_->text().trimmed().toStdString();
    bool valid = false;
    if (const double cost = cost_->text().toDouble(&valid); valid) run.maxCost = cost;
    settings_.setLlm(url_->text().trimmed(), model_->text().trimmed());
  }
  Q_EMIT runWanted(run);
}

}  // namespace espalier::ui
