// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace espalier::cli {

Result<std::string> readTextFile(const std::string& path, const std::string& what) {
  constexpr std::uintmax_t kLargest = 64U << 20;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return inputError(path + " is a folder.", "Name the file that holds " + what + ".");
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    return inputError(path + " cannot be read: " + std::strerror(errno) + ".",
                      "Name the file that holds " + what + ".");
  if (std::filesystem::file_size(path, ignored) > kLargest && !ignored)
    return inputError(path + " is larger than 64 MB, so it is not " + what + ".", "Name the right file.");
  std::ostringstream content;
  content << stream.rdbuf();
  if (stream.bad())
    return inputError(path + " could not be read to its end.", "Look at the disk that holds it.");
  return content.str();
}

}  // namespace espalier::cli
