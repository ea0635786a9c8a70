// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QStringList>

namespace espalier::ui {

enum class ThemeChoice { System, Light, Dark };

/// What the window remembers, typed, in one ini file under the user's configuration folder. Holds no key of
/// any server.
class Settings {
 public:
  Settings();

  [[nodiscard]] ThemeChoice theme() const;
  void setTheme(ThemeChoice theme);
  /// Session files, the newest first, those that vanished left out.
  [[nodiscard]] QStringList recent() const;
  void addRecent(const QString& path);
  [[nodiscard]] QByteArray geometry() const;
  [[nodiscard]] QByteArray docks() const;
  void setLayout(const QByteArray& geometry, const QByteArray& docks);
  [[nodiscard]] QString llmUrl() const;
  [[nodiscard]] QString llmModel() const;
  [[nodiscard]] QString llmProfile() const;
  void setLlm(const QString& profile, const QString& url, const QString& model);

 private:
  QSettings store_;
};

}  // namespace espalier::ui
