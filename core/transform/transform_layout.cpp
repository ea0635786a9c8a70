// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// TransformLayout(buffer=B, tiles=[0, 64], order=[1.0, 0, 1.1]): another physical layout. `tiles` cuts each
// dimension (0: not cut), piece d.0 counts the tiles of dimension d, d.1 the elements in one, d is an uncut
// dimension; `order` names every piece once, outermost first. Here B[k, n] becomes B[n // 64, k, n % 64].
//
// A constant weight is packed once, outside the timed region; an intermediate is simply laid out so by its
// writers. A cut dimension is padded to whole tiles.
//
// 1. The buffer is a Constant that is not packed yet, or an Intermediate that is not meant for registers:
//    the layout of other arguments belongs to the caller.
// 2. `tiles` has one entry a dimension, 0 or 2 … its extent; `order` names every piece once, and the
//    layout is a new one.
#include <algorithm>
#include <limits>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/legality.h"
#include "transform/members.h"
#include "transform/region.h"

namespace espalier {
namespace {

/// A physical dimension: a dimension, its tiles, or what is in a tile.
struct Piece {
  std::size_t dimension = 0;
  enum class Part : std::uint8_t { Whole, Tile, Within } part = Part::Whole;
  std::int64_t extent = 1;

  [[nodiscard]] std::string name() const {
    const std::string number = std::to_string(dimension);
    if (part == Part::Whole) return number;
    return number + (part == Part::Tile ? ".0" : ".1");
  }
};

struct Plan {
  BufferId buffer;
  std::vector<std::int64_t> tiles;
  std::vector<Piece> pieces;  ///< outermost first

  [[nodiscard]] std::vector<Expr> place(const std::vector<Expr>& logical) const {
    std::vector<Expr> physical;
    for (const Piece& piece : pieces) {
      const Expr& subscript = logical[piece.dimension];
      const std::int64_t tile = tiles[piece.dimension];
      switch (piece.part) {
        case Piece::Part::Whole: physical.push_back(subscript); break;
        case Piece::Part::Tile: physical.push_back(floorDiv(subscript, tile)); break;
        case Piece::Part::Within: physical.push_back(floorMod(subscript, tile)); break;
      }
    }
    return physical;
  }
  /// The logical subscripts over AxisVar(physical dimension).
  [[nodiscard]] std::vector<Expr> unpack() const {
    std::vector<Expr> logical(tiles.size(), Expr(0));
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Expr axis = Expr::axisVar(i);
      Expr& subscript = logical[pieces[i].dimension];
      subscript =
          subscript + (pieces[i].part == Piece::Part::Tile ? axis * Expr(tiles[pieces[i].dimension]) : axis);
    }
    return logical;
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const Piece& piece : pieces) result.push_back(piece.name());
    return result;
  }
};

/// The pieces in the order that is natural: tiles and whole dimensions first, then what is in the tiles.
std::vector<Piece> naturalPieces(const std::vector<std::int64_t>& shape,
                                 const std::vector<std::int64_t>& tiles) {
  std::vector<Piece> pieces;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (tiles[d] == 0)
      pieces.push_back({d, Piece::Part::Whole, shape[d]});
    else
      pieces.push_back({d, Piece::Part::Tile, (shape[d] + tiles[d] - 1) / tiles[d]});
  }
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (tiles[d] != 0) pieces.push_back({d, Piece::Part::Within, tiles[d]});
  return pieces;
}

/// Names of pieces as the step gives them: plain numbers arrive as integers.
std::optional<std::vector<std::string>> orderOf(const Step& step) {
  if (const auto texts = step.texts("order")) return texts;
  const auto numbers = step.integers("order");
  if (!numbers) return std::nullopt;
  std::vector<std::string> names;
  for (const std::int64_t number : *numbers) names.push_back(std::to_string(number));
  return names;
}

Outcome<Plan> plan(const Program& program, const Step& step) {
  const Outcome<BufferId> id = bufferArgument(program, step);
  if (!id) return tl::unexpected(id.error());
  const Buffer& buffer = program.buffer(*id);
  if (buffer.packing)
    return refuse("already-packed", about(step) + buffer.name + " is packed already.",
                  "Its layout is decided once.");
  if (buffer.role != BufferRole::Constant && buffer.role != BufferRole::Intermediate)
    return refuse("argument-layout", about(step) + "the layout of " + buffer.name + " belongs to the caller.",
                  "CacheRead(buffer=" + buffer.name + ") packs a copy.");
  if (buffer.memory == MemoryKind::Register)
    return refuse("register-layout", about(step) + buffer.name + " is meant for registers.",
                  "It has no layout.");
  const auto tiles = integersArgument(step, "tiles");
  if (!tiles) return tl::unexpected(tiles.error());
  if (tiles->size() != buffer.shape.size())
    return refuse("wrong-tiles", about(step) + buffer.name + " has " + std::to_string(buffer.shape.size()) +
                                     " dimensions and needs as many tiles; 0 leaves one whole.");
  for (std::size_t d = 0; d < tiles->size(); ++d)
    if ((*tiles)[d] != 0 && ((*tiles)[d] < 2 || (*tiles)[d] > buffer.shape[d]))
      return refuse("wrong-tiles", about(step) + "the tile of dimension " + std::to_string(d) +
                                       " must be 0 or lie between 2 and " + std::to_string(buffer.shape[d]) +
                                       ".");
  Plan planned{*id, *tiles, naturalPieces(buffer.shape, *tiles)};
  if (step.find("order") != nullptr) {
    const auto order = orderOf(step);
    const std::vector<Piece> natural = planned.pieces;
    planned.pieces.clear();
    if (order)
      for (const std::string& name : *order)
        for (const Piece& piece : natural)
          if (piece.name() == name) planned.pieces.push_back(piece);
    std::vector<std::string> given = planned.names();
    std::sort(given.begin(), given.end());
    if (!order || order->size() != natural.size() || given.size() != natural.size() ||
        std::adjacent_find(given.begin(), given.end()) != given.end()) {
      planned.pieces = natural;
      return refuse("wrong-order", about(step) + "order must name each piece once.",
                    "The pieces are " + enumerate(planned.names()) + ".");
    }
  }
  bool same = std::all_of(tiles->begin(), tiles->end(), [](auto tile) { return tile == 0; });
  for (std::size_t i = 0; same && i < planned.pieces.size(); ++i) same = planned.pieces[i].dimension == i;
  if (same)
    return refuse("nothing-to-do", about(step) + buffer.name + " has this layout already.",
                  "Give tiles or another order.");
  return planned;
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  if (!planned) return tl::unexpected(planned.error());
  Program changed = program;
  Buffer& buffer = changed.buffer(planned->buffer);
  if (buffer.role == BufferRole::Constant) buffer.packing = Packing{buffer.shape, planned->unpack()};
  buffer.shape.clear();
  for (const Piece& piece : planned->pieces) buffer.shape.push_back(piece.extent);
  const auto place = [&](const std::vector<Expr>& subscripts) { return planned->place(subscripts); };
  for (const BlockId block : blocksOf(changed)) {
    redirectLoads(changed, block, planned->buffer, planned->buffer, place);
    if (changed.block(block).output == planned->buffer)
      changed.block(block).subscripts = place(changed.block(block).subscripts);
  }
  return publish(std::move(changed));
}

Step withOrder(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  Step full =
      Step{step.name, {}}.set("buffer", program.buffer(planned->buffer).name).set("tiles", planned->tiles);
  const bool anyTile =
      std::any_of(planned->tiles.begin(), planned->tiles.end(), [](auto tile) { return tile != 0; });
  if (anyTile) return full.set("order", planned->names());
  std::vector<std::int64_t> order;
  for (const Piece& piece : planned->pieces) order.push_back(static_cast<std::int64_t>(piece.dimension));
  return full.set("order", order);
}

std::vector<std::string> buffersToLayOut(const Program& program) {
  std::vector<std::string> names;
  for (const BlockId block : blocksOf(program)) {
    std::vector<BufferId> touched = buffersReadBy(program.block(block));
    touched.push_back(program.block(block).output);
    for (const BufferId id : touched) {
      const Buffer& buffer = program.buffer(id);
      const bool open = (buffer.role == BufferRole::Constant && !buffer.packing) ||
                        (buffer.role == BufferRole::Intermediate && buffer.memory != MemoryKind::Register);
      if (open && !buffer.shape.empty() && std::find(names.begin(), names.end(), buffer.name) == names.end())
        names.push_back(buffer.name);
    }
  }
  return names;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    Step step = given;
    std::vector<std::string> names = buffersToLayOut(program);
    if (!has(step, {"buffer"})) {
      if (names.empty()) return std::nullopt;
      step.set("buffer", source.pick(names));
    }
    const auto id = program.findBuffer(step.text("buffer").value_or(""));
    if (!id) return step;
    const std::vector<std::int64_t>& shape = program.buffer(*id).shape;
    if (!has(step, {"tiles"})) {
      std::vector<std::int64_t> tiles(shape.size(), 0);
      for (std::size_t d = 0; d < shape.size(); ++d)
        if (shape[d] >= 4 && source.chance(d + 1 == shape.size() ? 0.7 : 0.3))
          tiles[d] = std::min(shape[d], std::int64_t{4} << source.below(6));
      step.set("tiles", tiles);
    }
    const auto tiles = step.integers("tiles");
    if (!has(step, {"order"}) && tiles && tiles->size() == shape.size()) {
      std::vector<Piece> pieces = naturalPieces(shape, *tiles);
      if (source.chance(0.5))
        std::rotate(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(source.below(pieces.size())),
                    pieces.end());
      if (source.chance(0.3)) source.shuffle(pieces);
      step.set("order", Plan{*id, *tiles, pieces}.names());
    }
    return step;
  };
  const Outcome<Step> drawn = drawLegal(program, partial, random, apply, draw);
  if (!drawn) return drawn;
  return withOrder(program, *drawn);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const std::string& name : buffersToLayOut(program)) {
    const std::vector<std::int64_t>& shape = program.buffer(*program.findBuffer(name)).shape;
    for (std::size_t d = 0; d < shape.size(); ++d)
      for (const std::int64_t tile : {16, 32, 64}) {
        if (tile > shape[d]) continue;
        std::vector<std::int64_t> tiles(shape.size(), 0);
        tiles[d] = tile;
        // [d / tile][the others][d % tile]
        std::vector<Piece> pieces = naturalPieces(shape, tiles);
        std::rotate(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(d),
                    pieces.begin() + static_cast<std::ptrdiff_t>(d) + 1);
        candidates.push_back(Step{"TransformLayout", {}}
                                 .set("buffer", name)
                                 .set("tiles", tiles)
                                 .set("order", Plan{{}, tiles, pieces}.names()));
      }
  }
  return legalAmong(program, apply, candidates, 12);
}

}  // namespace

Transformation transformLayoutMember() {
  return {"TransformLayout",
          "Changes the physical layout of a constant weight (packed once, outside the timed region) or of an "
          "intermediate. Pays when the inner loop then reads it contiguously.",
          {{"buffer", "a constant or an intermediate by name"},
           {"tiles", "one integer a dimension: its tile, or 0 to leave it whole"},
           {"order",
            "every piece once, outermost first: d for a whole dimension, d.0 for its tiles, d.1 for what is "
            "in a tile, for instance [1.0, 0, 1.1]"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
