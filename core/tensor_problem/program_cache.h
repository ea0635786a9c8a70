// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "codegen/target.h"
#include "program/program.h"
#include "surrogate/machine_model.h"
#include "surrogate/prior.h"
#include "transform/refusal.h"

namespace espalier {

/// A program with what was found out about it. The evaluation is made at first use and then stays.
class CachedProgram {
 public:
  struct Evaluation {
    Estimate estimate;
    std::vector<float> features;
  };

  CachedProgram(Program program, std::uint64_t hash) : program_(std::move(program)), hash_(hash) {}
  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  /// Of what the code generator for this target makes of the program where its schedule is silent.
  [[nodiscard]] const Evaluation& evaluation(const MachineModel& machine, const Target& target) const;

 private:
  Program program_;
  std::uint64_t hash_;
  mutable std::once_flag once_;
  mutable Evaluation evaluation_;
};

/// The programs of the traces used last. Nodes keep traces; a program that was dropped is replayed from the
/// longest prefix still here. May be used from several threads.
class ProgramCache {
 public:
  ProgramCache(Program initial, std::size_t capacity);

  /// The program of a trace (complete steps as text), or which step is refused and why.
  [[nodiscard]] Outcome<std::shared_ptr<const CachedProgram>> at(const std::vector<std::string>& trace);
  /// Keeps a program that was just made.
  std::shared_ptr<const CachedProgram> put(const std::vector<std::string>& trace, Program program);
  [[nodiscard]] std::size_t size() const;
  /// Drops the programs, and with them what was found out about them.
  void clear();

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const CachedProgram> program;
  };
  [[nodiscard]] std::shared_ptr<const CachedProgram> find(const std::string& key);
  std::shared_ptr<const CachedProgram> insert(std::string key, std::shared_ptr<const CachedProgram> program);

  std::shared_ptr<const CachedProgram> initial_;
  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  ///< used last in front
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace espalier
