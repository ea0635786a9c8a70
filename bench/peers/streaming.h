// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "peers/contender.h"
#include "peers/layer_tensors.h"

namespace espalier::bench {

/// Reads each input of a layer once and writes as much as its output, around the caches where that output
/// would not stay in them, and computes next to nothing: how fast the memory is at the time of the contest.
/// Virtual machines move between cores that share a cache and cores that do not, so a bandwidth that was
/// measured earlier may be another machine's.
[[nodiscard]] Contender streamingContender(const LayerTensors& tensors, int threads);

}  // namespace espalier::bench
