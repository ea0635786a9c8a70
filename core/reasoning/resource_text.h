// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace espalier {

/// A text file of resources/ as it was when the program was built, for instance `prompt.txt`; empty if it was
/// not compiled in.
[[nodiscard]] std::string_view resourceText(std::string_view name);

}  // namespace espalier
