// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a person does with a session beside steering it: notes, pictures, charts, sheets, folding, comparing.
#include <gtest/gtest.h>

#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSlider>
#include <QTest>
#include <QXmlStreamReader>
#include <set>
#include <string>

#include "models/core_words.h"
#include "models/icicle.h"
#include "models/line_blame.h"
#include "models/run_parameters.h"
#include "models/ts_translator.h"
#include "models/work_timeline.h"
#include "scripted_run.h"
#include "session/annotations.h"
#include "widgets/budget_meter.h"
#include "widgets/charts_panel.h"
#include "widgets/code_view.h"
#include "widgets/export_sheet.h"
#include "widgets/keys_sheet.h"
#include "widgets/note_sheet.h"
#include "widgets/palette.h"
#include "widgets/panel.h"
#include "widgets/plain_style.h"
#include "widgets/program_panel.h"
#include "widgets/proposer_sheet.h"
#include "widgets/reasoning_panel.h"
#include "widgets/timeline_view.h"

namespace espalier::ui {
namespace {

class FeaturesTest : public WindowTest {
 protected:
  void open(NodeId nodes = 6) {
    window_.openSession(sessionFile(nodes));
    ASSERT_TRUE(
        QTest::qWaitFor([this, nodes] { return window_.tree().treeLayout().places.size() == nodes; }));
    window_.tree().setFocus();
  }
  void trigger(const char* id) {
    auto* action = window_.findChild<QAction*>(QString::fromUtf8(id));
    ASSERT_NE(action, nullptr) << id;
    ASSERT_TRUE(action->isEnabled()) << id;
    action->trigger();
  }
  /// The widget with the keyboard, for events that go where a person's would.
  static QWidget* focused() { return QApplication::focusWidget(); }
};

TEST_F(FeaturesTest, BookmarksAndNotesStayInTheFile) {
  open();
  window_.select(2);
  key(Qt::Key_B, Qt::ShiftModifier);
  EXPECT_TRUE(window_.history().tree().node(2).has(kBookmarked));
  window_.select(4);
  key(Qt::Key_W);
  auto* sheet = window_.findChild<NoteSheet*>();
  ASSERT_TRUE(sheet->isVisible());
  QTest::keyClicks(focused(), QStringLiteral("too many tails"));
  QTest::keyClick(focused(), Qt::Key_Return, Qt::ControlModifier);
  EXPECT_FALSE(sheet->isVisible());
  const std::string path = folder_.filePath(QStringLiteral("chain.espalier")).toStdString();
  ASSERT_TRUE(QTest::qWaitFor([&] { return readAnnotations(path).value().size() == 2; }));
  const Annotations kept = readAnnotations(path).value();
  EXPECT_TRUE(kept.at(2).bookmarked);
  EXPECT_EQ(kept.at(4).note, "too many tails");

  window_.tree().setFocus();
  window_.select(0);
  key(Qt::Key_B);
  EXPECT_EQ(window_.tree().selected(), 2U);
  MainWindow again(services_);
  again.openSession(QString::fromStdString(path));
  EXPECT_TRUE(again.history().tree().node(2).has(kBookmarked));
  auto* slider = again.findChild<QSlider*>();
  slider->setValue(slider->maximum() - 1);
  EXPECT_TRUE(again.history().tree().node(2).has(kBookmarked));
}

TEST_F(FeaturesTest, KeysOfTheTree) {
  open();
  window_.select(3);
  key(Qt::Key_N);
  EXPECT_EQ(window_.tree().selected(), 2U);  // the next slower one
  key(Qt::Key_N, Qt::ShiftModifier);
  EXPECT_EQ(window_.tree().selected(), 3U);
  key(Qt::Key_L);
  EXPECT_FALSE(window_.tree().showsLabels());
  key(Qt::Key_F);
  EXPECT_EQ(window_.tree().hidden(), static_cast<unsigned>(kHideFailed));
  key(Qt::Key_U);
  EXPECT_EQ(window_.tree().hidden(), static_cast<unsigned>(kHideNothing));
  key(Qt::Key_F6);
  EXPECT_EQ(window_.tree().colourMetric(), Metric::Visits);
  key(Qt::Key_F5);
  EXPECT_EQ(window_.tree().colourMetric(), Metric::Speedup);
}

TEST_F(FeaturesTest, HidesSubtreesOfFewVisits) {
  // A root with two children that were visited 9 and 3 times, and a bookmark below the rarer one.
  std::vector<Event> events;
  const auto add = [&](EventBody body) { events.push_back(event(events.size() + 1, std::move(body))); };
  RunStarted run;
  run.problem.name = "bush";
  add(run);
  const auto node = [&](NodeId number, NodeId parent, int visits) {
    NodeAdded added;
    added.node = number;
    added.parent = parent;
    added.state.hash = number + 1;
    add(added);
    for (int i = 0; i < visits; ++i) add(Backpropagated{number, "prediction", 0.5, 0.5});
  };
  node(0, kNoNode, 0);
  node(1, 0, 9);
  node(2, 0, 1);
  node(3, 2, 1);
  node(4, 2, 1);
  add(RunFinished{"samples", "done"});
  const QString path = folder_.filePath(QStringLiteral("bush.espalier"));
  auto store = SessionStore::create(path.toStdString());
  ASSERT_TRUE(store && (*store)->append(events) && (*store)->close());
  window_.openSession(path);
  const auto shown = [this](std::size_t nodes) {
    return QTest::qWaitFor([this, nodes] { return window_.tree().laidOut() == nodes; });
  };
  ASSERT_TRUE(shown(5));
  window_.tree().setFocus();
  window_.select(1);
  key(Qt::Key_Greater);
  EXPECT_EQ(window_.tree().leastVisits(), 2U);
  EXPECT_TRUE(shown(3));
  key(Qt::Key_Greater);
  EXPECT_TRUE(shown(2));
  window_.select(3);  // found elsewhere, as in the table: the way to it is shown
  EXPECT_TRUE(shown(4));
  key(Qt::Key_B, Qt::ShiftModifier);
  window_.select(1);
  trigger("least-visits-8");
  EXPECT_EQ(window_.tree().leastVisits(), 8U);
  EXPECT_TRUE(shown(4));  // the bookmark stays in sight
  key(Qt::Key_Less);
  EXPECT_EQ(window_.tree().leastVisits(), 4U);
  key(Qt::Key_U);
  EXPECT_EQ(window_.tree().leastVisits(), 0U);
  EXPECT_TRUE(shown(5));
}

TEST_F(FeaturesTest, SaysWhenAResultIsTooGoodToBeTrue) {
  auto* warning = window_.findChild<QLabel*>(QStringLiteral("suspicion"));
  ASSERT_NE(warning, nullptr);
  for (const double roofline : {0.5, 0.8}) {  // the best of six nodes takes 0.9^5 = 0.59 s
    std::vector<Event> events = chain(6, true);
    std::get<RunStarted>(events.front().body).problem.rooflineSeconds = roofline;
    const QString path = folder_.filePath(QStringLiteral("roof-%1.espalier").arg(roofline));
    auto store = SessionStore::create(path.toStdString());
    ASSERT_TRUE(store && (*store)->append(events) && (*store)->close());
    window_.openSession(path);
    EXPECT_EQ(warning->isVisible(), roofline > 0.6);
    auto* dock = window_.findChild<QDockWidget*>(QStringLiteral("measurements"));
    dock->raise();
    EXPECT_TRUE(QTest::qWaitFor([&] {
      return dock->findChild<RichText*>()->toPlainText().contains(QStringLiteral("measuring error")) ==
             (roofline > 0.6);
    }));
  }
}

TEST_F(FeaturesTest, ThePaletteShowsKeysBesideCommands) {
  open();
  trigger("palette");
  QTest::keyClicks(focused(), QStringLiteral("whole tree"));
  auto* list = window_.findChild<CommandPalette*>()->findChild<QListWidget*>();
  ASSERT_GT(list->count(), 0);
  EXPECT_EQ(list->item(0)->text(), QStringLiteral("Show the whole tree"));
  const QRect row = list->visualItemRect(list->item(0));
  const QImage picture = list->viewport()->grab(row).toImage();
  // Ink at the right edge of the row, where nothing of the command stands.
  const QColor ground = picture.pixelColor(picture.width() / 2, 2);
  bool inked = false;
  for (int x = picture.width() * 4 / 5; x < picture.width() - 6; ++x)
    for (int y = 2; y < picture.height() - 2; ++y) inked = inked || picture.pixelColor(x, y) != ground;
  EXPECT_TRUE(inked);
  QTest::keyClick(focused(), Qt::Key_Escape);
}

TEST_F(FeaturesTest, VComparesWithTheNodeClickedNext) {
  open();
  window_.select(5);
  key(Qt::Key_V);
  EXPECT_TRUE(window_.tree().comparing());
  const auto& view = window_.tree().viewportState();
  const auto& place = window_.tree().treeLayout().places[1];
  QTest::mouseClick(window_.tree().viewport(), Qt::LeftButton, {},
                    QPointF(view.x(place.column), view.y(place.row)).toPoint());
  EXPECT_EQ(window_.tree().second(), 1U);
  EXPECT_EQ(window_.tree().selected(), 5U);
  EXPECT_FALSE(window_.tree().comparing());
  key(Qt::Key_V);
  key(Qt::Key_Escape);
  EXPECT_FALSE(window_.tree().comparing());
}

TEST_F(FeaturesTest, BracketsWalkInTime) {
  open();
  key(Qt::Key_BracketLeft);
  EXPECT_FALSE(window_.history().atEnd());
  for (int i = 0; i < 30; ++i) key(Qt::Key_BracketRight);
  EXPECT_TRUE(window_.history().atEnd());
}

TEST_F(FeaturesTest, ExportsTheBestThroughTheSheet) {
  open();
  trigger("export-best");
  auto* sheet = window_.findChild<ExportSheet*>();
  ASSERT_TRUE(sheet->isVisible());
  auto* path = sheet->findChild<QLineEdit*>();
  path->setText(QStringLiteral("/nowhere/at/all.o"));
  QTest::keyClick(path, Qt::Key_Return);
  EXPECT_TRUE(sheet->isVisible());  // it says why
  const QString wanted = folder_.filePath(QStringLiteral("best.c"));
  sheet->findChild<QComboBox*>()->setCurrentIndex(1);
  path->setText(wanted);
  QTest::keyClick(path, Qt::Key_Return);
  EXPECT_FALSE(sheet->isVisible());
  ASSERT_TRUE(QTest::qWaitFor([&] { return QFile::exists(wanted); }));
  auto* bar = window_.findChild<MessageBar*>();
  ASSERT_TRUE(QTest::qWaitFor([bar, &wanted] { return bar->text().contains(wanted); }));
  QFile file(wanted);
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_EQ(file.readAll(), QByteArray("c of node 5"));
}

TEST_F(FeaturesTest, WritesPicturesOfTheTreeThroughTheSheet) {
  open();
  trigger("export-tree");
  auto* sheet = window_.findChild<PictureSheet*>();
  const QString wanted = folder_.filePath(QStringLiteral("tree.svg"));
  sheet->findChild<QLineEdit*>()->setText(wanted);
  QTest::keyClick(sheet->findChild<QLineEdit*>(), Qt::Key_Return);
  EXPECT_FALSE(sheet->isVisible());
  EXPECT_GT(QFile(wanted).size(), 500);
}

TEST_F(FeaturesTest, EverySheetOpensInBothThemesAndClosesByEscape) {
  open();
  for (const ThemeChoice theme : {ThemeChoice::Light, ThemeChoice::Dark}) {
    window_.setTheme(theme);
    for (const char* id : {"keys", "export-node", "export-best", "export-tree", "resume-with", "note"}) {
      trigger(id);
      Sheet* sheet = nullptr;
      for (Sheet* each : window_.findChildren<Sheet*>())
        if (each->isVisible()) sheet = each;
      ASSERT_NE(sheet, nullptr) << id;
      EXPECT_FALSE(window_.grab().toImage().isNull());
      for (int step = 0; step < 12; ++step) {
        QTest::keyClick(focused(), Qt::Key_Tab);
        EXPECT_TRUE(sheet->isAncestorOf(focused())) << id;  // the keyboard stays in the sheet
      }
      QTest::keyClick(sheet, Qt::Key_Escape);
      EXPECT_FALSE(sheet->isVisible()) << id;
    }
  }
}

TEST_F(FeaturesTest, EveryChartIsShownAndWritten) {
  open();
  auto* charts = window_.findChild<ChartsPanel*>();
  ASSERT_NE(charts, nullptr);
  for (int kind = 0; kind < charts->kinds().size(); ++kind) {
    trigger(("chart-" + std::to_string(kind)).c_str());
    for (const char* suffix : {"png", "svg", "csv"}) {
      const QString path =
          folder_.filePath(QStringLiteral("chart-%1.%2").arg(kind).arg(QString::fromUtf8(suffix)));
      const auto written = charts->exportTo(path);
      EXPECT_TRUE(written) << (written ? "" : written.error().text());
      EXPECT_GT(QFile(path).size(), 20) << path.toStdString();
    }
    QTest::qWait(1);
  }
  QFile samples(folder_.filePath(QStringLiteral("chart-0.csv")));
  ASSERT_TRUE(samples.open(QIODevice::ReadOnly));
  EXPECT_TRUE(samples.readAll().contains("unscheduled, -O3"));
  EXPECT_FALSE(charts->exportTo(folder_.filePath(QStringLiteral("chart.gif"))));
  EXPECT_FALSE(charts->exportTo(QStringLiteral("/nowhere/chart.csv")));
}

TEST_F(FeaturesTest, AChartZoomsAndSelects) {
  open();
  trigger("chart-0");
  auto* charts = window_.findChild<ChartsPanel*>();
  auto* chart = charts->findChild<Chart*>();
  EXPECT_FALSE(chart->isZoomed());
  auto* view = chart->findChild<QAbstractScrollArea*>();
  const QPointF middle = QRectF(view->viewport()->rect()).center();
  ASSERT_TRUE(QTest::qWaitFor([&] {
    QWheelEvent wheel(middle, view->viewport()->mapToGlobal(middle), {}, QPoint(0, 120), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(view->viewport(), &wheel);
    return chart->isZoomed();
  }));
  QTest::mouseDClick(view->viewport(), Qt::LeftButton);
  EXPECT_FALSE(chart->isZoomed());
}

TEST_F(FeaturesTest, AClickedStepLeadsToItsLines) {
  open();
  window_.select(3);
  auto* program = window_.findChild<ProgramPanel*>();
  auto* reasoning = window_.findChild<ReasoningPanel*>();
  auto* code = program->findChild<CodeView*>();
  ASSERT_TRUE(
      QTest::qWaitFor([code] { return code->toPlainText() == QStringLiteral("program of 3 steps"); }));
  ASSERT_TRUE(QTest::qWaitFor([reasoning] {
    return reasoning->findChild<QTextBrowser*>()->toPlainText().contains(QStringLiteral("lines: 1"));
  }));
  Q_EMIT reasoning->stepWanted(1);
  EXPECT_TRUE(QTest::qWaitFor([code] { return !code->extraSelections().isEmpty(); }));
}

TEST_F(FeaturesTest, TheMeterIsInView) {
  open();
  auto* meter = window_.findChild<BudgetMeter*>();
  ASSERT_NE(meter, nullptr);
  EXPECT_TRUE(meter->isVisible());
  ASSERT_EQ(meter->gauges().size(), 2U);
  EXPECT_TRUE(meter->gauges().front().words.contains(QStringLiteral("5")));
}

TEST_F(FeaturesTest, OpensWhatIsDroppedOnIt) {
  const QString path = sessionFile(4);
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(path)});
  QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&window_, &enter);
  EXPECT_TRUE(enter.isAccepted());
  QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&window_, &drop);
  EXPECT_TRUE(QTest::qWaitFor([this] { return window_.history().tree().size() == 4; }));
}

TEST_F(FeaturesTest, ADemoPlaysFromItsBeginning) {
  window_.playDemo(sessionFile(6));
  EXPECT_FALSE(window_.history().atEnd());
  window_.findChild<QSlider*>()->setValue(10000);
  EXPECT_TRUE(window_.history().atEnd());
}

TEST_F(FeaturesTest, AWorkloadOrAFileIsChosenOnTheStartPage) {
  auto* workload = window_.findChild<StartPage*>()->findChild<QComboBox*>();
  window_.open(QStringLiteral("kernels/mine.tc"));
  EXPECT_EQ(workload->currentText(), QStringLiteral("kernels/mine.tc"));
  window_.open(QStringLiteral("chain"));
  EXPECT_EQ(workload->currentText(), QStringLiteral("chain"));
}

TEST_F(FeaturesTest, SpeaksGerman) {
  TsTranslator german;
  ASSERT_TRUE(german.loadFor({QStringLiteral("fr-FR"), QStringLiteral("de-DE"), QStringLiteral("en")},
                             QStringLiteral(ESPALIER_SOURCE_DIR "/resources/translations")));
  ASSERT_FALSE(TsTranslator().loadFor({QStringLiteral("en-GB"), QStringLiteral("de-DE")},
                                      QStringLiteral(ESPALIER_SOURCE_DIR "/resources/translations")));
  QApplication::installTranslator(&german);
  {
    MainWindow window(services_);
    EXPECT_EQ(window.tree().accessibleName(), QStringLiteral("Suchbaum"));
    EXPECT_EQ(window.findChild<QAction*>(QStringLiteral("open"))->text(),
              QStringLiteral("Sitzung &öffnen …"));
  }
  QApplication::removeTranslator(&german);
}

/// Notes which texts of ours are asked for in a context that has no translation of them.
class Listener : public TsTranslator {
 public:
  QString translate(const char* context, const char* source, const char* comment, int n) const override {
    const QString found = TsTranslator::translate(context, source, comment, n);
    const std::string where = context;
    const bool ofQt = where.starts_with('Q') && where != "QWidget" && where != "QObject";
    if (found.isEmpty() && !ofQt) missed.insert(where + ": " + source);
    return found;
  }
  mutable std::set<std::string> missed;
};

TEST_F(FeaturesTest, MissesNoTranslation) {
  Listener german;
  ASSERT_TRUE(
      german.loadFor({QStringLiteral("de")}, QStringLiteral(ESPALIER_SOURCE_DIR "/resources/translations")));
  QApplication::installTranslator(&german);
  {
    MainWindow window(services_);
    window.resize(1400, 900);
    window.show();
    window.openSession(sessionFile(6));
    window.select(3);
    for (QDockWidget* dock : window.findChildren<QDockWidget*>()) {
      dock->show();
      dock->raise();
      QTest::qWait(1);
      EXPECT_FALSE(dock->grab().isNull());
    }
    EXPECT_FALSE(window.grab().isNull());
  }
  QApplication::removeTranslator(&german);
  EXPECT_EQ(german.missed, std::set<std::string>());
}

/// Every text has a translation with the same places for values.
TEST(TranslationTest, IsComplete) {
  QFile file(QStringLiteral(ESPALIER_SOURCE_DIR "/resources/translations/espalier_de.ts"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  QXmlStreamReader xml(&file);
  const auto places = [](const QString& text) {
    static const QRegularExpression place(QStringLiteral("%\\d"));
    QStringList found;
    for (auto match = place.globalMatch(text); match.hasNext();) found << match.next().captured();
    found.sort();
    return found;
  };
  QString source;
  int texts = 0;
  while (!xml.atEnd()) {
    if (xml.readNext() != QXmlStreamReader::StartElement) continue;
    if (xml.name() == QStringLiteral("source")) source = xml.readElementText();
    if (xml.name() != QStringLiteral("translation")) continue;
    EXPECT_FALSE(xml.attributes().hasAttribute(QStringLiteral("type"))) << source.toStdString();
    const QString translation = xml.readElementText();
    EXPECT_FALSE(translation.isEmpty()) << source.toStdString();
    EXPECT_EQ(places(translation), places(source)) << source.toStdString();
    ++texts;
  }
  EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
  EXPECT_GT(texts, 400);
}

/// All codes that the core uses have words; others, like the name of a model, stay.
TEST(CoreWords, NoCodeOfTheCoreIsShownRaw) {
  for (const char* strategy : {"mcts", "evolutionary", "random"})
    EXPECT_NE(strategyWords(strategy), QString::fromUtf8(strategy));
  for (const char* source : {"rules", "random", "user", "exec", "recorded", "transfer"})
    EXPECT_NE(proposerWords(source), QString::fromUtf8(source));
  for (const char* failure : {"crash", "timeout", "memory", "wrong-output", "build", "load", "worker"})
    EXPECT_NE(failureWords(failure), QString::fromUtf8(failure));
  for (const char* cause : {"duplicate", "dead-end"})
    EXPECT_NE(rejectionWords(cause), QString::fromUtf8(cause));
  for (const char* reason : {"samples", "time", "stopped", "space-exhausted"})
    EXPECT_NE(endWords({reason, "words"}), QString::fromUtf8(reason));
  EXPECT_EQ(endWords({"error", "The disk is full."}), QStringLiteral("The disk is full."));
  EXPECT_EQ(proposerWords("gpt-5"), QStringLiteral("gpt-5"));
}

/// In a small window the tree keeps its share, and nothing lies over anything else.
TEST_F(FeaturesTest, ASmallWindowIsStillOne) {
  window_.openSession(sessionFile(6));
  window_.resize(1500, 900);
  window_.show();
  QTest::qWait(1);
  window_.resize(800, 500);
  const auto settled = [&] {
    return window_.tree().height() >= 500 * 3 / 10 && window_.tree().width() >= 800 * 2 / 5;
  };
  EXPECT_TRUE(QTest::qWaitFor(settled)) << window_.tree().width() << " x " << window_.tree().height();
  const auto docks = window_.findChildren<QDockWidget*>();
  for (const QDockWidget* one : docks) {
    if (one->visibleRegion().isEmpty()) continue;
    EXPECT_TRUE(window_.rect().contains(one->geometry())) << one->objectName().toStdString();
    EXPECT_FALSE(one->geometry().intersects(window_.centralWidget()->geometry()))
        << one->objectName().toStdString();
    for (const QDockWidget* other : docks)
      EXPECT_TRUE(other == one || other->visibleRegion().isEmpty() ||
                  !other->geometry().intersects(one->geometry()))
          << one->objectName().toStdString() << " and " << other->objectName().toStdString();
  }
}

TEST(CodeViewTest, FoldsBlocks) {
  CodeView view;
  view.showText(QStringLiteral("def f():\n  for i:\n    a\n    b\n  for j:\n    c"), TextLevel::LoopNest);
  const auto visible = [&view](int line) { return view.document()->findBlockByNumber(line).isVisible(); };
  view.toggleFold(1);
  EXPECT_TRUE(view.isFolded(1));
  EXPECT_FALSE(visible(2));
  EXPECT_FALSE(visible(3));
  EXPECT_TRUE(visible(4));
  view.toggleFold(0);
  EXPECT_FALSE(visible(4));
  view.toggleFold(0);
  EXPECT_FALSE(visible(2));  // still folded itself
  EXPECT_TRUE(visible(4));
  view.toggleFold(5);
  EXPECT_FALSE(view.isFolded(5));  // begins no block
}

TEST(LineBlameTest, NamesTheStepThatChangedALineLast) {
  const std::vector<std::string> versions{"a\nb\nc", "a\nB\nc", "a\nB\nx\nc", "a\nB\nx\nC"};
  EXPECT_EQ(blameLines(versions), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(blameLines(std::vector<std::string>{"one\ntwo"}), (std::vector<int>{0, 0}));
  EXPECT_TRUE(blameLines({}).empty());
}

TEST(LineBlameTest, FoldRangesFollowIndentation) {
  EXPECT_EQ(foldRanges("a\n b\n  c\n\n b\nd"), (std::vector<int>{4, 2, 2, 3, 4, 5}));
  EXPECT_EQ(foldRanges(""), (std::vector<int>{0}));
}

TEST(IcicleTest, WidthsAreShares) {
  History history;
  history.append(chain(5, true));
  const Icicle icicle = icicleOf(history.tree(), kRootNode, Effort::Samples, 1e-6);
  ASSERT_EQ(icicle.bars.size(), 5U);
  EXPECT_EQ(icicle.rows, 5U);
  EXPECT_DOUBLE_EQ(icicle.bars[0].to - icicle.bars[0].from, 1);
  EXPECT_DOUBLE_EQ(icicle.bars[4].to - icicle.bars[4].from, 0.25);
  for (const Icicle::Bar& bar : icicle.bars) {
    EXPECT_GE(bar.from, 0);
    EXPECT_LE(bar.to, 1 + 1e-12);
  }
  EXPECT_TRUE(icicleOf(history.tree(), 99, Effort::Nodes, 0.1).bars.empty());
}

/// A digest of proposals, and of one candidate that was built and then waited for the hardware.
SessionDigest workDigest() {
  SessionDigest digest;
  const auto proposal = [&](std::int64_t from, std::int64_t to) {
    ProposalArrived arrived;
    arrived.node = static_cast<NodeId>(digest.size());
    arrived.askedMilliseconds = 1700000000000 + from;
    arrived.answeredMilliseconds = 1700000000000 + to;
    digest.append(event(digest.last() + 1, arrived));
  };
  proposal(-90, -50);
  proposal(-80, -60);
  proposal(-50, -40);
  BuildFinished built;
  built.node = 7;
  built.sample = 3;
  built.seconds = 0.01;
  built.buildBeganMilliseconds = 1700000000000 - 60;
  built.measureBeganMilliseconds = 1700000000000 - 30;
  built.measureEndedMilliseconds = 1700000000000 - 10;
  digest.append(event(digest.last() + 1, built));
  SampleMeasured measured;
  measured.node = 7;
  measured.sample = 3;
  digest.append(event(digest.last() + 1, measured));
  return digest;
}

TEST(WorkTimelineTest, PutsOverlappingSpansIntoLanes) {
  const SessionDigest digest = workDigest();
  WorkTimeline timeline;
  timeline.take(digest, 2);
  EXPECT_EQ(timeline.taken(), 2U);
  timeline.take(digest, digest.size());
  ASSERT_EQ(timeline.spans().size(), 5U);
  EXPECT_EQ(timeline.spans()[0].lane, 0U);
  EXPECT_EQ(timeline.spans()[1].lane, 1U);
  EXPECT_EQ(timeline.spans()[2].lane, 0U);
  EXPECT_EQ(timeline.lanes(WorkSpan::Kind::Propose), 2U);
  EXPECT_EQ(timeline.lane(WorkSpan::Kind::Propose, 0).size(), 2U);
  EXPECT_TRUE(timeline.lane(WorkSpan::Kind::Propose, 2).empty());
  EXPECT_EQ(timeline.spansUntil(2), 2U);
  EXPECT_EQ(timeline.spansUntil(4), 5U);
  const WorkSpan& build = timeline.spans()[3];
  EXPECT_EQ(build.ended - build.began, 10);  // and not until the hardware was free
  EXPECT_EQ(build.sample, 3);
  EXPECT_EQ(timeline.spans()[4].ended - timeline.spans()[4].began, 20);
  EXPECT_EQ(timeline.spans()[4].sample, 3);
}

TEST(TimelineViewTest, AClickSelectsTheNodeOfASpan) {
  const SessionDigest digest = workDigest();
  WorkTimeline timeline;
  timeline.take(digest, digest.size());
  TimelineView view(timeline);
  view.resize(900, 240);
  view.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
  NodeId wanted = kNoNode;
  QObject::connect(&view, &TimelineView::nodeWanted, &view, [&](NodeId node) { wanted = node; });
  view.showUntil(4);
  view.mark(7);
  const QImage whole = view.grab().toImage();
  // The measurement is the last thing that happened: its lane is the lowest, its span at the right.
  for (int y = 10; y < view.height() && wanted != 7; y += 6)
    QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(view.width() - 60, y));
  EXPECT_EQ(wanted, 7U);
  view.showUntil(3);
  EXPECT_NE(view.grab().toImage(), whole);
  wanted = kNoNode;
  for (int y = 10; y < view.height(); y += 6)
    QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(view.width() - 60, y));
  EXPECT_NE(wanted, 7U);
}

TEST(ChartTest, CsvIsQuotedAndComplete) {
  ChartContent content;
  content.horizontal = QStringLiteral("samples");
  content.vertical = QStringLiteral("a \"speedup\"");
  ChartSeries series;
  series.name = QStringLiteral("best, so far");
  series.points = {{1, 2.5}, {2, 3}};
  series.nodes = {4};
  content.series.push_back(series);
  EXPECT_EQ(asCsv(content), QStringLiteral("\"series\",\"samples\",\"a \"\"speedup\"\"\",\"node\"\r\n"
                                           "\"best, so far\",1,2.5,4\r\n\"best, so far\",2,3,\r\n"));
}

TEST(RunParametersTest, PreferWhatACommandSet) {
  RunFold fold;
  RunStarted run;
  run.options = R"({"samples": 64, "timeLimitSeconds": 0.0, "historyDepth": 2})";
  fold.apply(run);
  EXPECT_EQ(parameterText(fold, "samples"), QStringLiteral("64"));
  EXPECT_EQ(parameterText(fold, "history-depth"), QStringLiteral("2"));
  EXPECT_EQ(limitOf(fold, "time-limit"), std::nullopt);
  EXPECT_EQ(limitOf(fold, "max-cost"), std::nullopt);
  CommandReceived received;
  received.command = SetParameterCommand{"samples", "128"};
  fold.apply(received);
  EXPECT_EQ(limitOf(fold, "samples"), 128);
}

}  // namespace
}  // namespace espalier::ui
