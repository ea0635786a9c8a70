// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// espalier [SESSION|WORKLOAD|FILE.tc]                  the window
// espalier SESSION --render OUT [--node ID] [--size WxH] [--dark]  a picture of the tree, without a display
#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QLibraryInfo>
#include <QLocale>
#include <QRegularExpression>
#include <cstdio>
#include <cstring>

#include "models/ts_translator.h"
#include "widgets/main_window.h"
#include "widgets/plain_style.h"
#include "widgets/render.h"
#include "window/tensor_services.h"

namespace {

constexpr int kUsage = 2;
constexpr int kInput = 3;

int complain(const std::string& words, int status) {
  std::fprintf(stderr, "espalier: %s\n", words.c_str());
  return status;
}

bool rendersOnly(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], "--render", 8) == 0) return true;
  return false;
}

int render(const QCommandLineParser& parser) {
  if (parser.positionalArguments().size() != 1) return complain("--render needs one session file.", kUsage);
  static const QRegularExpression pattern(QStringLiteral("^(\\d{2,5})x(\\d{2,5})$"));
  const auto match = pattern.match(parser.value(QStringLiteral("size")));
  if (!match.hasMatch())
    return complain("--size is of the form WIDTHxHEIGHT, for instance 1600x900.", kUsage);
  bool number = true;
  const quint32 node = parser.isSet(QStringLiteral("node"))
                           ? parser.value(QStringLiteral("node")).toUInt(&number)
                           : espalier::kRootNode;
  if (!number) return complain("--node is the number of a node, for instance 17.", kUsage);
  const QSize size(match.captured(1).toInt(), match.captured(2).toInt());
  const auto theme =
      parser.isSet(QStringLiteral("dark")) ? espalier::ui::Theme::dark() : espalier::ui::Theme::light();
  const auto written =
      espalier::ui::renderSession(parser.positionalArguments().constFirst().toStdString(),
                                  parser.value(QStringLiteral("render")).toStdString(), size, theme, node);
  return written ? 0 : complain(written.error().text(), kInput);
}

}  // namespace

int main(int argc, char** argv) {
  if (rendersOnly(argc, argv)) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication::setStyle(new espalier::ui::PlainStyle);
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("espalier"));
  QApplication::setApplicationDisplayName(QStringLiteral("Espalier"));
  QApplication::setApplicationVersion(QStringLiteral(ESPALIER_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("io.github.espalier.Espalier"));
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/espalier/espalier.svg")));

  QCommandLineParser parser;
  parser.setApplicationDescription(
      QStringLiteral("Watches, questions and steers the search for fast tensor programs."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(QStringLiteral("WHAT"),
                               QStringLiteral("A session to open, or a named layer or .tc file to tune."),
                               QStringLiteral("[SESSION|WORKLOAD|FILE.tc]"));
  parser.addOption({QStringLiteral("render"),
                    QStringLiteral("Writes a picture of the tree (.png, .svg, .pdf) and ends."),
                    QStringLiteral("OUT")});
  parser.addOption({QStringLiteral("node"), QStringLiteral("Draws only what is at and below this node."),
                    QStringLiteral("ID")});
  parser.addOption({QStringLiteral("size"), QStringLiteral("Size of the picture."), QStringLiteral("WxH"),
                    QStringLiteral("1600x900")});
  parser.addOption({QStringLiteral("dark"), QStringLiteral("Draws the picture in the dark colours.")});
  parser.process(application);
  if (parser.isSet(QStringLiteral("render"))) return render(parser);

  espalier::ui::TsTranslator own;
  QTranslator ofQt;
  if (own.loadFor(QLocale().uiLanguages(), QStringLiteral(":/espalier/translations"))) {
    QApplication::installTranslator(&own);
    if (ofQt.load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"),
                  QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
      QApplication::installTranslator(&ofQt);
  }

  const espalier::TensorServices services;
  espalier::ui::MainWindow window(services);
  window.show();
  if (!parser.positionalArguments().isEmpty()) window.open(parser.positionalArguments().constFirst());
  return QApplication::exec();
}
