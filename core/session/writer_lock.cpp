// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/writer_lock.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace espalier {

Result<std::unique_ptr<WriterLock>> WriterLock::take(const std::filesystem::path& session) {
  std::filesystem::path path = session;
  path += "-lock";
  while (true) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
      return environmentError(
          "The session " + session.string() + " cannot be written: " + std::strerror(errno) + ".",
          "Choose a directory that you may write to.");
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor);
      return inputError(
          "The session " + session.string() + " is being written by another run.",
          "Wait until that run has ended, stop it, or use another file; reading along is possible.");
    }
    // The previous owner may have removed the file between our open and our lock.
    struct stat held{};
    struct stat named{};
    if (::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev)
      return std::unique_ptr<WriterLock>(new WriterLock(std::move(path), descriptor));
    ::close(descriptor);
  }
}

WriterLock::~WriterLock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace espalier
