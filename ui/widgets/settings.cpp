// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/settings.h"

#include <QFileInfo>

namespace espalier::ui {
namespace {

constexpr int kVersion = 1;  ///< older files are forgotten rather than misread
constexpr int kMostRecent = 10;

}  // namespace

Settings::Settings()
    : store_(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("espalier"),
             QStringLiteral("window")) {
  if (store_.value(QStringLiteral("version"), kVersion).toInt() != kVersion) store_.clear();
  store_.setValue(QStringLiteral("version"), kVersion);
}

ThemeChoice Settings::theme() const {
  const QString name = store_.value(QStringLiteral("theme")).toString();
  if (name == QStringLiteral("light")) return ThemeChoice::Light;
  if (name == QStringLiteral("dark")) return ThemeChoice::Dark;
  return ThemeChoice::System;
}

void Settings::setTheme(ThemeChoice theme) {
  const QString name = theme == ThemeChoice::Light  ? QStringLiteral("light")
                       : theme == ThemeChoice::Dark ? QStringLiteral("dark")
                                                    : QStringLiteral("system");
  store_.setValue(QStringLiteral("theme"), name);
}

QStringList Settings::recent() const {
  QStringList found;
  for (const QString& path : store_.value(QStringLiteral("recent")).toStringList())
    if (QFileInfo::exists(path)) found.append(path);
  return found;
}

void Settings::addRecent(const QString& path) {
  QStringList all = recent();
  all.removeAll(path);
  all.prepend(path);
  store_.setValue(QStringLiteral("recent"), QStringList(all.mid(0, kMostRecent)));
}

QByteArray Settings::geometry() const { return store_.value(QStringLiteral("geometry")).toByteArray(); }
QByteArray Settings::docks() const { return store_.value(QStringLiteral("docks")).toByteArray(); }

void Settings::setLayout(const QByteArray& geometry, const QByteArray& docks) {
  store_.setValue(QStringLiteral("geometry"), geometry);
  if (!docks.isEmpty()) store_.setValue(QStringLiteral("docks"), docks);
}

QString Settings::llmUrl() const { return store_.value(QStringLiteral("llm/url")).toString(); }
QString Settings::llmModel() const { return store_.value(QStringLiteral("llm/model")).toString(); }

QString Settings::llmProfile() const { return store_.value(QStringLiteral("llm/profile")).toString(); }

void Settings::setLlm(const QString& profile, const QString& url, const QString& model) {
  store_.setValue(QStringLiteral("llm/profile"), profile);
  store_.setValue(QStringLiteral("llm/url"), url);
  store_.setValue(QStringLiteral("llm/model"), model);
}

}  // namespace espalier::ui
