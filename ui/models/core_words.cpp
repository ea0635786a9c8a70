// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core_words.h"

#include <QCoreApplication>
#include <array>
#include <span>
#include <utility>

#include "models/figures.h"

namespace espalier::ui {
namespace {

constexpr const char* kContext = "espalier::ui::CoreWords";

QString words(const char* text) { return QCoreApplication::translate(kContext, text); }

using Entry = std::pair<const char*, const char*>;

QString found(std::span<const Entry> table, const std::string& code) {
  for (const auto& [known, text] : table)
    if (code == known) return words(text);
  return fromUtf8(code);
}

constexpr std::array kStrategies{
    Entry{"mcts", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "Monte Carlo tree search")},
    Entry{"evolutionary", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "evolutionary search")},
    Entry{"random", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "random search")},
};
constexpr std::array kProposers{
    Entry{"rules", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the rules")},
    Entry{"random", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "chance")},
    Entry{"user", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "hand")},
    Entry{"exec", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "a program of your own")},
    Entry{"recorded", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the recording")},
    Entry{"transfer", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "an earlier session")},
};
constexpr std::array kFailures{
    Entry{"crash", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the program crashed")},
    Entry{"timeout", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the program took too long")},
    Entry{"memory", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "not enough memory")},
    Entry{"wrong-output", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the result is wrong")},
    Entry{"build", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the program could not be built")},
    Entry{"load", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the object file could not be loaded")},
    Entry{"worker", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the worker process failed")},
};
constexpr std::array kRejections{
    Entry{"duplicate", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "known already")},
    Entry{"dead-end", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "dead end")},
    Entry{"refused", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "refused")},
};
constexpr std::array kEnds{
    Entry{"samples", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "all samples were taken")},
    Entry{"time", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "the time was up")},
    Entry{"stopped", QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "stopped on request")},
    Entry{"space-exhausted",
          QT_TRANSLATE_NOOP("espalier::ui::CoreWords", "every program in reach was measured or given up")},
};

}  // namespace

QString strategyWords(const std::string& strategy) { return found(kStrategies, strategy); }
QString proposerWords(const std::string& source) { return found(kProposers, source); }
QString failureWords(const std::string& failure) { return found(kFailures, failure); }
QString rejectionWords(const std::string& cause) { return found(kRejections, cause); }

QString endWords(const RunFinished& end) {
  if (end.reason == "error" && !end.words.empty()) return fromUtf8(end.words);
  return found(kEnds, end.reason);
}

std::optional<QString> effectWords(const CommandReceived& received) {
  const auto* set = std::get_if<SetParameterCommand>(&received.command);
  if (!received.accepted || set == nullptr || set->name != "threads" || received.words.empty())
    return std::nullopt;
  return words(
             "Threads from here on: %1. Earlier measurements are set aside; the best program is measured "
             "anew "
             "first.")
      .arg(fromUtf8(set->value));
}

}  // namespace espalier::ui
