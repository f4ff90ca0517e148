// The lists that expressions make: two behind one another, and one that grows inside a loop.
//
// Internal to the room. Threads: each its Arena.
#pragma once

#include <algorithm>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

// `first + second` without a copy, so that repeated doubling costs no memory.
class ConcatList final : public List {
 public:
  // Deeper chains are copied into one piece.
  static constexpr int kDepthMax = 32;
  // Longer lists are refused: doubling is cheap, walking through the result is not.
  static constexpr std::int64_t kSizeMax = 1 << 24;

  // Requires: the sum of the sizes is at most kSizeMax.
  ConcatList(const List& first, const List& second, int depth)
      : first_(&first), second_(&second), first_size_(first.size()), depth_(depth) {}
  std::int64_t size() const override { return first_size_ + second_->size(); }
  Value At(std::int64_t index, Arena& arena) const override {
    return index < first_size_ ? first_->At(index, arena) : second_->At(index - first_size_, arena);
  }
  int depth() const { return depth_; }

 private:
  const List* first_;
  const List* second_;
  std::int64_t first_size_;
  int depth_;
};

// What a macro's loop accumulates: appended to in place, as cel-go's mutable list. Nobody else sees
// it before the loop ends.
class GrowingList final : public List {
 public:
  std::int64_t size() const override { return static_cast<std::int64_t>(size_); }
  Value At(std::int64_t index, Arena&) const override {
    return elements_[static_cast<std::size_t>(index)];
  }
  void Append(const Value& value, Arena& arena) {
    if (size_ == elements_.size()) {
      const auto larger = arena.NewArray<Value>(std::max<std::size_t>(8, size_ * 2));
      std::copy_n(elements_.begin(), size_, larger.begin());
      elements_ = larger;
    }
    elements_[size_++] = value;
  }
  std::span<const Value> elements() const { return elements_.first(size_); }

 private:
  std::span<Value> elements_;
  std::size_t size_ = 0;
};

}  // namespace apiserver::cel
