// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_sse.h"

namespace espalier {

bool SseReader::feed(std::string_view bytes) {
  for (const char character : bytes) {
    if (broken_) return false;
    if (character == '\n' && afterReturn_) {
      afterReturn_ = false;
      continue;
    }
    afterReturn_ = character == '\r';
    if (character == '\n' || character == '\r') {
      takeLine();
    } else {
      line_ += character;
      broken_ = line_.size() > lineLimit_;
    }
  }
  return !broken_;
}

void SseReader::finish() {
  if (broken_) return;
  if (!line_.empty()) takeLine();
  dispatch();
}

void SseReader::takeLine() {
  std::string line;
  line.swap(line_);
  if (firstLine_) {
    firstLine_ = false;
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  }
  if (line.empty()) {
    dispatch();
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == 0) return;
  const std::string_view field = std::string_view(line).substr(0, colon);
  std::string_view value =
      colon == std::string::npos ? std::string_view() : std::string_view(line).substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") {
    event_.name = value;
  } else if (field == "data") {
    if (hasData_) event_.data += '\n';
    event_.data += value;
    hasData_ = true;
    broken_ = event_.data.size() > lineLimit_;
  }
}

void SseReader::dispatch() {
  if (hasData_) handler_(event_);
  event_ = {};
  hasData_ = false;
}

}  // namespace espalier
