// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/render.h"

#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

#include "widgets/session_reader.h"
#include "widgets/tree_view.h"

namespace espalier::ui {
namespace {

constexpr double kPngScale = 2;  ///< pixels for each logical one
constexpr int kPdfDotsPerInch = 96;

tl::unexpected<Error> cannotWrite(const std::string& path) {
  return environmentError(path + " cannot be written.", "Choose a folder that exists and may be written to.");
}

}  // namespace

Result<void> readHistory(const std::string& path, History& history) {
  auto loaded = loadSession(path);
  if (!loaded) return tl::unexpected(loaded.error());
  if (loaded->history.size() == 0)
    return inputError(path + " holds no event yet.", "Wait until its run has begun.");
  history = std::move(loaded->history);
  return {};
}

Result<void> exportPicture(const TreeView& view, const std::string& path, QSize size, bool wholeTree) {
  const QString file = QString::fromStdString(path);
  const QString suffix = QFileInfo(file).suffix().toLower();
  if (suffix == QStringLiteral("png")) {
    QImage image(size * kPngScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kPngScale);
    QPainter painter(&image);
    painter.setFont(view.font());
    view.paintTo(painter, size, wholeTree);
    painter.end();
    if (!image.save(file)) return cannotWrite(path);
  } else if (suffix == QStringLiteral("svg")) {
    QSvgGenerator generator;
    generator.setFileName(file);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(QStringLiteral("Espalier"));
    QPainter painter;
    if (!painter.begin(&generator)) return cannotWrite(path);
    view.paintTo(painter, size, wholeTree);
    painter.end();
  } else if (suffix == QStringLiteral("pdf")) {
    QPdfWriter writer(file);
    writer.setResolution(kPdfDotsPerInch);
    writer.setPageSize(QPageSize(QSizeF(size) * 72.0 / kPdfDotsPerInch, QPageSize::Point));
    writer.setPageMargins(QMarginsF());
    QPainter painter;
    if (!painter.begin(&writer)) return cannotWrite(path);
    view.paintTo(painter, size, wholeTree);
    painter.end();
  } else {
    return usageError(path + " is no picture that can be written.", "Its name ends in .png, .svg or .pdf.");
  }
  if (!QFileInfo::exists(file)) return cannotWrite(path);
  return {};
}

Result<void> renderSession(const std::string& session, const std::string& path, QSize size,
                           const Theme& theme, NodeId node) {
  History history;
  if (auto read = readHistory(session, history); !read) return read;
  if (!history.tree().contains(node))
    return inputError(session + " has no node " + std::to_string(node) + ".",
                      "Its nodes are 0 to " + std::to_string(history.tree().size() - 1) + ".");
  TreeView view;
  view.resize(size);
  view.setTheme(theme);
  view.setTree(&history.tree());
  view.hoist(node);
  view.layOutNow();
  return exportPicture(view, path, size, true);
}

}  // namespace espalier::ui
