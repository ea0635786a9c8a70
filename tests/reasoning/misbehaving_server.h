// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace espalier::testing {

/// One connection of the server, with the request that came on it. The script of a test decides what happens
/// to it.
class ServedConnection {
 public:
  ServedConnection(int socket, const std::atomic<bool>& closing) : socket_(socket), closing_(&closing) {}

  std::string head;  ///< request line and headers, with CRLF
  std::string body;

  /// False once the peer is gone.
  bool send(std::string_view bytes);
  /// As chunks of so many bytes, each its own packet.
  bool sendSlowly(std::string_view bytes, std::size_t piece);
  /// Holds the connection open without a word until the client gives up or the server closes.
  void stall();
  /// Ends with a reset in place of an orderly end.
  void reset();

 private:
  int socket_;
  const std::atomic<bool>* closing_;
};

/// An HTTP server on the loopback that does exactly what a test tells it, one thread for each connection, one
/// request for each connection.
class MisbehavingServer {
 public:
  /// `request` counts the requests from 0.
  using Script = std::function<void(ServedConnection& connection, int request)>;

  explicit MisbehavingServer(Script script);
  ~MisbehavingServer();
  MisbehavingServer(const MisbehavingServer&) = delete;
  MisbehavingServer& operator=(const MisbehavingServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(const char* scheme = "http") const;
  [[nodiscard]] int requests() const { return requests_; }
  /// Requests as they came: head and body.
  [[nodiscard]] std::vector<std::string> received() const;

 private:
  void accept();
  void serve(int socket);

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> closing_ = false;
  std::atomic<int> requests_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> received_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A whole HTTP answer with its length.
[[nodiscard]] std::string httpAnswer(int status, std::string_view body,
                                     std::string_view contentType = "application/json",
                                     std::string_view moreHeaders = {});
/// The head of a streamed answer that ends with the connection.
[[nodiscard]] std::string streamHead();
/// A stream chunk of the OpenAI kind with this text (escaped by the function).
[[nodiscard]] std::string delta(std::string_view text);
/// The stream of a good answer, with finish reason, usage and end mark.
[[nodiscard]] std::string goodStream(std::string_view text);
/// The JSON document of a good answer that is not streamed.
[[nodiscard]] std::string goodDocument(std::string_view text);

}  // namespace espalier::testing
