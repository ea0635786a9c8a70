// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/code_highlighter.h"

#include <QSet>

namespace espalier::ui {
namespace {

const QSet<QString>& keywords(TextLevel level) {
  static const QSet<QString> nest{
      QStringLiteral("def"),        QStringLiteral("for"),      QStringLiteral("in"),
      QStringLiteral("range"),      QStringLiteral("if"),       QStringLiteral("const"),
      QStringLiteral("packed"),     QStringLiteral("from"),     QStringLiteral("parallel"),
      QStringLiteral("vectorized"), QStringLiteral("unrolled"), QStringLiteral("register"),
      QStringLiteral("stack"),      QStringLiteral("heap"),     QStringLiteral("global"),
      QStringLiteral("local"),      QStringLiteral("and"),      QStringLiteral("min"),
      QStringLiteral("max")};
  static const QSet<QString> c{
      QStringLiteral("for"),     QStringLiteral("if"),       QStringLiteral("else"),
      QStringLiteral("const"),   QStringLiteral("static"),   QStringLiteral("void"),
      QStringLiteral("float"),   QStringLiteral("double"),   QStringLiteral("int"),
      QStringLiteral("return"),  QStringLiteral("restrict"), QStringLiteral("inline"),
      QStringLiteral("int64_t"), QStringLiteral("while"),    QStringLiteral("struct"),
      QStringLiteral("char")};
  static const QSet<QString> llvm{QStringLiteral("define"),
                                  QStringLiteral("declare"),
                                  QStringLiteral("load"),
                                  QStringLiteral("store"),
                                  QStringLiteral("br"),
                                  QStringLiteral("label"),
                                  QStringLiteral("ret"),
                                  QStringLiteral("phi"),
                                  QStringLiteral("call"),
                                  QStringLiteral("fmul"),
                                  QStringLiteral("fadd"),
                                  QStringLiteral("getelementptr"),
                                  QStringLiteral("inbounds"),
                                  QStringLiteral("icmp"),
                                  QStringLiteral("add"),
                                  QStringLiteral("mul"),
                                  QStringLiteral("nsw"),
                                  QStringLiteral("nuw"),
                                  QStringLiteral("float"),
                                  QStringLiteral("ptr"),
                                  QStringLiteral("void"),
                                  QStringLiteral("align"),
                                  QStringLiteral("insertelement"),
                                  QStringLiteral("shufflevector"),
                                  QStringLiteral("tail"),
                                  QStringLiteral("private"),
                                  QStringLiteral("internal")};
  static const QSet<QString> none;
  switch (level) {
    case TextLevel::LoopNest: return nest;
    case TextLevel::C: return c;
    case TextLevel::Llvm: return llvm;
    case TextLevel::Trace:
    case TextLevel::Assembly: return none;
  }
  return none;
}

/// Where a comment begins, or the end of the text.
qsizetype commentStart(const QString& text, TextLevel level) {
  qsizetype at = -1;
  switch (level) {
    case TextLevel::LoopNest:
    case TextLevel::Trace: at = text.indexOf(QLatin1Char('#')); break;
    case TextLevel::C: at = text.indexOf(QStringLiteral("//")); break;
    case TextLevel::Llvm: at = text.indexOf(QLatin1Char(';')); break;
    case TextLevel::Assembly: at = text.indexOf(QLatin1Char('#')); break;
  }
  return at < 0 ? text.size() : at;
}

}  // namespace

CodeHighlighter::CodeHighlighter(QTextDocument* document, const Theme& theme)
    : QSyntaxHighlighter(document), theme_(theme) {}

void CodeHighlighter::setLevel(TextLevel level) {
  if (level == level_) return;
  level_ = level;
  rehighlight();
}

void CodeHighlighter::setTheme(const Theme& theme) {
  theme_ = theme;
  rehighlight();
}

void CodeHighlighter::highlightBlock(const QString& text) {
  const qsizetype end = commentStart(text, level_);
  const auto colour = [&](qsizetype from, qsizetype length, Ink ink, bool bold = false) {
    QTextCharFormat format;
    format.setForeground(theme_.color(ink));
    if (bold) format.setFontWeight(QFont::DemiBold);
    setFormat(static_cast<int>(from), static_cast<int>(length), format);
  };
  const QSet<QString>& words = keywords(level_);
  const auto partOfWord = [](QChar c) {
    return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char('.');
  };
  for (qsizetype begin = 0; begin < end;) {
    const QChar first = text[begin];
    if (!partOfWord(first) || first == QLatin1Char('.')) {
      ++begin;
      continue;
    }
    qsizetype stop = begin + 1;
    while (stop < end && partOfWord(text[stop])) ++stop;
    const QString word = text.mid(begin, stop - begin);
    const bool sigil =
        begin > 0 && (text[begin - 1] == QLatin1Char('%') || text[begin - 1] == QLatin1Char('@'));
    if (first.isDigit()) {
      if (!sigil) colour(begin, stop - begin, Ink::Number);
    } else if (!sigil && words.contains(word)) {
      colour(begin, stop - begin, Ink::Keyword, true);
    } else if (level_ == TextLevel::Trace && stop < end && text[stop] == QLatin1Char('(')) {
      colour(begin, stop - begin, Ink::Keyword, true);
    } else if (level_ == TextLevel::Trace && stop < end && text[stop] == QLatin1Char('=')) {
      colour(begin, stop - begin, Ink::Comment);
    } else if (level_ == TextLevel::Assembly && text.left(begin).trimmed().isEmpty()) {
      colour(begin, stop - begin, Ink::Keyword);
    } else if (sigil || (level_ != TextLevel::Assembly && stop < end &&
                         (text[stop] == QLatin1Char('[') || text[stop] == QLatin1Char('(')))) {
      colour(begin, stop - begin, Ink::Name);
    }
    begin = stop;
  }
  if (end < text.size()) colour(end, text.size() - end, Ink::Comment);
}

}  // namespace espalier::ui
