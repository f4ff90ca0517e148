// Writes the scheduler's Events as the newer recorder does: with eventTime and action, repeats as a
// series.
//
// Source: client-go/tools/events/event_broadcaster.go: equal events within 6 minutes are one
// series.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "apiserver/client/client.h"
#include "apiserver/client/resources.h"
#include "controllers/scheduler/pod_info.h"
#include "sim/kernel.h"
#include "sim/task_scope.h"

namespace controllers {

struct SchedulerEvent {
  std::string_view type;    // "Normal", "Warning"
  std::string_view reason;  // "Scheduled"
  std::string_view action;  // "Binding"
  std::string note;
  SchedulerPodPtr related;  // may be null
};

class SchedulerEventRecorder {
 public:
  static constexpr sim::Duration kSeriesMax = std::chrono::minutes(6);
  static constexpr std::size_t kSeriesCountMax = 4096;

  SchedulerEventRecorder(sim::Kernel& kernel, apiserver::Client& client, std::string controller)
      : kernel_(kernel), client_(client), controller_(std::move(controller)) {}
  // Never waited for; an event that is refused is lost, as upstream.
  void Record(const SchedulerPodPtr& pod, SchedulerEvent event);

 private:
  struct Series {
    std::string name;
    std::int64_t count = 1;
    sim::Time last{};
  };
  static sim::Task<> Create(SchedulerEventRecorder* recorder, std::string namespace_,
                            apiserver::Value event);
  static sim::Task<> Count(SchedulerEventRecorder* recorder, apiserver::ObjectKey key,
                           Series series);
  apiserver::Value MakeEvent(const SchedulerPod& pod, const SchedulerEvent& event,
                             const std::string& name) const;

  sim::Kernel& kernel_;
  apiserver::Client& client_;
  std::string controller_;
  std::int64_t last_number_ = 0;
  std::map<std::string, Series> series_;
  sim::TaskScope tasks_;
};

}  // namespace controllers
