// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "measure/hardware.h"
#include "measure/roofline.h"
#include "program/program.h"
#include "search/problem.h"
#include "surrogate/prior.h"
#include "workload/workload.h"

namespace espalier {

/// The stable part of a prompt: the set O with its grammar, the machine, the workload, p0.
[[nodiscard]] std::vector<Section> problemSections(const Workload& workload, const HardwareSheet& sheet,
                                                   const Roofline& roofline, int threads);

/// What a state looks like and what holds it back.
[[nodiscard]] std::vector<Section> stateSections(const Program& program,
                                                 const std::vector<std::string>& trace,
                                                 const Estimate& estimate, const Prediction& prediction,
                                                 const Roofline& roofline, const MachineModel& machine);

/// The transformations that have a legal choice now.
[[nodiscard]] std::vector<LegalAction> legalActionsOf(const Program& program);

/// `1.63 ms`, `12.4 us`, `2.05 s`.
[[nodiscard]] std::string secondsText(double seconds);

}  // namespace espalier
