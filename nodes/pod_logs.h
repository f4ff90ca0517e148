// `kubectl logs` from the simulated nodes: what containers printed until now, and what they print
// while one follows.
//
// Invariants: nothing is stored, logs are worked out of traces (runtime/container_log.h); a
// follower ends with its container or its client. Threads: the kernel's only. Instant pods print
// nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "apiserver/ports/log_stream.h"
#include "apiserver/ports/pod_logs.h"
#include "nodes/node_pool.h"
#include "nodes/runtime/container_log.h"

namespace nodes {

class PodLogs final : public apiserver::PodLogSource {
 public:
  static constexpr std::size_t kBacklogBytesMax = 16 * 1024 * 1024;

  explicit PodLogs(sim::Kernel& kernel) : kernel_(kernel) {}
  ~PodLogs() override;
  PodLogs(const PodLogs&) = delete;
  PodLogs& operator=(const PodLogs&) = delete;

  // Until a pool is set there are no logs. The pool outlives its use here; nullptr takes it away.
  void SetPool(const NodePool* pool) { pool_ = pool; }
  apiserver::Response ReadLog(const apiserver::ObjectPtr& pod,
                              const apiserver::PodLogOptions& options) override;

 private:
  struct Follower {
    std::string node;
    apiserver::ObjectKey pod;
    std::string container;
    std::string container_id;
    bool has_timestamps = false;
    sim::Time shown_until{};
    std::shared_ptr<apiserver::WatchStream> stream;
    sim::EventId event;
  };
  using FollowerId = std::uint64_t;

  const ContainerRun* Find(const std::string& node, const apiserver::ObjectKey& pod,
                           std::string_view container) const;
  apiserver::Response Follow(Follower follower, std::string text);
  void Continue(FollowerId id);
  void Schedule(FollowerId id, const ContainerRun* run);

  sim::Kernel& kernel_;
  const NodePool* pool_ = nullptr;
  std::map<FollowerId, Follower> followers_;
  FollowerId last_id_ = 0;
};

}  // namespace nodes
