// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What is refused, with which code and in which words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transform/tables.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using testing::kernel;
using testing::matmul;
using testing::refusalOf;

struct Case {
  const char* before;  ///< trace
  const char* step;
  const char* code;
  const char* sentence;  ///< part of it
  const char* hint = "";
};

const Case kOnMatmul[] = {
    {"", "Vectorize(loop=k)", "carries-reduction",
     "cannot vectorise loop k: it carries the reduction of block C (extent 13).", "RFactor(block=C, loop=k)"},
    {"", "Parallel(loop=k)", "carries-reduction",
     "cannot parallelise loop k: it carries the reduction of block C (extent 13).", "Take m and n instead"},
    {"", "Split(loop=q, factors=[2, 8])", "unknown-loop", "there is no loop q.", "m, n and k"},
    {"TileSize(block=C, loop=n, factors=[0, 4])", "Vectorize(loop=n)", "unknown-loop", "there is no loop n.",
     "n.0"},
    {"", "TileSize(block=D, loop=n, factors=[2, 8])", "unknown-block", "there is no block D.", "C"},
    {"", "TileSize(block=C, loop=n, factors=[2, 4])", "too-few-iterations",
     "the factors cover 8 of the 11 iterations of loop n."},
    {"", "TileSize(block=C, loop=n, factors=[11, 64])", "wasteful-factors",
     "more than 4 times the extent 11"},
    {"", "TileSize(block=C, loop=n, factors=[11])", "wrong-factors", "2 to 6 factors"},
    {"", "TileSize(block=C, loop=n, factors=[-1, 4])", "wrong-factors", "factors are positive"},
    {"", "TileSize(block=C, loop=n, tiles=[2, 8])", "unknown-argument", "there is no argument tiles.",
     "block, loop and factors"},
    {"Vectorize(loop=n)", "Split(loop=n, factors=[0, 4])", "marked-loop", "loop n is already vectorised."},
    {"", "Prefetch(buffer=B, loop=k, ahead=0)", "cannot-prefetch", "it is 1 to 512 iterations ahead."},
    {"", "Prefetch(buffer=B, loop=m, ahead=1)", "cannot-prefetch",
     "every iteration of loop m reads the same part of B."},
    {"", "Prefetch(buffer=C, loop=m, ahead=1)", "cannot-prefetch", "nothing below loop m reads C."},
    {"Prefetch(buffer=A, loop=k, ahead=4)", "Prefetch(buffer=A, loop=m, ahead=1)", "prefetched-twice",
     "loop k fetches A already."},
    {"Parallel(loop=m)", "Prefetch(buffer=A, loop=m, ahead=1)", "marked-loop", "loop m is already parallel."},
    {"Prefetch(buffer=A, loop=k, ahead=4)", "Split(loop=k, factors=[0, 4])", "marked-loop",
     "loop k already prefetches A."},
    {"Prefetch(buffer=A, loop=k, ahead=4)", "Vectorize(loop=n)", "broken-prefetch",
     "loop k could no longer prefetch A: it lies in vectorised loop n."},
    {"", "StreamStore(block=C)", "writes-again", "adds to the elements of C again and again.",
     "CacheWrite(block=C"},
    {"DecomposeReduction(block=C, loop=k)", "StreamStore(block=C_init)", "touched-again",
     "block C touches C as well."},
    {"", "Reorder(loops=[m])", "too-few-loops", "at least two loops"},
    {"", "Reorder(loops=[m, n])", "nothing-to-do", "in this order already"},
    {"", "Reorder(loops=[m, m])", "repeated-loop", "loop m is named twice"},
    {"DecomposeReduction(block=C, loop=k)", "Reorder(loops=[k, n])", "not-only-child",
     "loop n holds more than loop k."},
    {"DecomposeReduction(block=C, loop=n)", "Reorder(loops=[n_init, k])", "not-nested",
     "do not lie in each other"},
    {"", "Fuse(loops=[n, k])", "mixed-fusion", "mean different things to block C"},
    {"", "Fuse(loops=[m, k])", "not-only-child", "loop k is not the only thing directly in loop m."},
    {"Parallel(loop=m)", "Parallel(loop=n)", "nested-annotation",
     "cannot parallelise loop n: parallel loop m surrounds it."},
    {"Reorder(loops=[m, k, n])\nVectorize(loop=n)", "Vectorize(loop=m)", "nested-annotation",
     "vectorised loop n hangs below it."},
    {"", "Unroll(block=C, max_steps=8)", "nothing-to-unroll", "no loop next to block C fits into 8 steps."},
    {"", "UnrollAndJam(loop=k, factor=4)", "nothing-to-jam", "no serial loop hangs alone below loop k."},
    {"", "UnrollAndJam(loop=m, factor=9)", "wrong-factors", "between 2 and the extent 7"},
    {"", "CacheWrite(block=C, loop=k)", "nothing-between", "no loop lies between loop k and block C."},
    {"DecomposeReduction(block=C, loop=k)", "CacheWrite(block=C, loop=m)", "shared-output",
     "block C_init touches C below loop m"},
    {"", "CacheWrite(block=C, loop=m, memory=disk)", "wrong-argument", "memory disk is not known."},
    {"", "CacheRead(block=C, buffer=C, loop=m)", "not-read", "block C does not read C.", "A and B"},
    {"", "CacheRead(block=C, buffer=B, loop=m, order=[0, 0])", "wrong-order",
     "name each of the 2 dimensions once"},
    {"", "CacheRead(block=C, buffer=B, loop=m, panel=1)", "wrong-panel", "between 2 and 1024"},
    {"Reorder(loops=[k, m, n])\nVectorize(loop=n)", "CacheRead(block=C, buffer=B, loop=n)",
     "allocates-inside", "the copy would lie inside vectorised loop n."},
    {"", "TransformLayout(buffer=A, tiles=[0, 4])", "argument-layout",
     "the layout of A belongs to the caller.", "CacheRead"},
    {"", "TransformLayout(buffer=B, tiles=[0, 4], order=[0, 1.0])", "wrong-order", "each piece once",
     "0, 1.0 and 1.1"},
    {"", "TransformLayout(buffer=B, tiles=[0, 99])", "wrong-tiles", "between 2 and 11"},
    {"TransformLayout(buffer=B, tiles=[0, 4])", "TransformLayout(buffer=B, tiles=[4, 0, 0])",
     "already-packed", "B is packed already."},
    {"", "ComputeInline(block=C)", "is-reduction", "block C reduces."},
    {"", "ComputeAt(block=C, loop=m)", "not-intermediate", "the caller sees in full"},
    {"", "ComputeLocation(block=C, loop=nowhere)", "unknown-loop", "there is no loop nowhere."},
    {"Reorder(loops=[k, m, n])", "DecomposeReduction(block=C, loop=n)", "inside-reduction",
     "loop k above it reduces as well."},
    {"DecomposeReduction(block=C, loop=k)", "DecomposeReduction(block=C, loop=k)", "no-initialisation",
     "does not set its output first"},
    {"", "RFactor(block=C, loop=n)", "not-reduction", "loop n carries no reduction of block C."},
    {"", "Tile(block=C)", "unknown-transformation", "there is no transformation Tile.", "TileSize"},
    {"Split(loop=n, factors=[3, 4])\nUnroll(loop=n.1)", "Parallel(loop=n.1)", "marked-loop",
     "loop n.1 is already unrolled."},
};

TEST(Refusals, SayWhatWhichAndWhy) {
  const Program initial = matmul(7, 11, 13);
  for (const Case& entry : kOnMatmul) {
    SCOPED_TRACE(std::string(entry.before) + " | " + entry.step);
    const Refusal refusal = refusalOf(initial, entry.before, entry.step);
    EXPECT_EQ(refusal.code, entry.code) << refusal.sentence;
    EXPECT_THAT(refusal.sentence, HasSubstr(entry.sentence));
    EXPECT_THAT(refusal.hint, HasSubstr(entry.hint));
  }
}

TEST(Refusals, OfPlaces) {
  const Program chain = kernel(
      "def chain(float(I,J) X, float(J,K) W) -> (Y) {"
      " T(i,k) +=! X(i,j) * W(j,k)\n Y(i,k) = fmax(T(i,k), 0) }",
      {{"I", 6}, {"J", 10}, {"K", 8}});
  const std::string link = chain.buffer(chain.block(*chain.findBlock("T")).output).name;
  EXPECT_EQ(refusalOf(chain, "", "ReverseComputeAt(block=Y, loop=j)").code, "not-finished");
  EXPECT_EQ(refusalOf(chain, "Reorder(loops=[j, i])", "ReverseComputeAt(block=Y, loop=i)").code,
            "not-finished");
  EXPECT_EQ(refusalOf(chain, "", "ReverseComputeInline(block=Y)").code, "is-reduction");
  EXPECT_EQ(refusalOf(chain, "", "ReverseComputeAt(block=T, loop=i_1)").code, "before-loop");
  EXPECT_EQ(refusalOf(chain, "", "RFactor(block=Y, loop=i_1)").code, "not-reduction");
}

TEST(Refusals, AMovedUpdateKeepsItsPlace) {
  // A loop that computes the whole row sum again for each column must stay outside the sum.
  const Program rows = kernel("def rows(float(I,J) X) -> (Y) { S(i) +=! X(i,j)\n Y(i,j) = X(i,j) - S(i) }",
                              {{"I", 4}, {"J", 6}});
  const Refusal refusal = refusalOf(rows, "ComputeAt(block=S, loop=j_1)", "Reorder(loops=[j_S, i_1])");
  EXPECT_FALSE(refusal.code.empty());
  EXPECT_EQ(refusalOf(rows, "ComputeAt(block=S, loop=i_1)", "Vectorize(loop=i_1)").code, "allocates-inside");
  EXPECT_EQ(refusalOf(rows, "ComputeAt(block=S, loop=i_1)", "ComputeAt(block=S, loop=j_1)").code,
            "already-placed");
}

}  // namespace
}  // namespace espalier
