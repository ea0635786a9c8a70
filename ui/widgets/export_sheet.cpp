// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/export_sheet.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>

#include "widgets/forms.h"

namespace espalier::ui {
namespace {

/// A line for a path with a button that lets a person look for it.
QLineEdit* addPath(QFormLayout* form, QWidget* parent, const QString& title) {
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  auto* line = new QLineEdit(parent);
  line->setAccessibleName(ExportSheet::tr("File"));
  auto* browse = new QPushButton(ExportSheet::tr("&Browse…"), parent);
  row->addWidget(line, 1);
  row->addWidget(browse);
  form->addRow(ExportSheet::tr("&File"), row);
  if (auto* label = qobject_cast<QLabel*>(form->labelForField(row))) label->setBuddy(line);
  QObject::connect(browse, &QPushButton::clicked, line, [line, title] {
    const QString path = QFileDialog::getSaveFileName(line->window(), title, line->text());
    if (!path.isEmpty()) line->setText(path);
  });
  return line;
}

QFormLayout* addForm(QVBoxLayout* body) {
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(16);
  form->setVerticalSpacing(9);
  body->addLayout(form);
  return form;
}

/// Why nothing can be written there; empty if it can.
QString objection(const QString& path) {
  const QFileInfo info(path.trimmed());
  if (path.trimmed().isEmpty()) return ExportSheet::tr("Name a file.");
  if (info.isDir()) return ExportSheet::tr("%1 is a folder. Name a file in it.").arg(path);
  if (!QFileInfo(info.absolutePath()).isWritable())
    return ExportSheet::tr("Nothing can be written into %1. Choose another folder.").arg(info.absolutePath());
  return {};
}

}  // namespace

ExportSheet::ExportSheet(QWidget* window) : Sheet(QString(), 600, window) {
  QFormLayout* form = addForm(body());
  format_ = new QComboBox(card());
  const auto add = [this](const QString& name, const char* format, const char* suffix, const QString& about) {
    format_->addItem(name, QStringList{QString::fromUtf8(format), QString::fromUtf8(suffix), about});
  };
  add(tr("Object file with a C header"), "object", "o", tr("Link it and call it: needs no Espalier."));
  add(tr("C source"), "c", "c", tr("Readable, for any C compiler with OpenMP."));
  add(tr("Trace of transformations"), "trace", "trace",
      tr("Text that `espalier-cli measure --trace` replays."));
  add(tr("LLVM IR"), "llvm", "ll", tr("What the code generator hands to LLVM."));
  add(tr("Assembly"), "asm", "s", tr("For this machine."));
  add(tr("TVMScript"), "tvm", "py", tr("The program in TVM's notation."));
  add(tr("Report of the session"), "html", "html",
      tr("One page with tree, curve and reasoning, to pass on."));
  add(tr("Curve of the session"), "csv", "csv", tr("The best so far after each sample."));
  add(tr("Session as JSON"), "json", "json", tr("For programs."));
  form->addRow(tr("F&ormat"), format_);
  about_ = new QLabel(card());
  about_->setForegroundRole(QPalette::PlaceholderText);
  form->addRow(QString(), about_);
  path_ = addPath(form, card(), tr("Export"));
  alignLabels(form, path_->sizeHint().height());
  connect(format_, &QComboBox::currentIndexChanged, this, &ExportSheet::propose);
  connect(addButton(tr("Cancel"), false), &QPushButton::clicked, this, &Sheet::close);
  connect(addButton(tr("Export"), true), &QPushButton::clicked, this, &ExportSheet::finish);
}

void ExportSheet::ask(NodeId node, bool best, const QString& folder, const QString& stem) {
  node_ = node;
  folder_ = folder;
  stem_ = best ? stem : QStringLiteral("%1-%2").arg(stem).arg(node);
  setTitle(best ? tr("Export the best node, %1").arg(node) : tr("Export node %1").arg(node));
  propose();
  open(format_);
}

void ExportSheet::propose() {
  const QStringList about = format_->currentData().toStringList();
  about_->setText(about.at(2));
  path_->setText(QDir(folder_).filePath(stem_ + QLatin1Char('.') + about.at(1)));
}

void ExportSheet::finish() {
  if (const QString why = objection(path_->text()); !why.isEmpty()) return say(why);
  const QString path = path_->text().trimmed();
  close();
  Q_EMIT wanted(node_, format_->currentData().toStringList().constFirst(), path);
}

PictureSheet::PictureSheet(QWidget* window) : Sheet(tr("Picture of the tree"), 600, window) {
  QFormLayout* form = addForm(body());
  format_ = new QComboBox(card());
  format_->addItem(tr("PNG, two pixels for each of the screen"), QStringLiteral("png"));
  format_->addItem(tr("SVG, sharp at any size"), QStringLiteral("svg"));
  format_->addItem(tr("PDF, for papers"), QStringLiteral("pdf"));
  form->addRow(tr("F&ormat"), format_);
  part_ = new QComboBox(card());
  part_->addItem(tr("What is in view"), false);
  part_->addItem(tr("The whole tree"), true);
  form->addRow(tr("&Part"), part_);
  colours_ = new QComboBox(card());
  colours_->addItem(tr("Light"), false);
  colours_->addItem(tr("Dark"), true);
  form->addRow(tr("&Colours"), colours_);
  path_ = addPath(form, card(), tr("Picture of the tree"));
  alignLabels(form, path_->sizeHint().height());
  connect(format_, &QComboBox::currentIndexChanged, this, &PictureSheet::propose);
  connect(addButton(tr("Cancel"), false), &QPushButton::clicked, this, &Sheet::close);
  connect(addButton(tr("Export"), true), &QPushButton::clicked, this, [this] {
    if (const QString why = objection(path_->text()); !why.isEmpty()) return say(why);
    close();
    Q_EMIT wanted(path_->text().trimmed(), part_->currentData().toBool(), colours_->currentData().toBool());
  });
}

void PictureSheet::ask(const QString& folder, const QString& stem) {
  folder_ = folder;
  stem_ = stem;
  propose();
  open(format_);
}

void PictureSheet::propose() {
  path_->setText(QDir(folder_).filePath(stem_ + QLatin1Char('.') + format_->currentData().toString()));
}

}  // namespace espalier::ui
