// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "search/node_id.h"
#include "support/outcome.h"

namespace espalier {

/// What a person wrote about a node. It is no event: it may be changed and removed, and the search knows
/// nothing of it.
struct Annotation {
  bool bookmarked = false;
  std::string note;

  [[nodiscard]] bool empty() const { return !bookmarked && note.empty(); }
  bool operator==(const Annotation&) const = default;
};

using Annotations = std::map<NodeId, Annotation>;

/// Those of a session file, in a table of their own; none if it never had any.
[[nodiscard]] Result<Annotations> readAnnotations(const std::filesystem::path& session);

/// Sets that of one node; an empty one removes it. Works beside a run that is writing the session, for which
/// it waits at most two seconds.
[[nodiscard]] Result<void> writeAnnotation(const std::filesystem::path& session, NodeId node,
                                           const Annotation& annotation);

}  // namespace espalier
