// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Frame times of the tree view with synthetic searches of 10^4, 10^5 and 10^6 nodes, raster engine, 1600x900,
// no display.
#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

#include "models/search_tree.h"
#include "support/random.h"
#include "widgets/tree_view.h"

namespace {

using namespace espalier;
using namespace espalier::ui;

constexpr QSize kSize(1600, 900);
constexpr int kFrames = 60;

void grow(SearchTree& tree, NodeId nodes, Random& random) {
  while (tree.size() < nodes) {
    NodeAdded added;
    added.node = static_cast<NodeId>(tree.size());
    if (added.node > 0) {
      // Two children at most, the younger half preferred: deep and wide as a search is.
      do {
        const auto size = static_cast<std::int64_t>(tree.size());
        added.parent = static_cast<NodeId>(
            random.below(2) == 0
                ? random.below(static_cast<std::uint64_t>(size))
                : static_cast<std::uint64_t>(size - 1) -
                      random.below(static_cast<std::uint64_t>(std::min<std::int64_t>(size, 64))));
      } while (tree.node(added.parent).children >= 2);
    }
    tree.apply({tree.size() + 1, 0, added});
    if (added.node % 3 != 0) continue;
    SampleMeasured measured;
    measured.sample = static_cast<int>(added.node) + 1;
    measured.node = added.node;
    measured.measurement.valid = true;
    measured.measurement.seconds = 1e-3 * (1 + static_cast<double>(random.below(1000)) / 100);
    tree.apply({tree.size() + 1, 0, measured});
  }
}

void report(const char* what, std::vector<double> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  const double median = milliseconds[milliseconds.size() / 2];
  std::printf("  %-6s median %7.2f ms (%5.0f fps)   worst %7.2f ms\n", what, median, 1000 / median,
              milliseconds.back());
}

std::vector<double> frames(TreeView& view, const std::function<void(int)>& move) {
  QImage image(kSize, QImage::Format_ARGB32_Premultiplied);
  std::vector<double> times;
  for (int frame = 0; frame < kFrames; ++frame) {
    QElapsedTimer timer;
    timer.start();
    move(frame);
    QPainter painter(&image);
    view.paintTo(painter, kSize, false);
    painter.end();
    times.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
  }
  return times;
}

void measure(NodeId nodes) {
  Random random(nodes);
  SearchTree tree;
  BaselineMeasured baseline;
  baseline.measurement.seconds = 2e-2;
  tree.apply({1, 0, baseline});
  grow(tree, nodes, random);
  TreeView view;
  view.resize(kSize);
  view.show();  // offscreen; only a shown view has its size
  QApplication::processEvents();
  view.setTree(&tree);
  QElapsedTimer timer;
  timer.start();
  view.layOutNow();
  std::printf("%u nodes, laid out in %.0f ms\n", nodes, static_cast<double>(timer.nsecsElapsed()) * 1e-6);
  std::printf("  %.0f x %.0f pixels\n", view.viewportState().width, view.viewportState().height);
  report("fit", frames(view, [&](int) { view.fit(); }));
  const QPointF middle(kSize.width() / 2.0, kSize.height() / 3.0);
  report("zoom", frames(view, [&](int frame) { view.zoom(frame < kFrames / 2 ? 1.4 : 1 / 1.4, middle); }));
  // Until siblings stand ten pixels apart, in the thick of the tree, so that the picture is full.
  view.select(nodes / 2);
  view.centreOn(view.selected());
  while (view.viewportState().columnWidth < 10)
    view.zoom(1.4, QPointF(view.viewportState().width / 2, view.viewportState().height / 2));
  report("pan", frames(view, [&](int) {
           view.scrollTo(view.viewportState().left + 20 / view.viewportState().columnWidth,
                         view.viewportState().top);
         }));
  view.fit();
  // A thousand nodes a second at sixty frames a second.
  report("growth", frames(view, [&](int) { grow(tree, static_cast<NodeId>(tree.size()) + 17, random); }));
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  for (const NodeId nodes : {10000U, 100000U, 1000000U}) measure(nodes);
  return 0;
}
