// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QTranslator>

namespace espalier::ui {

/// Translates from a .ts file as lupdate writes it, so that no tool has to compile it first.
class TsTranslator : public QTranslator {
  Q_OBJECT

 public:
  using QTranslator::QTranslator;

  /// Takes the finished translations of a file (or resource); false if it cannot be read.
  bool loadFile(const QString& path);
  /// Takes the first of `folder`/espalier_LANGUAGE.ts that one of the user's languages asks for before
  /// English is asked for; false if there is none.
  bool loadFor(const QStringList& languages, const QString& folder);

  [[nodiscard]] QString translate(const char* context, const char* source, const char* comment = nullptr,
                                  int count = -1) const override;
  [[nodiscard]] bool isEmpty() const override { return texts_.isEmpty(); }

 private:
  QHash<QByteArray, QString> texts_;  ///< by context and source, a zero between them
};

}  // namespace espalier::ui
