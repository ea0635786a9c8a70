// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/protocol.h"

#include <cerrno>

#include <unistd.h>

namespace espalier {
namespace {

template <class Value>
void store(Value value, unsigned char* bytes) {
  for (std::size_t i = 0; i < sizeof(Value); ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
}

template <class Value>
Value fetch(const unsigned char* bytes) {
  Value value = 0;
  for (std::size_t i = 0; i < sizeof(Value); ++i) value |= static_cast<Value>(bytes[i]) << (8 * i);
  return value;
}

bool writeAll(int descriptor, const void* data, std::size_t size) {
  auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(descriptor, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool readAll(int descriptor, void* data, std::size_t size) {
  auto* bytes = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = ::read(descriptor, bytes, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

void encodePrefix(const MessageLengths& lengths, unsigned char (&prefix)[kMessagePrefixBytes]) {
  store(lengths.header, prefix);
  store(lengths.payload, prefix + sizeof lengths.header);
}

MessageLengths decodePrefix(const unsigned char (&prefix)[kMessagePrefixBytes]) {
  return {fetch<std::uint32_t>(prefix), fetch<std::uint64_t>(prefix + sizeof(std::uint32_t))};
}

bool writeMessage(int descriptor, const Message& message) {
  unsigned char prefix[kMessagePrefixBytes];
  encodePrefix({static_cast<std::uint32_t>(message.header.size()), message.payload.size()}, prefix);
  return writeAll(descriptor, prefix, sizeof prefix) &&
         writeAll(descriptor, message.header.data(), message.header.size()) &&
         writeAll(descriptor, message.payload.data(), message.payload.size());
}

std::optional<Message> readMessage(int descriptor) {
  unsigned char prefix[kMessagePrefixBytes];
  if (!readAll(descriptor, prefix, sizeof prefix)) return std::nullopt;
  const MessageLengths lengths = decodePrefix(prefix);
  if (lengths.header > kLargestHeader) return std::nullopt;
  Message message;
  message.header.resize(lengths.header);
  message.payload.resize(lengths.payload);
  if (!readAll(descriptor, message.header.data(), message.header.size())) return std::nullopt;
  if (!readAll(descriptor, message.payload.data(), message.payload.size())) return std::nullopt;
  return message;
}

}  // namespace espalier
