// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/outcome.h"

namespace espalier {

/// A prompt with holes. The text begins with `# espalier prompt 1`, then comments, then the parts `[system]`
/// and `[question]`.
/// `{{name}}` is a hole; lines between `{{?name}}` and `{{/name}}` (each alone on its line, not nested) stand
/// only if the hole has text. The part `[system]` may hold no hole but `problem`, so that it is equal for all
/// nodes of a run.
class PromptTemplate {
 public:
  /// Errors name source, line and the offending text. `holes` are the names that exist.
  [[nodiscard]] static Result<PromptTemplate> read(std::string_view text, const std::string& source,
                                                   const std::vector<std::string>& holes);

  /// Fills the holes; a value is inserted as it is, holes inside of it are not filled.
  using Values = std::function<std::string(std::string_view hole)>;
  [[nodiscard]] std::string system(const Values& values) const { return fill(system_, values); }
  [[nodiscard]] std::string question(const Values& values) const { return fill(question_, values); }

  /// Of the template's text; stored with each session.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  enum class PieceKind { Text, Hole, Open, Close };
  struct Piece {
    PieceKind kind = PieceKind::Text;
    std::string text;
  };
  static std::string fill(const std::vector<Piece>& pieces, const Values& values);

  std::vector<Piece> system_;
  std::vector<Piece> question_;
  std::uint64_t hash_ = 0;
};

}  // namespace espalier
