// A value or an error: how a function says that the world is wrong (file, socket, disk).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "sim/check.h"

namespace sim {

// Why the world refused, as one line a person can act on.
struct Error {
  std::string message;
};

// Holds exactly one of T and E. Implicit from both, so `return Error{...};` and `return value;`
// read plainly.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Requires: ok().
  T& value() & {
    SIM_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    SIM_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    SIM_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires: !ok().
  E& error() {
    SIM_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  const E& error() const {
    SIM_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, E> state_;
};

// Success without a value, or an error.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : error_(std::move(error)) {}
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  // Requires: !ok().
  E& error() {
    SIM_CHECK(!ok());
    return *error_;
  }
  const E& error() const {
    SIM_CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<E> error_;
};

}  // namespace sim
