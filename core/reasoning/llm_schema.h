// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace espalier {

/// The JSON schema of a reply with so many proposals, as JSON text.
[[nodiscard]] std::string replySchema(int proposals, bool preferences = false);

}  // namespace espalier
