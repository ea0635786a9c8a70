// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/crash_report.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "measure/protocol.h"

// A signal handler has no argument of ours, so what it needs stands in this file and nowhere else. Everything
// it calls is async-signal-safe: no allocation, no printf.
namespace espalier {
namespace {

constexpr int kEndedAfterReport = 77;
constexpr std::size_t kSlots = 512;
constexpr std::size_t kAlternateStackBytes = 64U << 10;

std::array<WatchedMemory, kSlots> watched;
int reportDescriptor = -1;
std::atomic_flag reporting = ATOMIC_FLAG_INIT;

/// Text of bounded length in place.
class FixedText {
 public:
  FixedText& add(const char* text) {
    for (; *text != '\0' && size_ + 1 < text_.size(); ++text)
      text_[size_++] =
          *text == '"' || *text == '\\' || static_cast<unsigned char>(*text) < 0x20 ? '\'' : *text;
    return *this;
  }
  FixedText& quote() {
    if (size_ + 1 < text_.size()) text_[size_++] = '"';
    return *this;
  }
  FixedText& addNumber(std::uint64_t value, unsigned base = 10) {
    char digits[24];
    int count = 0;
    do {
      digits[count++] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    char text[25];
    for (int i = 0; i < count; ++i) text[i] = digits[count - 1 - i];
    text[count] = '\0';
    return add(text);
  }
  [[nodiscard]] const char* text() {
    text_[size_] = '\0';
    return text_.data();
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::array<char, 1024> text_{};
  std::size_t size_ = 0;
};

void writeSafely(const void* data, std::size_t size) {
  auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(reportDescriptor, bytes, size);
    if (written <= 0) return;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

const char* signalName(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV (invalid memory access)";
    case SIGBUS: return "SIGBUS (invalid memory access)";
    case SIGFPE: return "SIGFPE (division by zero or overflow of integers)";
    case SIGILL: return "SIGILL (illegal instruction or trap)";
    case SIGTRAP: return "SIGTRAP (trap)";
    default: return "SIGABRT (abort)";
  }
}

bool wasWrite([[maybe_unused]] const void* context) {
#if defined(__x86_64__)
  return (static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#else
  return true;
#endif
}

void handleSignal(int signal, siginfo_t* information, void* context) {
  FixedText detail;
  if (signal == SIGSEGV || signal == SIGBUS) {
    const auto* address = static_cast<const unsigned char*>(information->si_addr);
    const char* verb = wasWrite(context) ? "wrote " : "read ";
    for (const WatchedMemory& memory : watched) {
      if (memory.name == nullptr || address < memory.begin || address >= memory.end) continue;
      if (address >= memory.data && address < memory.data + memory.bytes) {
        detail.add("The kernel wrote to its input ").add(memory.name).add(", byte ");
        detail.addNumber(static_cast<std::uint64_t>(address - memory.data)).add(".");
        reportAndEnd("modified-input", detail.text());
      }
      const bool behind = address >= memory.data;
      const auto distance = static_cast<std::uint64_t>(behind ? address - (memory.data + memory.bytes) + 1
                                                              : memory.data - address);
      detail.add("The kernel ").add(verb).add("byte ").addNumber(distance);
      detail.add(behind ? " past the end of " : " before the start of ").add(memory.name).add(".");
      reportAndEnd("out-of-bounds", detail.text());
    }
    detail.add("The kernel crashed with ").add(signalName(signal)).add(": it ").add(verb).add("address 0x");
    detail.addNumber(reinterpret_cast<std::uintptr_t>(address), 16).add(".");
  } else {
    detail.add("The kernel crashed with ").add(signalName(signal)).add(".");
  }
  reportAndEnd("crash", detail.text());
}

}  // namespace

void installCrashReports(int out) {
  reportDescriptor = out;
  // A stack overflow leaves no stack to report on.
  void* memory =
      ::mmap(nullptr, kAlternateStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) {
    stack_t stack{};
    stack.ss_sp = memory;
    stack.ss_size = kAlternateStackBytes;
    ::sigaltstack(&stack, nullptr);
  }
  struct sigaction action{};
  action.sa_sigaction = handleSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT})
    ::sigaction(signal, &action, nullptr);
}

void reportAndEnd(const char* code, const char* detail) {
  // Several threads may fail at once: one speaks, the others wait for the end.
  if (reporting.test_and_set())
    for (;;) ::pause();
  FixedText header;
  header.add("{").quote().add("ok").quote().add(": false, ").quote().add("ended").quote().add(": true, ");
  header.quote().add("failure").quote().add(": ").quote().add(code).quote().add(", ");
  header.quote().add("detail").quote().add(": ").quote().add(detail).quote().add("}");
  unsigned char prefix[kMessagePrefixBytes];
  encodePrefix({static_cast<std::uint32_t>(header.size()), 0}, prefix);
  writeSafely(prefix, sizeof prefix);
  writeSafely(header.text(), header.size());
  ::_exit(kEndedAfterReport);
}

int watchMemory(const WatchedMemory& memory) {
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (watched[i].name != nullptr) continue;
    watched[i] = memory;
    return static_cast<int>(i);
  }
  return -1;
}

void renameWatched(int slot, const char* name) { watched[static_cast<std::size_t>(slot)].name = name; }

void forgetMemory(int slot) { watched[static_cast<std::size_t>(slot)] = {}; }

}  // namespace espalier
