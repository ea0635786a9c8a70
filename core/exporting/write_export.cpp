// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "exporting/exporting.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannotWrite(const fs::path& path, int code) {
  std::string hint = "Choose another place with --output.";
  if (code == ENOSPC || code == EDQUOT)
    hint = "Make room on the disk, or choose another place with --output.";
  if (code == EACCES || code == EPERM || code == EROFS)
    hint = "Choose a folder that you may write to with --output.";
  return environmentError("Cannot write `" + path.string() + "`: " + std::strerror(code) + ".", hint);
}

/// Zero, or the error number of the first call that failed.
int writeAll(int file, const std::string& content) {
  std::size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = ::write(file, content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    written += static_cast<std::size_t>(count);
  }
  return ::fsync(file) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

/// Devices and pipes are written as they stand; everything else is replaced at once.
Result<void> writeFile(const fs::path& path, const std::string& content) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (fs::is_directory(status)) return cannotWrite(path, EISDIR);
  const bool inPlace = fs::exists(status) && !fs::is_regular_file(status);
  const fs::path temporary =
      inPlace ? path : fs::path(path.string() + ".part-" + std::to_string(static_cast<long>(::getpid())));
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (inPlace ? 0 : O_TRUNC), 0666);
  if (file < 0) return cannotWrite(path, errno);
  int problem = writeAll(file, content);
  if (::close(file) != 0 && problem == 0) problem = errno;
  if (problem == 0 && !inPlace && ::rename(temporary.c_str(), path.c_str()) != 0) problem = errno;
  if (problem == 0) return {};
  if (!inPlace) ::unlink(temporary.c_str());
  return cannotWrite(path, problem);
}

}  // namespace

Result<std::vector<std::string>> writeExport(const std::vector<ExportedFile>& files,
                                             const std::string& path) {
  if (path.empty()) return usageError("There is no file name to export to.", "Give one with --output PATH.");
  std::vector<std::string> written;
  for (std::size_t i = 0; i < files.size(); ++i) {
    fs::path place = path;
    if (i > 0 && files[i].suffix.starts_with('.')) place.replace_extension(files[i].suffix);
    if (i > 0 && !files[i].suffix.starts_with('.')) place.replace_filename(files[i].suffix);
    if (i > 0 && place == fs::path(path))
      return usageError("`" + path + "` is the name that a second file of this export needs.",
                        "Choose another extension for --output.");
    if (auto done = writeFile(place, files[i].content); !done) return tl::unexpected(done.error());
    written.push_back(place.string());
  }
  return written;
}

}  // namespace espalier
