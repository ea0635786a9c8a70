// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ts_translator.h"

#include <QFile>
#include <QXmlStreamReader>

namespace espalier::ui {
namespace {

QByteArray keyOf(const QByteArray& context, const QByteArray& source) {
  return context + QByteArray(1, '\0') + source;
}

}  // namespace

bool TsTranslator::loadFile(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return false;
  QXmlStreamReader xml(&file);
  QByteArray context;
  QByteArray source;
  while (!xml.atEnd()) {
    if (xml.readNext() != QXmlStreamReader::StartElement) continue;
    if (xml.name() == QStringLiteral("name")) {
      context = xml.readElementText().toUtf8();
    } else if (xml.name() == QStringLiteral("source")) {
      source = xml.readElementText().toUtf8();
    } else if (xml.name() == QStringLiteral("translation")) {
      const bool finished = !xml.attributes().hasAttribute(QStringLiteral("type"));
      const QString text = xml.readElementText();
      if (finished && !text.isEmpty()) texts_.insert(keyOf(context, source), text);
    }
  }
  return !xml.hasError() && !texts_.isEmpty();
}

bool TsTranslator::loadFor(const QStringList& languages, const QString& folder) {
  for (const QString& language : languages) {
    const QString name = language.section(QLatin1Char('-'), 0, 0);
    if (name == QStringLiteral("en") || name == QStringLiteral("C")) return false;
    if (loadFile(QStringLiteral("%1/espalier_%2.ts").arg(folder, name))) return true;
  }
  return false;
}

QString TsTranslator::translate(const char* context, const char* source, const char*, int) const {
  return texts_.value(keyOf(context, source));
}

}  // namespace espalier::ui
