// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/misbehaving_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace espalier::testing {
namespace {

constexpr int kPollMilliseconds = 20;

/// Waits for bytes; false if the server closes or the peer is gone.
bool readable(int socket, const std::atomic<bool>& closing) {
  while (!closing) {
    pollfd entry{socket, POLLIN, 0};
    const int ready = poll(&entry, 1, kPollMilliseconds);
    if (ready < 0) return false;
    if (ready > 0) return true;
  }
  return false;
}

}  // namespace

bool ServedConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (*closing_) return false;
    pollfd entry{socket_, POLLOUT, 0};
    if (poll(&entry, 1, kPollMilliseconds) == 0) continue;
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool ServedConnection::sendSlowly(std::string_view bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const std::string_view now = bytes.substr(0, piece);
    if (!send(now)) return false;
    bytes.remove_prefix(now.size());
  }
  return true;
}

void ServedConnection::stall() {
  char byte = 0;
  while (readable(socket_, *closing_)) {
    if (recv(socket_, &byte, 1, 0) <= 0) return;
  }
}

void ServedConnection::reset() {
  const linger hard{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

MisbehavingServer::MisbehavingServer(Script script) : script_(std::move(script)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no socket on the loopback");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

MisbehavingServer::~MisbehavingServer() {
  closing_ = true;
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

std::string MisbehavingServer::url(const char* scheme) const {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + "/v1";
}

std::vector<std::string> MisbehavingServer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void MisbehavingServer::accept() {
  while (readable(listener_, closing_)) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    threads_.emplace_back([this, client] { serve(client); });
  }
}

void MisbehavingServer::serve(int client) {
  ServedConnection connection(client, closing_);
  std::string bytes;
  std::size_t headEnd = std::string::npos;
  std::size_t wanted = 0;
  char buffer[16384];
  while (readable(client, closing_)) {
    const ssize_t got = recv(client, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (headEnd == std::string::npos) {
      headEnd = bytes.find("\r\n\r\n");
      // Whatever is no HTTP (a TLS greeting) is answered as soon as it speaks.
      if (headEnd == std::string::npos && !bytes.starts_with("POST") && !bytes.starts_with("GET")) break;
      if (headEnd == std::string::npos) continue;
      const std::size_t field = bytes.find("Content-Length:");
      if (field < headEnd) wanted = std::strtoul(bytes.c_str() + field + 15, nullptr, 10);
    }
    if (bytes.size() >= headEnd + 4 + wanted) break;
  }
  if (!bytes.empty()) {
    if (headEnd != std::string::npos) {
      connection.head = bytes.substr(0, headEnd + 4);
      connection.body = bytes.substr(headEnd + 4);
    }
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(bytes);
    }
    script_(connection, requests_++);
  }
  close(client);
}

std::string httpAnswer(int status, std::string_view body, std::string_view contentType,
                       std::string_view moreHeaders) {
  return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nContent-Type: " + std::string(contentType) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n" +
         std::string(moreHeaders) + "\r\n" + std::string(body);
}

std::string streamHead() {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
}

std::string delta(std::string_view text) {
  const nlohmann::json json = {{"model", "served-model"},
                               {"choices", {{{"index", 0}, {"delta", {{"content", text}}}}}}};
  return "data: " + json.dump() + "\n\n";
}

std::string goodStream(std::string_view text) {
  return delta(text) +
         "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
         "data: "
         "{\"choices\":[],\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":40,\"prompt_tokens_"
         "details\":{\"cached_tokens\":512}}}\n\n"
         "data: [DONE]\n\n";
}

std::string goodDocument(std::string_view text) {
  return nlohmann::json{
      {"model", "served-model"},
      {"choices",
       {{{"index", 0}, {"message", {{"role", "assistant"}, {"content", text}}}, {"finish_reason", "stop"}}}},
      {"usage", {{"prompt_tokens", 900}, {"completion_tokens", 40}}}}
      .dump();
}

}  // namespace espalier::testing
