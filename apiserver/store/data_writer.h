// The one thread that makes changes durable: takes what the kernel has committed in batches, saves
// each in one transaction, and opens the egress gate up to it.
//
// Invariants:
// (1) The kernel never waits for it: an observer of the store only queues.
// (2) Changes are saved in order and without a gap; the gate never opens past a failed save.
// (3) A failure is reported once, and nothing is saved after it.
// Threads: Attach, and Stop, by the kernel's; the rest happens on its own thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "apiserver/store/data_file.h"
#include "apiserver/store/egress_gate.h"

namespace apiserver {

class DataWriter {
 public:
  // Changes that may wait: more means that the disk has stopped.
  static constexpr std::size_t kBacklogMax = 1'000'000;
  // Clients that wait for each other's commits come back together: a batch waits for as many
  // changes as the last one had, so that one transaction saves them all, but never longer or for
  // more than this.
  static constexpr std::chrono::microseconds kGatherMax{200};
  static constexpr std::size_t kGatherCountMax = 32;

  // `failed` is called at most once, on the writer's thread (or the kernel's when the backlog is
  // full), with a line for people: the process must end with status 2.
  DataWriter(std::unique_ptr<DataFile> file, EgressGate& gate,
             std::function<void(const std::string&)> failed);
  ~DataWriter();
  DataWriter(const DataWriter&) = delete;
  DataWriter& operator=(const DataWriter&) = delete;

  // Saves every later commit of `store`, which must not commit after this writer is gone.
  void Attach(Store& store);

  // Saves what waits and the time, and closes the file. An error was not reported to `failed`.
  sim::Result<void> Stop(sim::Time now);

 private:
  void Run();
  // Requires: the lock is held, and something waits.
  void Gather(std::unique_lock<std::mutex>& lock);
  void Fail(const std::string& message);

  std::unique_ptr<DataFile> file_;  // the writer's while it runs
  EgressGate& gate_;
  const std::function<void(const std::string&)> failed_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ChangePtr> queue_;
  std::size_t wanted_count_ = 1;  // of queue_, before the thread needs to hear of it
  std::size_t last_count_ = 1;    // of the last batch
  Revision compacted_ = 0;
  bool stops_ = false;
  bool has_failed_ = false;

  std::thread thread_;
};

}  // namespace apiserver
