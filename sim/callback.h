// A move-only void() function that keeps small captures in place, so that scheduling an event
// rarely allocates.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "sim/check.h"

namespace sim {

class Callback {
 public:
  // Holds a shared pointer, a string and two words without allocating.
  static constexpr std::size_t kInlineBytes = 64;

  Callback() = default;

  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Callback> && std::is_invocable_v<F&>)
  Callback(F&& function) {  // Implicit: lambdas are passed where a Callback is expected.
    using Stored = std::remove_cvref_t<F>;
    if constexpr (kFitsInline<Stored>) {
      ::new (static_cast<void*>(storage_)) Stored(std::forward<F>(function));
      table_ = &kInlineTable<Stored>;
    } else {
      ::new (static_cast<void*>(storage_)) Stored*(new Stored(std::forward<F>(function)));
      table_ = &kHeapTable<Stored>;
    }
  }

  Callback(Callback&& other) noexcept { TakeFrom(other); }
  Callback& operator=(Callback&& other) noexcept {
    if (this != &other) {
      Reset();
      TakeFrom(other);
    }
    return *this;
  }
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  ~Callback() { Reset(); }

  explicit operator bool() const { return table_ != nullptr; }

  // Requires: holds a function. May be called more than once.
  void operator()() {
    SIM_CHECK(table_ != nullptr);
    table_->invoke(storage_);
  }

 private:
  struct Table {
    void (*invoke)(void* storage);
    void (*relocate)(void* source, void* target);
    void (*destroy)(void* storage);
  };

  template <class F>
  static constexpr bool kFitsInline =
      sizeof(F) <= kInlineBytes && alignof(F) <= alignof(std::max_align_t) &&
      std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static constexpr Table kInlineTable = {
      [](void* storage) { (*static_cast<F*>(storage))(); },
      [](void* source, void* target) {
        ::new (target) F(std::move(*static_cast<F*>(source)));
        static_cast<F*>(source)->~F();
      },
      [](void* storage) { static_cast<F*>(storage)->~F(); },
  };

  template <class F>
  static constexpr Table kHeapTable = {
      [](void* storage) { (**static_cast<F**>(storage))(); },
      [](void* source, void* target) { ::new (target) F*(*static_cast<F**>(source)); },
      [](void* storage) { delete *static_cast<F**>(storage); },
  };

  void TakeFrom(Callback& other) noexcept {
    table_ = std::exchange(other.table_, nullptr);
    if (table_ != nullptr) table_->relocate(other.storage_, storage_);
  }

  void Reset() noexcept {
    if (table_ != nullptr) std::exchange(table_, nullptr)->destroy(storage_);
  }

  const Table* table_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[kInlineBytes];
};

}  // namespace sim
