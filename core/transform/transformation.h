// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "program/program.h"
#include "support/random.h"
#include "transform/refusal.h"
#include "transform/step.h"

namespace espalier {

struct Parameter {
  std::string_view name;
  std::string_view meaning;  ///< with its range, in words for prompts and help
  bool optional = true;      ///< an omitted one is drawn at random
};

/// A member of the set O. One file each; all stand in the array of transformations().
struct Transformation {
  std::string_view name;
  std::string_view summary;  ///< what it does and when it pays, one or two sentences
  std::vector<Parameter> parameters;
  /// Draws what the step leaves out; refuses if nothing legal fits what it gives.
  Outcome<Step> (*complete)(const Program& program, const Step& partial, Random& random);
  /// Checks legality first; never leaves a half-changed program, since it returns a new one.
  Outcome<Program> (*apply)(const Program& program, const Step& complete);
  /// Complete steps that are legal now, at most a few dozen, spread over the sensible range: for lists of
  /// legal actions.
  std::vector<Step> (*choices)(const Program& program);
};

[[nodiscard]] std::span<const Transformation> transformations();
[[nodiscard]] const Transformation* findTransformation(std::string_view name);

/// Completes and applies one step.
struct Applied {
  Program program;
  Step step;  ///< complete
};
[[nodiscard]] Outcome<Applied> applyStep(const Program& program, const Step& step, Random& random);
/// Replays complete steps from p0; the refusal names the step.
[[nodiscard]] Outcome<Program> replay(const Program& initial, const Trace& trace);
/// A random transformation with random arguments that is legal; nothing at a dead end.
[[nodiscard]] std::optional<Applied> randomTransformation(const Program& program, Random& random);

}  // namespace espalier
