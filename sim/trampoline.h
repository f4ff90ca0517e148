// Resumes what is ready one after the other, never one inside another.
//
// A coroutine that completes, or a handler that fills a OneShot, only marks its waiter as ready;
// the waiter goes on when the running handler has returned, still within the same kernel event. So
// no code is ever re-entered, and a chain of a million awaits needs no stack. One trampoline per
// thread: coroutines stay on their thread.
#pragma once

#include <coroutine>
#include <vector>

namespace sim {

// Something that can be made ready; leaves the list of the ready when it is destroyed.
class ReadyNode {
 public:
  ReadyNode() = default;
  ReadyNode(const ReadyNode&) = delete;
  ReadyNode& operator=(const ReadyNode&) = delete;
  virtual ~ReadyNode() { Unlink(); }

  // Called once for each time it was made ready. May destroy this node.
  virtual void Go() = 0;

  void Unlink();

 private:
  friend class Trampoline;
  ReadyNode* previous_ = nullptr;
  ReadyNode* next_ = nullptr;
};

// A suspended coroutine: the base of every awaiter, which lives in the frame of the coroutine that
// waits.
class SuspendedCoroutine : public ReadyNode {
 public:
  void Go() override { handle_.resume(); }

 protected:
  std::coroutine_handle<> handle_;
};

class Trampoline {
 public:
  static Trampoline& OfThread();

  // Lets `node` go on after what runs now and what is ready already; at once if nothing runs on
  // this thread.
  void MakeReady(ReadyNode& node);

  // Destroys a frame that may be on the stack: before anything else goes on; at once if nothing
  // runs.
  void Bury(std::coroutine_handle<> frame);

  // While one exists, what becomes ready waits; the outermost lets it go on as it ends.
  class Scope {
   public:
    Scope() : is_outermost_(!OfThread().is_running_) { OfThread().is_running_ = true; }
    ~Scope() {
      if (is_outermost_) OfThread().Drain();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    bool is_outermost_;
  };

 private:
  friend class ReadyNode;
  class Head : public ReadyNode {
    void Go() override {}
  };

  Trampoline();
  void Drain();
  void DestroyBuried();

  bool is_running_ = false;
  Head head_;  // A ring: head_.next_ goes on first.
  std::vector<std::coroutine_handle<>> buried_;
};

}  // namespace sim
