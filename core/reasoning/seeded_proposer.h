// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "reasoning/proposer.h"

namespace espalier {

/// Offers sequences that are known from elsewhere in the first expansions, while they are of the initial
/// state, and leaves all else to another proposer.
class SeededProposer final : public Proposer {
 public:
  struct Seed {
    std::vector<std::string> items;
    std::string reasoning;
  };
  SeededProposer(std::vector<Seed> seeds, std::unique_ptr<Proposer> further)
      : seeds_(std::move(seeds)), further_(std::move(further)) {}

  [[nodiscard]] std::string name() const override { return further_->name(); }
  [[nodiscard]] bool readsSections() const override { return further_->readsSections(); }
  [[nodiscard]] int concurrency() const override { return further_->concurrency(); }
  [[nodiscard]] int nodesAtOnce() const override { return further_->nodesAtOnce(); }
  [[nodiscard]] bool answersAsTheyCome() const override { return further_->answersAsTheyCome(); }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override;
  [[nodiscard]] Result<void> setParameter(const std::string& parameter, const std::string& value) override {
    return further_->setParameter(parameter, value);
  }

 private:
  std::vector<Seed> seeds_;
  std::unique_ptr<Proposer> further_;
};

}  // namespace espalier
