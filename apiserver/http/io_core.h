// I/O threads, their contexts and the way back to them: what the connections of one server or
// client share and hold.
//
// Invariants:
// (1) Connections hold the core, so whoever still holds a connection (a reply that the kernel never
// called, a waiter of the egress gate) may let go of it or call it also after the core's owner.
// (2) Once stopped, nothing is posted any more.
// (3) While held, nothing that was posted runs, and no stream is read: it waits for Release.
// Threads: all functions for any, but the owner's, which are the kernel's.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "sim/callback.h"
#include "sim/rounds.h"

namespace apiserver {

// A connection, as the core ends it.
class CoreMember {
 public:
  virtual ~CoreMember() = default;
  // Closes the socket, so that all that waits for it fails. No I/O thread runs meanwhile.
  virtual void Abort() = 0;
};

// One I/O thread's context and what was posted to it and has not run.
struct IoLane {
  boost::asio::io_context io{1};
  std::vector<sim::Callback> posted;  // under the core's lock
  bool is_polled = false;             // by its owner, who has nothing else to do between passes
  // Its thread's only: what the pass under way has not run, what waits for the next, and when that
  // may begin.
  std::deque<sim::Callback> pass;
  std::deque<sim::Callback> idle;
  boost::asio::steady_timer next_pass{io};
};

class IoCore : public sim::ReleaseGate {
 public:
  IoCore(std::size_t lane_count, std::size_t members_max);
  ~IoCore() override;

  // --- The owner's.

  std::vector<std::unique_ptr<IoLane>>& lanes() { return lanes_; }
  // One thread for each lane.
  void Start();
  void JoinThreads();
  // After JoinThreads: ends all connections and drops what they waited for.
  void Stop();
  void Hold() override;
  void Release() override;

  // --- Any thread's.

  // Runs `run` on the thread of `lane`: all that is posted in a burst in one go.
  void Post(IoLane& lane, sim::Callback run);
  // Runs `run` once the thread of `lane`, which calls this, has looked after everything else that
  // waits: what grows in the meantime then goes out in one piece, and answers go first. Where many
  // do so at once, the next ones wait for some milliseconds.
  void PostIdle(IoLane& lane, sim::Callback run);
  bool is_stopped() const { return is_stopped_.load(std::memory_order_acquire); }
  // Runs `read` at once, or false while held; then `later` runs on the thread of `lane` after it.
  bool ReadUnlessHeld(IoLane& lane, const std::function<void()>& read, sim::Callback later);

  // False if there are too many. The member leaves in its destructor.
  bool Join(CoreMember* member);
  void Leave(CoreMember* member);

 private:
  void RunPosted(IoLane& lane);
  void AwaitPass(IoLane& lane);
  void BeginPass(IoLane& lane);
  void RunIdle(IoLane& lane);
  void Wake(IoLane& lane);

  std::vector<std::unique_ptr<IoLane>> lanes_;
  std::vector<std::thread> threads_;
  const std::size_t members_max_;

  std::mutex mutex_;
  std::atomic<bool> is_stopped_{false};
  bool is_held_ = false;
  std::set<CoreMember*> members_;
};

}  // namespace apiserver
