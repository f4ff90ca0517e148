// What `--data FILE` adds to a store, from opening the file to the regular end; without a file,
// nothing.
//
//   auto durability = Durability::Open(path);                    // before the kernel exists: it
//   needs the incarnation sim::Kernel kernel({.incarnation = durability->incarnation(), .start =
//   max(now, durability->last_time())}); durability->Begin(store, failed); // restores, then saves
//   every commit gateway(... durability->gate() ...);                         // what is not
//   durable is not shown durability->End(kernel.now());
// Threads: the kernel's; the gate is for any.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apiserver/store/data_writer.h"
#include "apiserver/store/egress_gate.h"
#include "apiserver/store/store.h"
#include "sim/result.h"

namespace apiserver {

class Durability {
 public:
  // `path` "" keeps everything in memory: the gate is open for ever.
  static sim::Result<std::unique_ptr<Durability>> Open(const std::string& path);

  // How often the file was opened before; 0 without a file.
  std::uint64_t incarnation() const { return incarnation_; }
  // How far virtual time had come; the start of time without a file.
  sim::Time last_time() const { return state_.last_time; }
  bool is_restored() const { return state_.revision != 0; }
  EgressGate& gate() { return gate_; }

  // Restores `store`, in which nothing was committed yet, and saves its commits from now on.
  // `failed` gets one line when saving fails, on the writer's thread: the process must end with
  // status 2.
  void Begin(Store& store, std::function<void(const std::string&)> failed);
  // Saves what waits, and the time. Nothing is committed afterwards.
  sim::Result<void> End(sim::Time now);

 private:
  Durability(std::unique_ptr<DataFile> file, DataFileState state);

  const std::uint64_t incarnation_;
  DataFileState state_;  // of `objects` and `history` only until Begin
  std::unique_ptr<DataFile> file_;
  EgressGate gate_;
  std::unique_ptr<DataWriter> writer_;
};

}  // namespace apiserver
