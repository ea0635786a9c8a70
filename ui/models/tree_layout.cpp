// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tree_layout.h"

#include <algorithm>
#include <memory>

namespace espalier::ui {
namespace {

constexpr std::uint32_t kNone = LayoutInput::kNone;
constexpr std::uint32_t kCancelEvery = 1U << 14;

/// Scratch of the algorithm for one node; names follow the paper.
struct Work {
  double prelim = 0;
  double modifier = 0;
  double shift = 0;
  double change = 0;
  std::uint32_t leftThread = kNone;
  std::uint32_t rightThread = kNone;
  std::uint32_t extremeLeft = kNone;  ///< deepest node of the left contour
  std::uint32_t extremeRight = kNone;
  double sumLeft = 0;  ///< sum of modifiers down to extremeLeft
  double sumRight = 0;
  std::uint32_t lastChild = kNone;
  std::uint32_t children = 0;
};

class TidyTree {
 public:
  TidyTree(const LayoutInput& input, const std::atomic<bool>* cancelled)
      : input_(input), cancelled_(cancelled) {}

  std::optional<TreeLayout> run() {
    if (input_.parents.empty()) return TreeLayout{};
    if (!link()) return std::nullopt;
    if (!placeUpwards()) return std::nullopt;
    if (!placeDownwards()) return std::nullopt;
    if (!measureSubtrees()) return std::nullopt;
    return std::move(layout_);
  }

 private:
  using Place = TreeLayout::Place;

  [[nodiscard]] bool stopped(std::uint32_t node) const {
    return cancelled_ != nullptr && node % kCancelEvery == 0 && cancelled_->load(std::memory_order_relaxed);
  }
  Place& place(std::uint32_t node) { return layout_.places[node]; }

  [[nodiscard]] bool isFolded(std::uint32_t node) const {
    return !input_.folded.empty() && std::binary_search(input_.folded.begin(), input_.folded.end(), node);
  }

  /// Child lists, rows, and which nodes are drawn at all.
  bool link() {
    const auto count = static_cast<std::uint32_t>(input_.parents.size());
    layout_.places.resize(count);
    work_.resize(count);
    layout_.root = input_.root;
    for (std::uint32_t node = input_.root; node < count; ++node) {
      if (stopped(node)) return false;
      const std::uint32_t parent = node == input_.root ? kNone : input_.parents[node];
      const bool hangs =
          node == input_.root || (parent != kNone && parent >= input_.root && place(parent).below > 0);
      if (!hangs || (parent != kNone && isFolded(parent))) continue;
      if (node != input_.root && !input_.hidden.empty() && input_.hidden[node] != 0) continue;
      Place& here = place(node);
      here.below = 1;
      here.parent = parent;
      if (parent == kNone) continue;
      here.row = place(parent).row + 1;
      Work& above = work_[parent];
      (above.lastChild == kNone ? place(parent).firstChild : place(above.lastChild).nextSibling) = node;
      above.lastChild = node;
      ++above.children;
    }
    return true;
  }

  /// Children have larger numbers than their parents, so counting down visits every subtree before its root.
  bool placeUpwards() {
    for (auto node = static_cast<std::uint32_t>(work_.size()); node-- > input_.root;) {
      if (stopped(node)) return false;
      if (place(node).below == 0) continue;
      joinChildren(node);
    }
    return true;
  }

  void joinChildren(std::uint32_t node) {
    Work& here = work_[node];
    const std::uint32_t first = place(node).firstChild;
    if (first == kNone) {
      here.extremeLeft = here.extremeRight = node;
      return;
    }
    steps_.clear();
    siblings_.assign(1, first);
    remember(bottom(work_[first].extremeLeft), 0);
    std::uint32_t index = 1;
    std::uint32_t left = first;
    for (std::uint32_t child = place(first).nextSibling; child != kNone; child = place(child).nextSibling) {
      const std::uint32_t low = bottom(work_[child].extremeRight);
      siblings_.push_back(child);
      separate(first, left, child, index);
      remember(low, index);
      left = child;
      ++index;
    }
    const Work& a = work_[first];
    const Work& z = work_[left];
    here.prelim = (a.prelim + a.modifier + z.modifier + z.prelim) / 2;
    here.extremeLeft = a.extremeLeft;
    here.sumLeft = a.sumLeft;
    here.extremeRight = z.extremeRight;
    here.sumRight = z.sumRight;
  }

  std::uint32_t bottom(std::uint32_t node) { return place(node).row; }

  /// The siblings to the left that still show on the right contour, lowest first to leave.
  struct Step {
    std::uint32_t low;
    std::uint32_t index;
  };
  void remember(std::uint32_t low, std::uint32_t index) {
    while (!steps_.empty() && low >= steps_.back().low) steps_.pop_back();
    steps_.push_back({low, index});
  }

  void separate(std::uint32_t first, std::uint32_t left, std::uint32_t child, std::uint32_t index) {
    std::uint32_t right = left;
    double sumRight = work_[right].modifier;
    std::uint32_t contour = child;
    double sumLeft = work_[contour].modifier;
    std::size_t step = steps_.size();
    while (right != kNone && contour != kNone) {
      while (step > 1 && bottom(right) > steps_[step - 1].low) --step;
      const double overlap = (sumRight + work_[right].prelim + 1) - (sumLeft + work_[contour].prelim);
      if (overlap > 0) {
        sumLeft += overlap;
        move(child, index, steps_[step - 1].index, overlap);
      }
      right = nextRight(right);
      if (right != kNone) sumRight += work_[right].modifier;
      contour = nextLeft(contour);
      if (contour != kNone) sumLeft += work_[contour].modifier;
    }
    if (right == kNone && contour != kNone) {
      threadLeft(first, child, contour, sumLeft);
    } else if (right != kNone && contour == kNone) {
      threadRight(left, child, right, sumRight);
    }
  }

  void move(std::uint32_t child, std::uint32_t index, std::uint32_t from, double distance) {
    Work& moved = work_[child];
    moved.modifier += distance;
    moved.sumLeft += distance;
    moved.sumRight += distance;
    // Siblings between the one that pushed and this one share the way evenly.
    if (from + 1 >= index) return;
    const double share = distance / static_cast<double>(index - from);
    work_[siblings_[from + 1]].shift += share;
    moved.shift -= share;
    moved.change -= distance - share;
  }

  std::uint32_t nextLeft(std::uint32_t node) {
    return place(node).firstChild == kNone ? work_[node].leftThread : place(node).firstChild;
  }
  std::uint32_t nextRight(std::uint32_t node) {
    return work_[node].lastChild == kNone ? work_[node].rightThread : work_[node].lastChild;
  }

  void threadLeft(std::uint32_t first, std::uint32_t child, std::uint32_t contour, double sum) {
    Work& a = work_[first];
    Work& extreme = work_[a.extremeLeft];
    extreme.leftThread = contour;
    const double difference = (sum - work_[contour].modifier) - a.sumLeft;
    extreme.modifier += difference;
    extreme.prelim -= difference;
    a.extremeLeft = work_[child].extremeLeft;
    a.sumLeft = work_[child].sumLeft;
  }

  void threadRight(std::uint32_t left, std::uint32_t child, std::uint32_t contour, double sum) {
    Work& z = work_[child];
    Work& extreme = work_[z.extremeRight];
    extreme.rightThread = contour;
    const double difference = (sum - work_[contour].modifier) - z.sumRight;
    extreme.modifier += difference;
    extreme.prelim -= difference;
    z.extremeRight = work_[left].extremeRight;
    z.sumRight = work_[left].sumRight;
  }

  /// Sums the modifiers from the root down; sumLeft serves as the running sum here.
  bool placeDownwards() {
    for (std::uint32_t node = input_.root; node < work_.size(); ++node) {
      if (stopped(node)) return false;
      if (place(node).below == 0) continue;
      Work& here = work_[node];
      const std::uint32_t parent = place(node).parent;
      here.sumLeft = here.modifier + (parent == kNone ? 0 : work_[parent].sumLeft);
      place(node).column = here.prelim + here.sumLeft;
      double distance = 0;
      double delta = 0;
      for (std::uint32_t child = place(node).firstChild; child != kNone; child = place(child).nextSibling) {
        distance += work_[child].shift;
        delta += distance + work_[child].change;
        work_[child].modifier += delta;
      }
    }
    return true;
  }

  bool measureSubtrees() {
    for (auto node = static_cast<std::uint32_t>(work_.size()); node-- > input_.root;) {
      if (stopped(node)) return false;
      Place& here = place(node);
      if (here.below == 0) continue;
      here.lastRow = std::max(here.lastRow, here.row);
      if (here.parent == kNone) continue;
      Place& above = place(here.parent);
      const double offset = here.column - above.column;
      above.left = std::min(above.left, static_cast<float>(offset + static_cast<double>(here.left)));
      above.right = std::max(above.right, static_cast<float>(offset + static_cast<double>(here.right)));
      above.lastRow = std::max(above.lastRow, here.lastRow);
      above.below += here.below;
    }
    const Place& top = place(input_.root);
    layout_.leftmost = top.column + static_cast<double>(top.left);
    layout_.width = static_cast<double>(top.right) - static_cast<double>(top.left);
    layout_.rows = top.lastRow + 1;
    return true;
  }

  const LayoutInput& input_;
  const std::atomic<bool>* cancelled_;
  TreeLayout layout_;
  std::vector<Work> work_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> siblings_;  ///< children joined so far
};

}  // namespace

std::optional<TreeLayout> layOut(const LayoutInput& input, const std::atomic<bool>* cancelled) {
  return TidyTree(input, cancelled).run();
}

}  // namespace espalier::ui
