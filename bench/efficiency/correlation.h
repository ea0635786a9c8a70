// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "efficiency/layer.h"
#include "efficiency/report.h"

namespace espalier::bench {

/// How well predicted times rank measured ones: the prior alone over `programs` random programs of each
/// layer, and the prior with the surrogate, which 64 others have taught, over as many held-out ones. Half of
/// the programs are members of the design space, half are random walks of legal steps from p0.
[[nodiscard]] Result<Report> correlation(const Settings& settings, int programs);

}  // namespace espalier::bench
