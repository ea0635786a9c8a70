// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// What stoppers look at.
struct RunStats {
  int samples = 0;            ///< told and in flight
  double seconds = 0;         ///< of this run
  bool stopRequested = false;
  bool spaceExhausted = false;
};

struct StopReason {
  std::string code;   ///< short and stable: `samples`, `time`, `stopped`, `space-exhausted`
  std::string words;
};

/// One reason to end a run. Has no state, so the order of asking does not matter.
class Stopper {
 public:
  virtual ~Stopper() = default;
  [[nodiscard]] virtual std::optional<StopReason> shouldStop(const RunStats& stats) const = 0;
};

/// Ends once `samples` were taken; 0 = never.
[[nodiscard]] std::unique_ptr<Stopper> stopAfterSamples(int samples);
/// Ends once `seconds` have passed; 0 = never.
[[nodiscard]] std::unique_ptr<Stopper> stopAfterSeconds(double seconds);
[[nodiscard]] std::unique_ptr<Stopper> stopOnRequest();
[[nodiscard]] std::unique_ptr<Stopper> stopWhenExhausted();

/// The first reason that one of them gives.
[[nodiscard]] std::optional<StopReason> shouldStop(const std::vector<std::unique_ptr<Stopper>>& stoppers,
                                                   const RunStats& stats);

}  // namespace espalier
