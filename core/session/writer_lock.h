// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "support/outcome.h"

namespace espalier {

/// Keeps a second writer away from a session: a locked file beside it, `NAME-lock`, that goes with the last
/// owner. The system frees the lock of a killed process, so a leftover file does no harm. (The database
/// itself cannot be locked so: closing any descriptor of it would drop SQLite's own locks.)
class WriterLock {
 public:
  [[nodiscard]] static Result<std::unique_ptr<WriterLock>> take(const std::filesystem::path& session);
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  ~WriterLock();

 private:
  WriterLock(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace espalier
