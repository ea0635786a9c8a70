// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

#include "tuner/tuner.h"
#include "widgets/engine.h"

namespace espalier {

/// A tuner as the window's engine runs it.
class TunerRun final : public ui::RunController {
 public:
  explicit TunerRun(TunerSetup setup) : tuner_(std::move(setup)) { tuner_.start(); }
  void post(Command command) override { tuner_.post(std::move(command)); }
  [[nodiscard]] bool running() const override { return tuner_.running(); }
  [[nodiscard]] Result<void> wait() override {
    const auto result = tuner_.wait();
    if (!result) return tl::unexpected(result.error());
    return {};
  }

 private:
  Tuner tuner_;
};

}  // namespace espalier
