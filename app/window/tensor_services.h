// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/services.h"

namespace espalier {

/// Tensor programs, compilers and hardware behind what the window asks for.
class TensorServices final : public ui::Services {
 public:
  [[nodiscard]] std::vector<ui::WorkloadChoice> workloads() const override;
  [[nodiscard]] std::vector<ui::ProfileChoice> profiles() const override;
  [[nodiscard]] ui::RunStarter newRun(const ui::NewRun& run) const override;
  [[nodiscard]] ui::RunStarter resumeRun(const std::string& path,
                                         const std::optional<ui::ProposerChoice>& proposer) const override;
  [[nodiscard]] ui::TextService::Factory textsOf(const RunStarted& run) const override;
  [[nodiscard]] Result<std::vector<std::string>> exportNode(const std::string& session, NodeId node,
                                                            const std::string& format,
                                                            const std::string& path) const override;
};

}  // namespace espalier
