// Task<T>: a coroutine that starts at once, waits for kernel events, and is cancelled by being
// destroyed.
//
// Invariants:
// (1) A task runs until its first real suspension before its caller goes on; awaiting a done task
// does not suspend. (2) Completion lets the waiter go on through the trampoline, never inside the
// completing coroutine. (3) Destroying a task destroys its frame and with it whatever it awaits;
// nothing of it runs afterwards. (4) A task stays on the thread that made it, and does not outlive
// the kernel it sleeps on. Rules for g++ 12: parameters by value; no lambda coroutines with
// captures; no co_await inside ?:, initialiser lists, range-for headers or arguments of a call
// (await into a local first).
#pragma once

#include <coroutine>
#include <optional>
#include <utility>
#include <variant>

#include "sim/check.h"
#include "sim/trampoline.h"

namespace sim {

template <class T = void>
class Task;

namespace task_internal {

struct PromiseBase;

// Who waits for a task. Either side may be destroyed first.
class Waiter : public SuspendedCoroutine {
 public:
  ~Waiter() override { Forget(); }
  inline void WaitFor(PromiseBase& awaited);
  inline void Forget();

 private:
  friend struct PromiseBase;
  PromiseBase* awaited_ = nullptr;
};

struct FinalAwaiter {
  bool await_ready() noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) noexcept {
    Waiter* waiter = handle.promise().waiter;
    if (waiter != nullptr) Trampoline::OfThread().MakeReady(*waiter);
  }
  void await_resume() noexcept {}
};

struct PromiseBase {
  PromiseBase() = default;
  PromiseBase(const PromiseBase&) = delete;
  PromiseBase& operator=(const PromiseBase&) = delete;
  ~PromiseBase() {
    if (waiter != nullptr) waiter->awaited_ = nullptr;
  }
  std::suspend_never initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { SIM_CHECK_MSG(false, "an exception left a task"); }

  Waiter* waiter = nullptr;
};

inline void Waiter::WaitFor(PromiseBase& awaited) {
  SIM_CHECK_MSG(awaited.waiter == nullptr, "a task has one waiter");
  awaited.waiter = this;
  awaited_ = &awaited;
}

inline void Waiter::Forget() {
  if (awaited_ != nullptr) std::exchange(awaited_, nullptr)->waiter = nullptr;
}

template <class T>
struct Promise : PromiseBase {
  Task<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  std::optional<T> value;
};

template <>
struct Promise<void> : PromiseBase {
  inline Task<void> get_return_object();
  void return_void() {}
};

// What Task<T> and Task<void> share: the ownership of a frame.
template <class T>
class Frame {
 public:
  using Handle = std::coroutine_handle<Promise<T>>;

  Frame() = default;
  explicit Frame(Handle handle) : handle_(handle) {}
  Frame(Frame&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Frame& operator=(Frame&& other) noexcept {
    if (this != &other) {
      Destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Frame() { Destroy(); }

  Handle handle() const { return handle_; }
  bool is_done() const { return !handle_ || handle_.done(); }
  Handle Release() { return std::exchange(handle_, nullptr); }

 private:
  void Destroy() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }
  Handle handle_ = nullptr;
};

template <class T>
class TaskAwaiter : public Waiter {
 public:
  explicit TaskAwaiter(Task<T>& task) : task_(task) {}
  bool await_ready() const { return task_.done(); }
  void await_suspend(std::coroutine_handle<> handle) {
    handle_ = handle;
    WaitFor(task_.frame_.handle().promise());
  }
  T await_resume() {
    Forget();
    return task_.Take();
  }

 private:
  Task<T>& task_;
};

}  // namespace task_internal

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = task_internal::Promise<T>;

  // A result that was there without waiting: no frame.
  Task(T value) : value_(std::move(value)) {}

  bool done() const { return value_.has_value() || frame_.is_done(); }

  // Moves the result out. Requires: done(), and not taken before.
  T Take() {
    std::optional<T>& value = value_ ? value_ : FrameValue();
    SIM_CHECK(value.has_value());
    T result = std::move(*value);
    value.reset();
    return result;
  }

  auto operator co_await() { return task_internal::TaskAwaiter<T>(*this); }

 private:
  friend promise_type;
  friend class task_internal::TaskAwaiter<T>;
  explicit Task(typename task_internal::Frame<T>::Handle handle) : frame_(handle) {}

  std::optional<T>& FrameValue() {
    SIM_CHECK(frame_.handle() && frame_.handle().done());
    return frame_.handle().promise().value;
  }

  std::optional<T> value_;
  task_internal::Frame<T> frame_;
};

template <>
class [[nodiscard]] Task<void> {
 public:
  using promise_type = task_internal::Promise<void>;

  Task() = default;  // Done.

  bool done() const { return frame_.is_done(); }
  void Take() { SIM_CHECK(done()); }

  auto operator co_await() { return task_internal::TaskAwaiter<void>(*this); }

 private:
  friend promise_type;
  friend class task_internal::TaskAwaiter<void>;
  friend class TaskScope;
  explicit Task(task_internal::Frame<void>::Handle handle) : frame_(handle) {}

  task_internal::Frame<void> frame_;
};

namespace task_internal {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace task_internal

}  // namespace sim
