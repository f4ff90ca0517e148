// The memory of one evaluation: everything an expression makes lives here and goes with it.
//
// Invariants:
// (1) Nothing is freed before the arena; Reset() keeps the first block, so that the next evaluation
// allocates nothing from the machine.
// (2) Allocation never fails, but from kBytesMax on is_full() holds: the interpreter ends the
// evaluation, and whoever is about to make something large asks HasRoom() first.
// Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "apiserver/cel/value.h"

namespace apiserver::cel {

class Arena {
 public:
  static constexpr std::size_t kBytesMax = 64u << 20;
  static constexpr std::size_t kBlockBytes = 16u << 10;

  Arena() = default;
  ~Arena() { RunDestructors(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* Allocate(std::size_t size, std::size_t align = alignof(std::max_align_t)) {
    const std::size_t start = (used_ + align - 1) & ~(align - 1);
    if (start + size <= capacity_) {
      used_ = start + size;
      return current_ + start;
    }
    return AllocateBlock(size);
  }
  template <typename T, typename... Args>
  T* New(Args&&... args) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    T* made = new (Allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
      destructors_.push_back({made, [](void* object) { static_cast<T*>(object)->~T(); }});
    }
    return made;
  }
  template <typename T>
  std::span<T> NewArray(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* made = static_cast<T*>(Allocate(count * sizeof(T), alignof(T)));
    for (std::size_t i = 0; i < count; ++i) new (made + i) T();
    return {made, count};
  }
  std::string_view Copy(std::string_view text);

  bool HasRoom(std::size_t bytes) const {
    return bytes <= kBytesMax && total_ <= kBytesMax - bytes;
  }
  bool is_full() const { return total_ > kBytesMax; }
  // Everything made so far is gone.
  void Reset();

 private:
  struct Destructor {
    void* object;
    void (*run)(void*);
  };
  void* AllocateBlock(std::size_t size);
  void RunDestructors();

  char* current_ = nullptr;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::size_t total_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<Destructor> destructors_;
};

// Makers of values that live in the arena.
Value NewString(Arena& arena, std::string_view text);
Value NewBytes(Arena& arena, std::string_view bytes);
Value NewError(Arena& arena, std::string_view message);
Value NewOptional(Arena& arena, const Value& held);
// Copies the elements.
Value NewList(Arena& arena, std::span<const Value> elements);
// Keeps the elements where they are: they outlive the arena or lie in it.
Value ViewList(Arena& arena, std::span<const Value> elements);

}  // namespace apiserver::cel
