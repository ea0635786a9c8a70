// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <string>

#include "session/event.h"

namespace espalier::ui {

// What the core says by short codes, in the user's language. A code that is not known stays as it is: the
// name of a model is one.

[[nodiscard]] QString strategyWords(const std::string& strategy);  ///< `Monte Carlo tree search`
[[nodiscard]] QString proposerWords(const std::string& source);    ///< `the rules`, `hand`; after "by"
[[nodiscard]] QString failureWords(const std::string& failure);    ///< `the program crashed`
[[nodiscard]] QString rejectionWords(const std::string& cause);    ///< `known already`
[[nodiscard]] QString endWords(const RunFinished& end);            ///< `all samples were taken`
/// What a command led to that does not show at once, for the person who gave it.
[[nodiscard]] std::optional<QString> effectWords(const CommandReceived& received);

}  // namespace espalier::ui
