// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/guarded_memory.h"

#include <cstring>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#include "measure/crash_report.h"

namespace espalier {
namespace {

constexpr unsigned char kCanary = 0xC5;
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = 2U << 20;

std::size_t roundUp(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

std::optional<GuardedMemory> GuardedMemory::allocate(std::string name, std::size_t bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t rounded = roundUp(bytes == 0 ? 1 : bytes, kAlignment);
  const std::size_t pages = roundUp(rounded, page);
  const std::size_t guard = roundUp(kGuardBytes, page);

  GuardedMemory memory;
  void* mapping = ::mmap(nullptr, pages + 2 * guard, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return std::nullopt;
  memory.mapping_ = static_cast<unsigned char*>(mapping);
  memory.mapped_ = pages + 2 * guard;
  memory.bytes_ = bytes;
  memory.data_ = memory.mapping_ + guard + pages - rounded;
  memory.name_ = std::move(name);
  if (::mprotect(memory.mapping_ + guard, pages, PROT_READ | PROT_WRITE) != 0) return std::nullopt;
  if (pages >= 2 * kHugePage) (void)::madvise(memory.mapping_ + guard, pages, MADV_HUGEPAGE);
  memory.fillCanaries();
  memory.slot_ = watchMemory(
      {memory.name_.c_str(), memory.mapping_, memory.data_, memory.bytes_, memory.mapping_ + memory.mapped_});
  return memory;
}

GuardedMemory::GuardedMemory(GuardedMemory&& other) noexcept { *this = std::move(other); }

GuardedMemory& GuardedMemory::operator=(GuardedMemory&& other) noexcept {
  if (this == &other) return *this;
  release();
  name_ = std::move(other.name_);
  mapping_ = std::exchange(other.mapping_, nullptr);
  mapped_ = std::exchange(other.mapped_, 0);
  data_ = std::exchange(other.data_, nullptr);
  bytes_ = std::exchange(other.bytes_, 0);
  slot_ = std::exchange(other.slot_, -1);
  // A short name lies inside the string object and has moved with it.
  if (slot_ >= 0) renameWatched(slot_, name_.c_str());
  return *this;
}

GuardedMemory::~GuardedMemory() { release(); }

void GuardedMemory::release() {
  if (slot_ >= 0) forgetMemory(slot_);
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
  slot_ = -1;
  mapping_ = nullptr;
}

void GuardedMemory::fillCanaries() {
  unsigned char* first = mapping_ + kGuardBytes;
  unsigned char* last = mapping_ + mapped_ - kGuardBytes;
  std::memset(first, kCanary, static_cast<std::size_t>(data_ - first));
  std::memset(data_ + bytes_, kCanary, static_cast<std::size_t>(last - (data_ + bytes_)));
}

void GuardedMemory::makeReadOnly() {
  ::mprotect(mapping_ + kGuardBytes, mapped_ - 2 * kGuardBytes, PROT_READ);
}

void GuardedMemory::makeWritable() {
  ::mprotect(mapping_ + kGuardBytes, mapped_ - 2 * kGuardBytes, PROT_READ | PROT_WRITE);
}

std::optional<std::string> GuardedMemory::checkCanaries() const {
  const unsigned char* first = mapping_ + kGuardBytes;
  const unsigned char* last = mapping_ + mapped_ - kGuardBytes;
  for (const unsigned char* byte = data_ + bytes_; byte < last; ++byte)
    if (*byte != kCanary)
      return "The kernel wrote byte " + std::to_string(byte - (data_ + bytes_) + 1) + " past the end of " +
             name_ + ".";
  for (const unsigned char* byte = data_; byte > first; --byte)
    if (byte[-1] != kCanary)
      return "The kernel wrote byte " + std::to_string(data_ - byte + 1) + " before the start of " + name_ +
             ".";
  return std::nullopt;
}

}  // namespace espalier
