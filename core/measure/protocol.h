// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace espalier {

/// The conversation with `espalier-worker` over its standard input and output.
///
/// A message is: 4 bytes length of the header, 8 bytes length of the payload (both unsigned, little-endian),
/// the header (a JSON object in UTF-8), the payload (raw bytes, may be empty). The worker first sends its
/// handshake, unasked:
///
///   {"protocol": 1, "cpu": …, "triple": …, "target_cpu": …, "features": …, "vector_bits": …,
///   "vector_registers": …,
///    "cores": …, "memory": bytes, "caches": [{"level", "bytes", "shared_by"}, …]}
///
/// then answers every request with one message; `{"ok": true, …}` or `{"ok": false, "failure": CODE,
/// "detail": WORDS}`, the latter with `"ended": true` if the process ends with it (a crash).
///
///   {"request": "inputs", "set": NAME, "tensors": [TENSOR, …]}
///        Makes the arguments of a kernel in their logical shape, kept under NAME until dropped or replaced.
///        TENSOR =
///        {"name", "type": "float32"|"float64"|"int32", "elements", "access": "read"|"write"|"update",
///        "fill": FILL}; FILL = {"kind": "exact", "seed", "bits"} | {"kind": "uniform", "seed", "low",
///        "high"} |
///        {"kind": "integers", "seed", "low", "high"} | {"kind": "payload"} (next bytes of the payload). None
///        for "write".
///   {"request": "drop", "set": NAME}
///   {"request": "load", "kernel": NAME, "entry", "workspace", "workspace_per_thread",
///    "packs": [{"argument", "symbol", "bytes"}, …]}    payload: the object file. Replaces a kernel of that
///    name.
///   {"request": "unload", "kernel": NAME}
///   {"request": "run", "kernel", "set", "threads"}
///        Poisons what is written, runs once, checks the guards. Answer: {"seconds"}, payload: all tensors
///        with access "write" and "update", in order, in their logical shape.
///   {"request": "time", "kernel", "set", "threads", "repeats", "minimum_repeat", "budget", "stop_above",
///   "beside"}
///        Times the kernel (seconds everywhere); see TimingOptions. Answer: {"repeats": [seconds, …],
///        "beside": [seconds, …], "inner", "stopped_early"}.
///   {"request": "quit"}
///
/// A change of any of this raises kProtocolVersion.
inline constexpr int kProtocolVersion = 1;

inline constexpr std::size_t kMessagePrefixBytes = 12;
inline constexpr std::uint32_t kLargestHeader = 64U << 20;

struct Message {
  std::string header;  ///< JSON
  std::vector<char> payload;
};

struct MessageLengths {
  std::uint32_t header = 0;
  std::uint64_t payload = 0;
};

/// The 12 bytes in front of a message.
void encodePrefix(const MessageLengths& lengths, unsigned char (&prefix)[kMessagePrefixBytes]);
[[nodiscard]] MessageLengths decodePrefix(const unsigned char (&prefix)[kMessagePrefixBytes]);

/// Blocking, for the worker's side; false (nothing) at the end of the pipe.
[[nodiscard]] bool writeMessage(int descriptor, const Message& message);
[[nodiscard]] std::optional<Message> readMessage(int descriptor);

}  // namespace espalier
