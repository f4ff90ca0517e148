// Writes the Events of one kubelet: core v1, counted when they repeat, never waited for.
//
// Source of the limits: client-go/tools/record/events_cache.go: per object 25 may burst, then one
// in 5 minutes passes.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "apiserver/client/client.h"
#include "nodes/container_run.h"
#include "sim/kernel.h"
#include "sim/task_scope.h"

namespace nodes {

// The object that an Event is about.
struct EventTarget {
  std::string kind;
  std::string namespace_;
  std::string name;
  std::string uid;
  apiserver::Revision revision = 0;
};

class KubeletEventRecorder {
 public:
  static constexpr int kBurstMax = 25;
  static constexpr sim::Duration kRefill = std::chrono::minutes(5);
  static constexpr std::size_t kRememberedMax = 4096;

  KubeletEventRecorder(sim::Kernel& kernel, apiserver::Client& client, std::string node_name)
      : kernel_(kernel), client_(client), node_name_(std::move(node_name)) {}
  void Record(const EventTarget& target, const PodNote& note);

 private:
  struct Remembered {
    std::string name;
    std::int64_t count = 1;
  };
  struct Budget {
    int spent = 0;
    sim::Time since{};
  };
  bool Spend(const std::string& object);
  apiserver::Value MakeEvent(const EventTarget& target, const PodNote& note,
                             const std::string& name) const;
  static sim::Task<> Create(KubeletEventRecorder* recorder, std::string namespace_,
                            apiserver::Value event);
  static sim::Task<> Count(KubeletEventRecorder* recorder, apiserver::ObjectKey key,
                           std::int64_t count);

  sim::Kernel& kernel_;
  apiserver::Client& client_;
  std::string node_name_;
  std::int64_t last_number_ = 0;
  std::map<std::string, Remembered> remembered_;
  std::deque<std::string> remembered_order_;
  std::map<std::string, Budget> budgets_;
  sim::TaskScope tasks_;
};

}  // namespace nodes
