// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace espalier::bench {

/// What a contender may do to the data outside the timed region. Fewer freedoms are always allowed.
enum class LayoutFreedom {
  Plain,    ///< everything row-major in and out
  Weights,  ///< weights in any layout, packed once; activations row-major in and out
  Blocked,  ///< activations come and leave in the contender's own layout as well
};

/// One way to compute a layer.
struct Contender {
  std::string library;  ///< `espalier`, `oneDNN`, `OpenBLAS`
  std::string name;     ///< which of its functions, and for oneDNN the implementation that it chose
  LayoutFreedom freedom = LayoutFreedom::Plain;
  std::function<void()> run;
  /// The row-major output of the last run; empty where there is none to compare.
  std::function<std::vector<float>()> output;
  /// Seconds of one of that many executions, where another process times them; `run` is then empty.
  std::function<double(int executions)> time = nullptr;
};

/// The timings of one contender, and how far its output is from that of the first one.
struct Standing {
  std::vector<double> seconds;  ///< of one execution, by round
  double difference = 0;        ///< largest, relative to the largest element

  [[nodiscard]] double median() const;
  /// (third quartile - first quartile) / median
  [[nodiscard]] double spread() const;
};

struct ContestOptions {
  int rounds = 15;
  double minimumSeconds = 4e-3;  ///< of the executions that are timed together
};

/// Times the contenders in turns, so that a drift of the machine falls on all. Before every timing the
/// contender runs untimed for as long: all of them find the caches in the state in which they leave them.
[[nodiscard]] std::vector<Standing> contest(const std::vector<Contender>& contenders,
                                            const ContestOptions& options);

}  // namespace espalier::bench
