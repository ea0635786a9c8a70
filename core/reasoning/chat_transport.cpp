// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_transport.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <stdexcept>

#include <curl/curl.h>

namespace espalier {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

/// libcurl wants one global initialisation before any thread uses it.
void initialiseCurlOnce() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

struct HeaderListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, HeaderListDeleter>;

/// What the callbacks of one exchange work on.
struct Transfer {
  CURL* easy = nullptr;
  HttpAnswer* answer = nullptr;
  const HttpTransport::Receiver* receiver = nullptr;
  std::size_t limit = 0;
  std::size_t received = 0;
  bool stopped = false;
  bool tooLarge = false;
  Clock::time_point begin = Clock::now();
  Clock::time_point lastByte = begin;
};

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > 1e9)
    return std::nullopt;
  return value;
}

void readHeader(HttpAnswer& answer, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    // A status line: what an earlier answer (100 Continue, a proxy) said no longer counts.
    if (line.starts_with("HTTP/")) answer = HttpAnswer{};
    return;
  }
  const std::string name = lowerCase(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (name == "content-type") {
    answer.contentType = lowerCase(value);
  } else if (name == "location") {
    answer.redirectTarget = value;
  } else if (name == "retry-after-ms") {
    if (const auto wait = number(value)) answer.retryAfterSeconds = *wait / 1000;
  } else if (name == "retry-after" && !answer.retryAfterSeconds) {
    answer.retryAfterSeconds = number(value);
    if (!answer.retryAfterSeconds) {
      const std::time_t date = curl_getdate(std::string(value).c_str(), nullptr);
      if (date >= 0) answer.retryAfterSeconds = std::max(0.0, std::difftime(date, std::time(nullptr)));
    }
  }
}

std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.lastByte = Clock::now();
  readHeader(*transfer.answer, std::string_view(bytes, size * count));
  return size * count;
}

std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t length = size * count;
  transfer.lastByte = Clock::now();
  if (transfer.received == 0 && length > 0) {
    transfer.answer->firstByteSeconds =
        std::chrono::duration<double>(transfer.lastByte - transfer.begin).count();
  }
  transfer.received += length;
  if (transfer.received > transfer.limit) {
    transfer.tooLarge = true;
    return 0;
  }
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  if (!(*transfer.receiver)(static_cast<int>(status), std::string_view(bytes, length))) {
    transfer.stopped = true;
    return 0;
  }
  return length;
}

HttpEnd endOf(CURLcode code, const Transfer& transfer) {
  if (transfer.tooLarge) return HttpEnd::TooLarge;
  if (transfer.stopped) return HttpEnd::Stopped;
  switch (code) {
    case CURLE_OK: return HttpEnd::Complete;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_URL_MALFORMAT: return HttpEnd::NoSuchHost;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY: return HttpEnd::ProxyFailed;
    case CURLE_COULDNT_CONNECT: return HttpEnd::NoConnection;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return HttpEnd::TlsFailed;
    case CURLE_OPERATION_TIMEDOUT: return HttpEnd::ConnectTimeout;
    case CURLE_BAD_CONTENT_ENCODING: return HttpEnd::BadEncoding;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_HTTP2:
    case CURLE_WEIRD_SERVER_REPLY: return HttpEnd::NotHttp;
    default: return HttpEnd::Broken;
  }
}

}  // namespace

/// A multi handle of its own keeps the connection to the server alive between calls and can be woken by
/// another thread.
struct HttpTransport::Connection {
  Connection() : multi(curl_multi_init()), easy(curl_easy_init()) {
    if (multi == nullptr || easy == nullptr) throw std::runtime_error("libcurl cannot create a handle");
  }
  ~Connection() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  CURLM* multi;
  CURL* easy;
};

HttpTransport::HttpTransport() { initialiseCurlOnce(); }
HttpTransport::~HttpTransport() = default;

HttpAnswer HttpTransport::perform(const WireRequest& request, const ChatLimits& limits,
                                  const Receiver& receiver, const std::stop_token& stop) {
  HttpAnswer answer;
  if (stop.stop_requested()) {
    answer.end = HttpEnd::Cancelled;
    return answer;
  }
  std::unique_ptr<Connection> connection;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!connection) connection = std::make_unique<Connection>();
  CURL* easy = connection->easy;
  CURLM* multi = connection->multi;

  HeaderList headers;
  for (const std::string& header : request.headers) {
    curl_slist* longer = curl_slist_append(headers.get(), header.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    if (!headers) headers.reset(longer);
  }
  Transfer transfer;
  transfer.easy = easy;
  transfer.answer = &answer;
  transfer.receiver = &receiver;
  transfer.limit = limits.bytes;

  char words[CURL_ERROR_SIZE] = {};
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // A resolver thread that hangs must not hold up a cancelled call.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "espalier");
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, onHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, onBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  if (!request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  }

  curl_multi_add_handle(multi, easy);
  std::optional<HttpEnd> end;
  CURLcode code = CURLE_OK;
  {
    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    while (!end) {
      int running = 0;
      curl_multi_perform(multi, &running);
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        code = message->data.result;
        end = endOf(code, transfer);
      }
      if (end) break;
      const Clock::time_point now = Clock::now();
      const bool begun = transfer.lastByte != transfer.begin;
      const Milliseconds silence = begun ? limits.idle : limits.firstByte;
      const Clock::time_point deadline = std::min(transfer.lastByte + silence, transfer.begin + limits.total);
      if (stop.stop_requested()) {
        end = HttpEnd::Cancelled;
      } else if (now >= transfer.begin + limits.total) {
        end = HttpEnd::TotalTimeout;
      } else if (now >= deadline) {
        end = begun ? HttpEnd::IdleTimeout : HttpEnd::FirstByteTimeout;
      } else {
        const auto wait = std::chrono::ceil<Milliseconds>(deadline - now);
        curl_multi_poll(multi, nullptr, 0, static_cast<int>(std::min<Milliseconds::rep>(wait.count(), 1000)),
                        nullptr);
      }
    }
  }
  curl_multi_remove_handle(multi, easy);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  answer.end = *end;
  if (*end != HttpEnd::Complete && code != CURLE_OK)
    answer.detail = words[0] != '\0' ? words : curl_easy_strerror(code);
  // Handles refer to the request of this call; they are emptied before they wait for the next.
  curl_easy_reset(easy);
  if (*end == HttpEnd::Complete) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  return answer;
}

}  // namespace espalier
