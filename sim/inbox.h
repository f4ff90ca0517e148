// How other threads reach the kernel: a queue of inputs that many threads fill and the kernel's
// thread drains whole.
//
// An input is a record that can be kept (kind, bytes) and what to run for it. A recording replays
// from the records alone, so the record says everything that the callback does.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/callback.h"
#include "sim/round_key.h"

namespace sim {

struct Input {
  std::string_view kind;  // A static literal, "part.verb".
  std::string bytes;      // What the recording keeps.
  Callback run;           // Runs on the kernel's thread, as an event in lane input.
  // Set for the requests of attached programs: they wait until all are quiet (sim/rounds.h).
  std::optional<RoundKey> round;
};

class Inbox {
 public:
  // `wake` is called, on the pushing thread, when the first input comes into an empty inbox.
  explicit Inbox(std::function<void()> wake = {}) : wake_(std::move(wake)) {}

  // Any thread. False, and the input is dropped, once the inbox is closed.
  bool Push(Input input);

  // Takes all, in the order they came.
  std::vector<Input> Drain();

  bool empty() const;

  // Any thread: later inputs are refused; those inside can still be drained. Returns once no `wake`
  // runs.
  void Close();
  // Before other threads know the inbox.
  void SetWake(std::function<void()> wake) { wake_ = std::move(wake); }

 private:
  std::function<void()> wake_;
  mutable std::mutex mutex_;
  bool is_closed_ = false;
  std::vector<Input> inputs_;
};

}  // namespace sim
