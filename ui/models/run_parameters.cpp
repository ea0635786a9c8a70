// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/run_parameters.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace espalier::ui {

QString parameterText(const RunFold& fold, const std::string& name) {
  if (name == "threads")
    return fold.run() == nullptr ? QString() : QString::number(fold.run()->problem.threads);
  if (const auto set = fold.parameters().find(name); set != fold.parameters().end())
    return QString::fromStdString(set->second);
  if (fold.run() == nullptr) return {};
  const QJsonObject options =
      QJsonDocument::fromJson(QByteArray::fromStdString(fold.run()->options)).object();
  QString key = QString::fromStdString(name);
  const QString camel = [&key] {
    QString made;
    bool upper = false;
    for (const QChar letter : key) {
      if (letter != QLatin1Char('-')) made += upper ? letter.toUpper() : letter;
      upper = letter == QLatin1Char('-');
    }
    return made;
  }();
  for (const QString& spelled : {key, camel, QString(camel + QStringLiteral("Seconds"))})
    if (const QJsonValue value = options.value(spelled); !value.isUndefined())
      return value.isDouble() ? QString::number(value.toDouble(), 'g', 10) : value.toString();
  return {};
}

std::optional<double> limitOf(const RunFold& fold, const std::string& name) {
  bool valid = false;
  const double value = parameterText(fold, name).toDouble(&valid);
  if (!valid || value <= 0) return std::nullopt;
  return value;
}

}  // namespace espalier::ui
