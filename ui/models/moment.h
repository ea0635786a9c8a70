// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "models/search_tree.h"
#include "session/run_fold.h"
#include "session/session_digest.h"

namespace espalier::ui {

/// A session as it stands after some of its events.
struct Moment {
  SearchTree tree;
  RunFold runs;
  std::string trouble;       ///< what of the events did not fit together; empty if all is well
  std::size_t position = 0;  ///< events taken

  /// Takes the events after `position` up to `to`. False, and of no further use, if `cancelled` became true
  /// on the way.
  bool advance(const SessionDigest& digest, std::size_t to, const std::atomic<bool>* cancelled = nullptr);
};

}  // namespace espalier::ui
