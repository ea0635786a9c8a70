// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace espalier {

/// A vector in blocks: elements never move, so that growing costs the same at any size, and what was written
/// once can be shared with another thread without a copy.
template <class T, std::size_t kBlock = std::size_t{1} << 14>
class ChunkedVector {
  static_assert(std::is_trivially_copyable_v<T> && (kBlock & (kBlock - 1)) == 0);

 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;
    Iterator() = default;
    Iterator(const ChunkedVector* owner, std::size_t index) : owner_(owner), index_(index) {}
    const T& operator*() const { return (*owner_)[index_]; }
    const T* operator->() const { return &(*owner_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++index_;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const ChunkedVector* owner_ = nullptr;
    std::size_t index_ = 0;
  };

  ChunkedVector() = default;
  ChunkedVector(ChunkedVector&& other) noexcept
      : blocks_(std::move(other.blocks_)), size_(std::exchange(other.size_, 0)) {}
  ChunkedVector& operator=(ChunkedVector&& other) noexcept {
    blocks_ = std::move(other.blocks_);
    size_ = std::exchange(other.size_, 0);
    other.blocks_.clear();
    return *this;
  }
  ChunkedVector(const ChunkedVector&) = delete;
  ChunkedVector& operator=(const ChunkedVector&) = delete;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const T& operator[](std::size_t index) const {
    return blocks_[index / kBlock][index % kBlock];
  }
  [[nodiscard]] T& operator[](std::size_t index) { return blocks_[index / kBlock][index % kBlock]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, size_}; }

  void push_back(const T& value) {
    if (size_ == blocks_.size() * kBlock) blocks_.push_back(std::shared_ptr<T[]>(new T[kBlock]));
    (*this)[size_++] = value;
  }
  void append(const T* values, std::size_t count) {
    while (count > 0) {
      if (size_ == blocks_.size() * kBlock) blocks_.push_back(std::shared_ptr<T[]>(new T[kBlock]));
      const std::size_t part = std::min(count, kBlock - size_ % kBlock);
      std::copy_n(values, part, &blocks_[size_ / kBlock][size_ % kBlock]);
      size_ += part;
      values += part;
      count -= part;
    }
  }

  /// The elements as they stand, in the same blocks. Both may be read from different threads, and the
  /// original may grow meanwhile; neither may change an element that the other has, and only one of them may
  /// grow.
  [[nodiscard]] ChunkedVector shared() const {
    ChunkedVector same;
    same.blocks_ = blocks_;
    same.size_ = size_;
    return same;
  }
  [[nodiscard]] std::size_t memoryBytes() const { return blocks_.size() * kBlock * sizeof(T); }

 private:
  std::vector<std::shared_ptr<T[]>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace espalier
