// Ownership of libuv handles: closing is asynchronous, so a handle outlives its owner until the
// loop let go of it.
#pragma once

#include <uv.h>

#include <utility>

#include "sim/check.h"

namespace sim {

template <class Handle>
class UvHandle {
 public:
  UvHandle() = default;
  // `init` is the handle's uv_..._init with the loop and other arguments bound.
  template <class Init>
  explicit UvHandle(void* owner, Init init) : handle_(new Handle()) {
    const int status = init(handle_);
    if (status != 0) delete handle_;
    SIM_CHECK_MSG(status == 0, uv_strerror(status));
    handle_->data = owner;
  }
  UvHandle(UvHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  UvHandle& operator=(UvHandle&& other) noexcept {
    if (this != &other) {
      Close();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~UvHandle() { Close(); }

  Handle* get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

  // No callback of the handle runs after this.
  void Close() {
    if (handle_ == nullptr) return;
    uv_close(reinterpret_cast<uv_handle_t*>(std::exchange(handle_, nullptr)),
             [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
  }

 private:
  Handle* handle_ = nullptr;
};

}  // namespace sim
