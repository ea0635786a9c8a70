// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace espalier {

/// The whole of `espalier-worker`: says its handshake on `out`, answers requests from `in` (protocol.h) until
/// it is told to quit or the pipe ends, and returns the exit status of the process. A candidate that
/// misbehaves may end the process.
[[nodiscard]] int runWorker(int in, int out);

}  // namespace espalier
