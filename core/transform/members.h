// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "transform/transformation.h"

namespace espalier {

// The members of O, one file each. transformation.cpp puts them into one array.

[[nodiscard]] Transformation splitMember();
[[nodiscard]] Transformation tileSizeMember();
[[nodiscard]] Transformation reorderMember();
[[nodiscard]] Transformation fuseMember();
[[nodiscard]] Transformation parallelMember();
[[nodiscard]] Transformation vectorizeMember();
[[nodiscard]] Transformation unrollMember();
[[nodiscard]] Transformation unrollAndJamMember();
[[nodiscard]] Transformation cacheWriteMember();
[[nodiscard]] Transformation cacheReadMember();
[[nodiscard]] Transformation transformLayoutMember();
[[nodiscard]] Transformation computeAtMember();
[[nodiscard]] Transformation reverseComputeAtMember();
[[nodiscard]] Transformation computeInlineMember();
[[nodiscard]] Transformation reverseComputeInlineMember();
[[nodiscard]] Transformation computeLocationMember();
[[nodiscard]] Transformation decomposeReductionMember();
[[nodiscard]] Transformation rfactorMember();
[[nodiscard]] Transformation prefetchMember();
[[nodiscard]] Transformation onlineSoftmaxMember();
[[nodiscard]] Transformation joinLoopsMember();
[[nodiscard]] Transformation streamStoreMember();

}  // namespace espalier
