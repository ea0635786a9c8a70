// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace espalier {

/// One server-sent event; several data lines are joined by newlines.
struct SseEvent {
  std::string name;  ///< of the `event:` line; often empty
  std::string data;
};

/// Reads a stream of server-sent events that arrives in arbitrary pieces. Understands LF, CRLF and CR, a byte
/// order mark, comments, fields with and without the space after the colon, and a last event without its
/// empty line.
class SseReader {
 public:
  using Handler = std::function<void(const SseEvent&)>;

  /// `lineLimit` bounds a line and an event, in bytes.
  SseReader(std::size_t lineLimit, Handler handler) : lineLimit_(lineLimit), handler_(std::move(handler)) {}

  /// False once a line or an event grew over the limit; what follows is ignored.
  [[nodiscard]] bool feed(std::string_view bytes);
  /// The stream is over: a started line and event count as finished.
  void finish();

 private:
  void takeLine();
  void dispatch();

  std::size_t lineLimit_;
  Handler handler_;
  std::string line_;
  SseEvent event_;
  bool hasData_ = false;
  bool afterReturn_ = false;
  bool firstLine_ = true;
  bool broken_ = false;
};

}  // namespace espalier
