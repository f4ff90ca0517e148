// A value that somebody else will fill in, once, and that one coroutine awaits.
//
// Copies share the value: one stays with who fills it, one with who waits. The waiter goes on
// through the trampoline. A waiter that was cancelled is forgotten; filling the value then does
// nothing.
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "sim/check.h"
#include "sim/trampoline.h"

namespace sim {

template <class T = std::monostate>
class OneShot {
 public:
  OneShot() : state_(std::make_shared<State>()) {}

  // False, and nothing done, if it was set before: so an answer and its time-out can race.
  bool Set(T value = T()) {
    if (state_->is_set) return false;
    state_->is_set = true;
    state_->value.emplace(std::move(value));
    if (state_->waiter != nullptr) {
      Trampoline::OfThread().MakeReady(*std::exchange(state_->waiter, nullptr));
    }
    return true;
  }

  bool is_set() const { return state_->is_set; }
  // Somebody is suspended on it now.
  bool is_awaited() const { return state_->waiter != nullptr; }

  auto operator co_await() const { return Awaiter(state_); }

 private:
  class Awaiter;
  struct State {
    bool is_set = false;
    std::optional<T> value;
    Awaiter* waiter = nullptr;
  };

  class Awaiter : public SuspendedCoroutine {
   public:
    explicit Awaiter(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~Awaiter() override {
      if (state_->waiter == this) state_->waiter = nullptr;
    }
    bool await_ready() const { return state_->is_set; }
    void await_suspend(std::coroutine_handle<> handle) {
      SIM_CHECK_MSG(state_->waiter == nullptr, "a OneShot has one waiter");
      handle_ = handle;
      state_->waiter = this;
    }
    // Requires: not awaited before, for the value moves out.
    T await_resume() {
      SIM_CHECK(state_->value.has_value());
      T value = std::move(*state_->value);
      state_->value.reset();
      return value;
    }

   private:
    std::shared_ptr<State> state_;
  };

  std::shared_ptr<State> state_;
};

}  // namespace sim
