// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <string>

#include "session/run_fold.h"

namespace espalier::ui {

/// What a parameter of the run stands at: as a command set it last, else as the run began with it; empty if
/// neither says. Names are those of SetParameterCommand.
[[nodiscard]] QString parameterText(const RunFold& fold, const std::string& name);
/// The same as a number; nothing if it is none, or zero, which stands for no limit.
[[nodiscard]] std::optional<double> limitOf(const RunFold& fold, const std::string& name);

}  // namespace espalier::ui
