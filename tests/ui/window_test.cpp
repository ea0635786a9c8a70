// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window offscreen, with real key and mouse events. Any unexpected message of Qt fails the test.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "models/node_models.h"
#include "scripted_run.h"
#include "session/session_store.h"
#include "widgets/main_window.h"
#include "widgets/palette.h"
#include "widgets/plain_style.h"
#include "widgets/render.h"

namespace espalier::ui {
namespace {

TEST_F(WindowTest, OpensASessionAndWalksIt) {
  window_.openSession(sessionFile(5));
  EXPECT_EQ(window_.history().tree().size(), 5U);
  EXPECT_EQ(window_.tree().selected(), 4U);
  window_.tree().setFocus();
  ASSERT_TRUE(QTest::qWaitFor([this] { return window_.tree().treeLayout().places.size() == 5; }));
  key(Qt::Key_Up);
  EXPECT_EQ(window_.tree().selected(), 3U);
  key(Qt::Key_R);
  EXPECT_EQ(window_.tree().selected(), 0U);
  key(Qt::Key_Down);
  EXPECT_EQ(window_.tree().selected(), 1U);
}

TEST_F(WindowTest, AClickSelectsANode) {
  window_.openSession(sessionFile(5));
  ASSERT_TRUE(QTest::qWaitFor([this] { return window_.tree().treeLayout().places.size() == 5; }));
  const auto& view = window_.tree().viewportState();
  const auto& place = window_.tree().treeLayout().places[2];
  QTest::mouseClick(window_.tree().viewport(), Qt::LeftButton, {},
                    QPointF(view.x(place.column), view.y(place.row)).toPoint());
  EXPECT_EQ(window_.tree().selected(), 2U);
}

TEST_F(WindowTest, ReportsAFileThatIsNoSession) {
  const QString path = folder_.filePath(QStringLiteral("nothing.espalier"));
  window_.openSession(path);
  EXPECT_EQ(window_.history().size(), 0U);
  auto* bar = window_.findChild<MessageBar*>();
  ASSERT_NE(bar, nullptr);
  EXPECT_TRUE(bar->isVisible());
  EXPECT_FALSE(bar->text().isEmpty());
}

TEST_F(WindowTest, SteersARunByKeysAndTakesItBack) {
  begin();
  window_.select(2);
  key(Qt::Key_Space);
  EXPECT_TRUE(lastCommandIs("pause"));
  EXPECT_TRUE(QTest::qWaitFor([this] { return window_.history().fold().state() == RunState::Paused; }));
  key(Qt::Key_Delete);
  EXPECT_TRUE(QTest::qWaitFor([this] { return window_.history().tree().node(2).has(kPruned); }));
  QTest::keyClick(&window_, Qt::Key_Z, Qt::ControlModifier);
  EXPECT_TRUE(QTest::qWaitFor([this] { return !window_.history().tree().node(2).has(kPruned); }));
  key(Qt::Key_Return);
  EXPECT_TRUE(lastCommandIs("expand"));
  key(Qt::Key_Period);
  EXPECT_TRUE(lastCommandIs("step"));
  key(Qt::Key_Space);
  EXPECT_TRUE(lastCommandIs("resume"));
}

TEST_F(WindowTest, ShowsThePast) {
  window_.openSession(sessionFile(5));
  auto* slider = window_.findChild<QSlider*>();
  ASSERT_NE(slider, nullptr);
  slider->setValue(6);
  EXPECT_FALSE(window_.history().atEnd());
  EXPECT_LT(window_.history().tree().size(), 5U);
  slider->setValue(slider->maximum());
  window_.select(4);
  slider->setValue(slider->maximum() / 2);
  ASSERT_LT(window_.history().tree().size(), 5U);
  ASSERT_NE(window_.history().tree().best(), kNoNode);
  QCoreApplication::processEvents();
  EXPECT_EQ(window_.tree().selected(), window_.history().tree().best()) << "node 4 is not there yet";
  slider->setValue(0);
  EXPECT_EQ(window_.history().tree().size(), 0U);
  slider->setValue(slider->maximum());
  EXPECT_EQ(window_.history().tree().size(), 5U);
  QCoreApplication::processEvents();
  EXPECT_EQ(window_.tree().selected(), window_.history().tree().best());
}

TEST_F(WindowTest, EveryPanelAndBothThemesCanBeShown) {
  window_.openSession(sessionFile(5));
  for (const ThemeChoice theme : {ThemeChoice::Light, ThemeChoice::Dark}) {
    window_.setTheme(theme);
    for (QDockWidget* dock : window_.findChildren<QDockWidget*>()) {
      dock->show();
      dock->raise();
      QTest::qWait(1);
      EXPECT_FALSE(dock->grab().toImage().isNull());
    }
  }
}

TEST_F(WindowTest, ClosingStopsTheRun) {
  begin();
  EXPECT_TRUE(window_.engine().active());
  window_.close();
}

TEST_F(WindowTest, SaysWhyARunCannotGoOn) {
  window_.openSession(sessionFile(3));
  auto* action = window_.findChild<QAction*>(QStringLiteral("resume-run"));
  ASSERT_NE(action, nullptr);
  action->trigger();
  auto* bar = window_.findChild<MessageBar*>();
  EXPECT_TRUE(QTest::qWaitFor([bar] { return bar->text().contains(QStringLiteral("It cannot go on.")); }));
}

TEST_F(WindowTest, ASessionWithoutARunSaysSo) {
  const QString path = folder_.filePath(QStringLiteral("empty.espalier"));
  ASSERT_TRUE(SessionStore::create(path.toStdString()));
  window_.openSession(path);
  auto* bar = window_.findChild<MessageBar*>();
  EXPECT_TRUE(QTest::qWaitFor([bar] { return bar->text().startsWith(QStringLiteral("No search has begun")); }));
}

TEST_F(WindowTest, TheStartPageLeadsBackToTheSession) {
  begin();
  auto* back = window_.findChild<QPushButton*>(QStringLiteral("back"));
  ASSERT_NE(back, nullptr);
  window_.findChild<QAction*>(QStringLiteral("start-page"))->trigger();
  EXPECT_FALSE(window_.tree().isVisible());
  ASSERT_TRUE(back->isVisible());
  EXPECT_EQ(back->text(), QStringLiteral("&Back to new"));
  QTest::mouseClick(back, Qt::LeftButton);
  EXPECT_TRUE(window_.tree().isVisible());
  window_.findChild<QAction*>(QStringLiteral("start-page"))->trigger();
  QTest::keyClick(window_.findChild<StartPage*>(), Qt::Key_Escape);
  EXPECT_TRUE(window_.tree().isVisible());
  EXPECT_TRUE(window_.findChild<QDockWidget*>(QStringLiteral("program"))->isVisible());
  // The session that runs is opened by going back to it, another is refused.
  window_.findChild<QAction*>(QStringLiteral("start-page"))->trigger();
  window_.openSession(sessionFile(3));
  EXPECT_FALSE(window_.tree().isVisible());
  window_.openSession(folder_.filePath(QStringLiteral("new.espalier")));
  EXPECT_TRUE(window_.tree().isVisible());
  EXPECT_TRUE(window_.engine().active());
}

TEST_F(WindowTest, ARunThatCannotBeginLeadsBackToTheForm) {
  auto* workload = window_.findChild<StartPage*>()->findChild<QComboBox*>();
  workload->setEditText(QStringLiteral("impossible"));
  QTest::mouseClick(window_.findChild<QPushButton*>(QStringLiteral("start-tuning")), Qt::LeftButton);
  auto* bar = window_.findChild<MessageBar*>();
  ASSERT_TRUE(QTest::qWaitFor([bar] { return bar->text().contains(QStringLiteral("no such workload")); }));
  EXPECT_TRUE(bar->isVisible());
  EXPECT_TRUE(workload->isVisible());
  EXPECT_EQ(workload->currentText(), QStringLiteral("impossible"));
  EXPECT_FALSE(window_.findChild<QPushButton*>(QStringLiteral("back"))->isVisible());
}

TEST_F(WindowTest, TheFormSaysWhichKeyIsMissing) {
  auto* page = window_.findChild<StartPage*>();
  const auto choose = [page](const QString& text) {
    for (auto* box : page->findChildren<QComboBox*>())
      if (const int index = box->findText(text); index >= 0) box->setCurrentIndex(index);
  };
  const auto tells = [page](const QString& words) {
    const auto labels = page->findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
      return label->isVisible() && label->text().contains(words);
    });
  };
  choose(QStringLiteral("A language model"));
  choose(QStringLiteral("away"));
  EXPECT_TRUE(tells(QStringLiteral("set AWAY_KEY")));
  choose(QStringLiteral("local"));
  EXPECT_FALSE(tells(QStringLiteral("AWAY_KEY")));
  EXPECT_TRUE(tells(QStringLiteral("ESPALIER_API_KEY")));
}

TEST(Models, KeepTheRulesOfQt) {
  History history;
  NodeTable table(history);
  NodeOutline outline(history);
  const QAbstractItemModelTester first(&table, QAbstractItemModelTester::FailureReportingMode::Fatal);
  const QAbstractItemModelTester second(&outline, QAbstractItemModelTester::FailureReportingMode::Fatal);
  const auto events = chain(8, true);
  for (const Event& each : events) {
    history.append(std::span(&each, 1));
    table.update();
    outline.update();
  }
  EXPECT_EQ(table.rowCount(), 8);
  history.show(9);
  table.update();
  outline.update();
  EXPECT_LT(table.rowCount(), 8);
  table.setTest(*parseNodeQuery("speedup > 1.1"));
  outline.update();
}

TEST(Render, WritesEveryFormat) {
  const QTemporaryDir folder;
  const std::string session = folder.filePath(QStringLiteral("a.espalier")).toStdString();
  auto store = SessionStore::create(session);
  ASSERT_TRUE(store && (*store)->append(chain(20, true)) && (*store)->close());
  for (const char* name : {"t.png", "t.svg", "t.pdf"}) {
    const std::string path = folder.filePath(QString::fromUtf8(name)).toStdString();
    const auto written = renderSession(session, path, QSize(400, 300), Theme::dark());
    EXPECT_TRUE(written) << (written ? "" : written.error().text());
    EXPECT_GT(QFileInfo(QString::fromStdString(path)).size(), 500) << name;
  }
  const QImage image(folder.filePath(QStringLiteral("t.png")));
  EXPECT_EQ(image.size(), QSize(800, 600));
  const QString below = folder.filePath(QStringLiteral("below.png"));
  EXPECT_TRUE(renderSession(session, below.toStdString(), QSize(400, 300), Theme::dark(), 10));
  EXPECT_NE(QImage(below), image);
  const auto nowhere = renderSession(session, below.toStdString(), QSize(400, 300), Theme::dark(), 20);
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().text().find("0 to 19"), std::string::npos);
  EXPECT_FALSE(renderSession(session, folder.filePath(QStringLiteral("t.gif")).toStdString(), QSize(400, 300),
                             Theme::light()));
  EXPECT_FALSE(renderSession("/nowhere/a.espalier", "/nowhere/a.png", QSize(400, 300), Theme::light()));
}

TEST(Palette, FindsByLettersInOrder) {
  EXPECT_TRUE(matchScore(QStringLiteral("ghb"), QStringLiteral("Go to the best node")));
  EXPECT_FALSE(matchScore(QStringLiteral("xyz"), QStringLiteral("Go to the best node")));
  EXPECT_GT(*matchScore(QStringLiteral("pru"), QStringLiteral("Prune")),
            *matchScore(QStringLiteral("pru"), QStringLiteral("Export the picture of the tree")));
}

void failOnWarning(QtMsgType type, const QMessageLogContext&, const QString& message) {
  if (message.contains(QStringLiteral("XDG_RUNTIME_DIR")) ||
      message.contains(QStringLiteral("propagateSizeHints")))
    return;
  if (type != QtDebugMsg && type != QtInfoMsg) ADD_FAILURE() << message.toStdString();
}

}  // namespace
}  // namespace espalier::ui

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir configuration;
  qputenv("XDG_CONFIG_HOME", configuration.path().toUtf8());
  qRegisterMetaType<espalier::NodeId>("espalier::NodeId");
  QApplication::setStyle(new espalier::ui::PlainStyle);
  const QApplication application(argc, argv);
  qInstallMessageHandler(espalier::ui::failOnWarning);
  return RUN_ALL_TESTS();
}
