// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/start_page.h"

#include <QApplication>
#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QStandardPaths>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "widgets/forms.h"

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

constexpr int kAbout = Qt::UserRole + 1;

/// Two lines an item: its name, and below it in smaller, fainter letters what it is.
class EntryDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    return {160, 2 * option.fontMetrics.height() + 16};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const bool lit = option.state & (QStyle::State_MouseOver | QStyle::State_HasFocus);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (lit) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(option.palette.color(QPalette::Base));
      painter->drawRoundedRect(option.rect.adjusted(0, 1, 0, -1), 5, 5);
    }
    const QRect area = option.rect.adjusted(10, 7, -8, -7);
    QFont name = option.font;
    name.setWeight(QFont::DemiBold);
    const auto line = [&](const QFont& font, QPalette::ColorRole role, Qt::Alignment where,
                          const QString& text) {
      painter->setFont(font);
      painter->setPen(option.palette.color(role));
      painter->drawText(area, static_cast<int>(where | Qt::AlignLeft),
                        QFontMetrics(font).elidedText(text, Qt::ElideMiddle, area.width()));
    };
    line(name, QPalette::Link, Qt::AlignTop, index.data(Qt::DisplayRole).toString());
    line(option.font, QPalette::PlaceholderText, Qt::AlignBottom, index.data(kAbout).toString());
    painter->restore();
  }
};

void addFile(QListWidget* list, const QString& path, const QString& about) {
  auto* item = new QListWidgetItem(QFileInfo(path).completeBaseName(), list);
  item->setData(Qt::UserRole, path);
  item->setData(kAbout, about);
  item->setToolTip(path);
}

/// As high as its entries, so that the page scrolls and not the list in it.
void fitHeight(QListWidget* list) {
  int height = 2;
  for (int row = 0; row < list->count(); ++row) height += list->sizeHintForRow(row);
  list->setFixedHeight(height);
}

QString shortFolder(const QString& path) {
  QString folder = QFileInfo(path).absolutePath();
  if (const QString home = QDir::homePath(); folder.startsWith(home + QLatin1Char('/')) || folder == home)
    folder.replace(0, home.size(), QStringLiteral("~"));
  return folder;
}

}  // namespace

StartPage::StartPage(const Services& services, Settings& settings, QWidget* parent)
    : QScrollArea(parent), services_(services), settings_(settings) {
  setFrameShape(NoFrame);
  setWidgetResizable(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* page = new QWidget(this);
  auto* outer = new QHBoxLayout(page);
  outer->addStretch(1);
  auto* content = new QWidget(page);
  content->setMaximumWidth(1080);
  outer->addWidget(content, 20);
  outer->addStretch(1);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(24, 20, 24, 20);
  column->addStretch(1);
  column->addWidget(makeTitle(content));
  column->addSpacing(20);
  auto* row = new QHBoxLayout;
  row->setSpacing(48);
  row->addWidget(makeForm(content), 3);
  row->addWidget(makeLists(content), 2);
  column->addLayout(row);
  column->addStretch(3);
  setWidget(page);
  page->setAutoFillBackground(false);
  viewport()->setAutoFillBackground(false);
  updateForm();
  refresh();
}

QWidget* StartPage::makeTitle(QWidget* parent) {
  auto* header = new QWidget(parent);
  auto* row = new QHBoxLayout(header);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(16);
  if (const QIcon icon = QApplication::windowIcon(); !icon.isNull()) {
    auto* sign = new QLabel(header);
    sign->setPixmap(icon.pixmap(QSize(60, 60), devicePixelRatioF()));
    row->addWidget(sign);
  }
  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addWidget(title(tr("Espalier"), header, 12));
  auto* subtitle = new QLabel(tr("Grows a tree of schedules for a tensor program, reasons about each, "
                                 "measures them, and keeps the fastest."),
                              header);
  subtitle->setForegroundRole(QPalette::PlaceholderText);
  subtitle->setWordWrap(true);
  words->addWidget(subtitle);
  row->addLayout(words, 1);
  back_ = new QPushButton(header);
  back_->setObjectName(QStringLiteral("back"));
  back_->hide();
  row->addWidget(back_, 0, Qt::AlignTop);
  connect(back_, &QPushButton::clicked, this, &StartPage::backWanted);
  return header;
}

QWidget* StartPage::makeForm(QWidget* parent) {
  auto* page = new QWidget(parent);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(title(tr("New tuning"), page));
  column->addSpacing(8);
  rows_ = new QFormLayout;
  rows_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  rows_->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  rows_->setHorizontalSpacing(16);
  rows_->setVerticalSpacing(9);
  column->addLayout(rows_);

  workload_ = new QComboBox(page);
  workload_->setEditable(true);
  workload_->setInsertPolicy(QComboBox::NoInsert);
  workload_->setMaxVisibleItems(18);
  workload_->setMinimumContentsLength(24);
  workload_->setAccessibleName(tr("Workload"));
  for (const WorkloadChoice& choice : services_.workloads()) {
    workload_->addItem(choice.name, choice.title);
    workload_->setItemData(workload_->count() - 1, choice.title, Qt::ToolTipRole);
  }
  if (const int first = workload_->findText(QStringLiteral("deepseek_r1_moe")); first >= 0)
    workload_->setCurrentIndex(first);
  auto* workloadRow = new QHBoxLayout;
  workloadRow->setSpacing(8);
  workloadRow->addWidget(workload_, 1);
  auto* browse = new QPushButton(tr("&Kernel file…"), page);
  workloadRow->addWidget(browse);
  rows_->addRow(tr("&Workload"), workloadRow);
  if (auto* label = qobject_cast<QLabel*>(rows_->labelForField(workloadRow))) label->setBuddy(workload_);
  about_ = new QLabel(page);
  about_->setWordWrap(true);
  about_->setForegroundRole(QPalette::PlaceholderText);
  rows_->addRow(QString(), about_);
  sizes_ = new QLineEdit(page);
  sizes_->setPlaceholderText(tr("M=64 N=256 K=128"));
  rows_->addRow(tr("Si&zes"), sizes_);
  kernel_ = new QLineEdit(page);
  kernel_->setPlaceholderText(tr("the only one of the file"));
  rows_->addRow(tr("Kerne&l"), kernel_);

  strategy_ = new QComboBox(page);
  strategy_->addItem(tr("Monte Carlo tree search"), QStringLiteral("mcts"));
  strategy_->addItem(tr("Evolutionary search"), QStringLiteral("evolutionary"));
  strategy_->addItem(tr("Random search"), QStringLiteral("random"));
  rows_->addRow(tr("Strate&gy"), strategy_);
  proposer_ = new ProposerForm(services_, settings_, rows_, page);

  samples_ = new QSpinBox(page);
  samples_->setRange(1, 1000000);
  samples_->setValue(64);
  threads_ = new QSpinBox(page);
  threads_->setRange(0, 1024);
  threads_->setSpecialValueText(tr("all cores"));
  auto* budget = new QHBoxLayout;
  budget->setSpacing(16);
  auto* threads = new QLabel(tr("&Threads"), page);
  threads->setBuddy(threads_);
  budget->addWidget(samples_, 1);
  budget->addWidget(threads);
  budget->addWidget(threads_, 1);
  rows_->addRow(tr("S&amples"), budget);
  if (auto* label = qobject_cast<QLabel*>(rows_->labelForField(budget))) label->setBuddy(samples_);
  file_ = new QLineEdit(page);
  rows_->addRow(tr("Session file"), file_);

  alignLabels(rows_, file_->sizeHint().height());

  start_ = new QPushButton(tr("Start tu&ning"), page);
  start_->setObjectName(QStringLiteral("start-tuning"));
  start_->setDefault(true);
  start_->setMinimumSize(150, 34);
  column->addSpacing(14);
  column->addWidget(start_, 0, Qt::AlignRight);
  column->addStretch(1);

  connect(workload_, &QComboBox::editTextChanged, this, &StartPage::updateForm);
  connect(strategy_, &QComboBox::currentIndexChanged, this, &StartPage::updateForm);
  connect(start_, &QPushButton::clicked, this, &StartPage::begin);
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Kernel file"), QString(), tr("Kernels (*.tc);;All files (*)"));
    if (!path.isEmpty()) choose(path);
  });
  return page;
}

QListWidget* StartPage::makeList(const QString& name, QWidget* parent) {
  auto* made = new QListWidget(parent);
  made->setFrameShape(QFrame::NoFrame);
  made->setAccessibleName(name);
  made->setMouseTracking(true);
  made->setItemDelegate(new EntryDelegate(made));
  made->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  made->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  made->viewport()->setAutoFillBackground(false);
  made->viewport()->setCursor(Qt::PointingHandCursor);
  return made;
}

QWidget* StartPage::makeLists(QWidget* parent) {
  auto* page = new QWidget(parent);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  demos_ = makeList(tr("Recorded sessions"), page);
  demos_->setObjectName(QStringLiteral("demos"));
  recorded_ = title(tr("Recorded sessions"), page);
  column->addWidget(recorded_);
  column->addWidget(demos_);
  column->addSpacing(14);
  column->addWidget(title(tr("Recent sessions"), page));
  noRecent_ = new QLabel(tr("None yet. What you tune is kept in a file and listed here."), page);
  noRecent_->setWordWrap(true);
  noRecent_->setForegroundRole(QPalette::PlaceholderText);
  column->addWidget(noRecent_);
  recent_ = makeList(tr("Recent sessions"), page);
  recent_->setObjectName(QStringLiteral("recent"));
  column->addWidget(recent_);
  column->addSpacing(12);
  auto* open = new QPushButton(tr("&Open a session…"), page);
  column->addWidget(open, 0, Qt::AlignLeft);
  column->addStretch(1);
  // A click and Return on the keyboard are both an activation in some desktops and only one in others.
  const auto opens = [this](QListWidget* list, void (StartPage::*wanted)(const QString&)) {
    const auto go = [this, wanted](const QListWidgetItem* item) {
      (this->*wanted)(item->data(Qt::UserRole).toString());
    };
    connect(list, &QListWidget::itemClicked, this, go);
    connect(list, &QListWidget::itemActivated, this, [list, go](const QListWidgetItem* item) {
      if (!list->underMouse()) go(item);
    });
  };
  opens(recent_, &StartPage::sessionWanted);
  opens(demos_, &StartPage::demoWanted);
  connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
  return page;
}

void StartPage::refresh() {
  // A session was written there meanwhile.
  if (QFileInfo::exists(file_->text())) file_->setText(freeName(workload_->currentText().trimmed()));
  recent_->clear();
  for (const QString& path : settings_.recent())
    addFile(recent_, path,
            tr("%1 · %2").arg(locale().toString(QFileInfo(path).lastModified(), QLocale::ShortFormat),
                              shortFolder(path)));
  fitHeight(recent_);
  noRecent_->setVisible(recent_->count() == 0);
  recent_->setVisible(recent_->count() > 0);
  demos_->clear();
  for (const QString& path : demoFiles()) addFile(demos_, path, tr("Plays at once, without a key"));
  fitHeight(demos_);
  recorded_->setVisible(demos_->count() > 0);
  demos_->setVisible(demos_->count() > 0);
}

void StartPage::setBehind(const QString& session) {
  back_->setText(tr("&Back to %1").arg(QString(session).replace(QLatin1Char('&'), QStringLiteral("&&"))));
  back_->setVisible(!session.isEmpty());
}

void StartPage::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && !back_->isHidden()) return Q_EMIT backWanted();
  QScrollArea::keyPressEvent(event);
}

void StartPage::setTheme(const Theme& theme) {
  QPalette palette = theme.palette();
  for (QListWidget* list : {recent_, demos_}) list->setPalette(palette);
}

void StartPage::choose(const QString& workload) {
  workload_->setEditText(workload);
  start_->setFocus();
}

void StartPage::updateForm() {
  const QString workload = workload_->currentText().trimmed();
  const int index = workload_->findText(workload);
  about_->setText(index >= 0 ? workload_->itemData(index).toString()
                             : tr("A kernel in Tensor Comprehensions notation."));
  for (QLineEdit* field : {sizes_, kernel_}) {
    field->setVisible(index < 0);
    rows_->labelForField(field)->setVisible(index < 0);
  }
  proposer_->setVisible(strategy_->currentData().toString() == QStringLiteral("mcts"));
  file_->setText(freeName(workload));
  start_->setEnabled(!workload.isEmpty());
}

void StartPage::begin() {
  NewRun run;
  run.workload = workload_->currentText().trimmed().toStdString();
  if (workload_->findText(workload_->currentText().trimmed()) < 0) {
    for (const QString& size : sizes_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts))
      run.sizes.push_back(size.toStdString());
    run.kernel = kernel_->text().trimmed().toStdString();
  }
  run.session = file_->text().toStdString();
  run.strategy = strategy_->currentData().toString().toStdString();
  run.proposer = proposer_->choice();
  run.samples = samples_->value();
  run.threads = threads_->value();
  proposer_->remember();
  Q_EMIT runWanted(run);
}

}  // namespace espalier::ui
