// Drives a kernel on the real machine: waits for the wall clock, inputs, children and signals, and
// carries out what Pacing decides. The thread that calls Run is the kernel's thread.
//
// Invariants:
// (1) Every wake-up drains the whole inbox.
// (2) Time moves only when every attached program is quiet; a round is executed whole before its
// answers go out. (3) The kernel sees neither the wall clock nor which wake-up brought an input.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/inbox.h"
#include "sim/kernel.h"
#include "sim/pacing.h"
#include "sim/rounds.h"

struct uv_loop_s;

namespace sim {

class SocketLoop;
class VirtualGroup;

enum class StopReason : std::uint8_t {
  kDone,          // The condition given to Run holds.
  kStopped,       // Stop was called.
  kSignal,        // SIGTERM or SIGINT.
  kStuckProgram,  // A program was never quiet for Rounds::kBusyMax; see stuck_program().
};

class Driver {
 public:
  Driver(Kernel& kernel, PacingMode mode);
  // Refuses further inputs. Children of this loop are gone before.
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // For any thread.
  Inbox& inbox();
  void Stop();

  // --- The kernel's thread.

  // For children and sockets; their callbacks run between events.
  uv_loop_s* loop();

  const Pacing& pacing() const;
  void SetPacing(PacingMode mode);
  // Runs up to `time` without waiting, then goes on at its pace.
  void AdvanceTo(Time time);
  // Ends such an advance where it is.
  void EndAdvance();

  // Requests of attached programs are executed in rounds. Both outlive the driver; `gate` may be
  // null.
  void SetRounds(Rounds* rounds, ReleaseGate* gate);

  // Sockets that this thread attends to itself, whenever it waits; may be null. They outlive the
  // last Run or Await.
  void SetSockets(SocketLoop* sockets);

  // Says whether a call is with a callee outside that nothing is known about (PacingView).
  void SetCallsOutside(std::function<bool()> is_calling);
  // Programs on virtual time; may be null. Outlives the driver.
  void SetVirtualGroup(VirtualGroup* group);
  // For any thread: what the driver waits for may have come.
  void Wake();

  // Called before the driver waits for something: to flush what is buffered.
  void SetBeforeWait(std::function<void()> before_wait);

  // From now on SIGTERM and SIGINT end Run; a second one ends the process at once.
  void StopOnSignals();

  // Runs until `is_done` says so, asked between events and at every wake-up.
  StopReason Run(const std::function<bool()>& is_done);

  // For who drives the kernel itself instead of calling Run: waits until `is_there` says so, asked
  // whenever something comes (an input, a child's word, Wake), or until the wall clock shows
  // `until`. False after SIGTERM or SIGINT.
  bool Await(std::optional<WallTime> until, const std::function<bool()>& is_there);

  const std::string& stuck_program() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sim
