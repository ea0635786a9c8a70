// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "efficiency/chart.h"

namespace espalier::bench {

/// What a table came to: for people, for programs and as a picture.
struct Report {
  std::string text;
  nlohmann::ordered_json json;
  std::vector<Panel> panels;
};

}  // namespace espalier::bench
