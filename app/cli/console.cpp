// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/terminal.h"

namespace espalier::cli {

void Console::print(std::string_view text) { out_ << harmless(text); }

void Console::printJson(const nlohmann::json& object) {
  // ASCII only: safe on every terminal, and text that is no UTF-8 cannot break the object.
  out_ << object.dump(2, ' ', true, nlohmann::json::error_handler_t::replace) << '\n';
}

void Console::progress(std::string_view line) {
  if (!quiet) err_ << harmless(line) << '\n' << std::flush;
}

void Console::warn(std::string_view line) {
  err_ << "espalier-cli: " << harmless(line) << '\n' << std::flush;
}

ExitStatus Console::fail(const Error& error) {
  // A message that shows a line of a file ends with a caret; the hint goes below it.
  const char* between = error.hint.empty() ? "" : error.message.find('\n') != std::string::npos ? "\n" : " ";
  err_ << "espalier-cli: " << harmless(error.message) << between << harmless(error.hint) << '\n'
       << std::flush;
  if (json) printJson(nlohmann::json{{"error", error.message}, {"hint", error.hint}});
  return exitStatusOf(error.kind);
}

bool Console::flush() {
  out_.flush();
  return out_.good();
}

}  // namespace espalier::cli
