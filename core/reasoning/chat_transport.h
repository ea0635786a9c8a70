// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "reasoning/chat_endpoint.h"
#include "reasoning/chat_wire.h"

namespace espalier {

/// How one HTTP exchange ended.
enum class HttpEnd {
  Complete,
  Cancelled,
  NoSuchHost,
  NoConnection,
  TlsFailed,
  ProxyFailed,
  ConnectTimeout,
  FirstByteTimeout,
  IdleTimeout,
  TotalTimeout,
  Broken,       ///< the connection ended in the middle
  TooLarge,     ///< more than ChatLimits::bytes
  Stopped,      ///< the receiver wanted no more
  BadEncoding,  ///< a compression that does not decode
  NotHttp,
};

struct HttpAnswer {
  HttpEnd end = HttpEnd::Complete;
  int status = 0;
  std::string contentType;
  std::string redirectTarget;               ///< where a 3xx points; never followed
  std::optional<double> retryAfterSeconds;  ///< Retry-After in seconds or as a date, or retry-after-ms
  std::string detail;                       ///< libcurl's words on a failure, not redacted
  double firstByteSeconds = 0;              ///< of the body; 0 if none came
};

/// HTTP by libcurl: TLS verified, redirects never followed, proxies by the environment. Several calls may run
/// at once on several threads; each borrows a connection that is kept for the next call.
class HttpTransport {
 public:
  /// Receives the body as it comes; false ends the exchange.
  using Receiver = std::function<bool(int status, std::string_view bytes)>;

  HttpTransport();
  ~HttpTransport();
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;

  /// POST if there is a body, else GET. Returns within 100 ms once `stop` is requested.
  [[nodiscard]] HttpAnswer perform(const WireRequest& request, const ChatLimits& limits,
                                   const Receiver& receiver, const std::stop_token& stop);

 private:
  struct Connection;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace espalier
