#include "controllers/scheduler/scheduler_events.h"

#include <charconv>

#include "apiserver/api/time_format.h"

namespace controllers {
namespace {

using apiserver::Object;
using apiserver::Value;

using apiserver::kEvents;

Value Reference(const SchedulerPod& pod) {
  return Object{{"kind", "Pod"},        {"namespace", pod.key.namespace_},
                {"name", pod.key.name}, {"uid", pod.uid},
                {"apiVersion", "v1"},   {"resourceVersion", std::to_string(pod.revision)}};
}

std::string Hex(std::int64_t number) {
  std::array<char, 16> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return std::string(digits.data(), end);
}

}  // namespace

Value SchedulerEventRecorder::MakeEvent(const SchedulerPod& pod, const SchedulerEvent& event,
                                        const std::string& name) const {
  Object object{{"apiVersion", "v1"},
                {"kind", "Event"},
                {"metadata", Object{{"name", name}, {"namespace", pod.key.namespace_}}},
                {"involvedObject", Reference(pod)},
                {"reason", event.reason},
                {"message", event.note},
                {"source", Object{}},
                {"type", event.type},
                {"eventTime", apiserver::FormatMicroTime(kernel_.now())},
                {"action", event.action},
                {"reportingComponent", controller_},
                {"reportingInstance", controller_ + "-orrery"}};
  if (event.related) object["related"] = Reference(*event.related);
  return object;
}

void SchedulerEventRecorder::Record(const SchedulerPodPtr& pod, SchedulerEvent event) {
  const sim::Time now = kernel_.now();
  std::string key = pod->uid + '\n' + std::string(event.reason) + '\n' + event.note;
  if (const auto found = series_.find(key); found != series_.end()) {
    Series& series = found->second;
    if (now - series.last < kSeriesMax) {
      ++series.count;
      series.last = now;
      tasks_.Spawn(Count(this, {pod->key.namespace_, series.name}, series));
      return;
    }
    series_.erase(found);
  }
  // Like upstream OBJECT.NANOSECONDS in hexadecimal, made unique within an instant.
  last_number_ = std::max<std::int64_t>(last_number_ + 1, now.time_since_epoch().count());
  std::string name = pod->key.name + "." + Hex(last_number_);
  Value object = MakeEvent(*pod, event, name);
  if (event.type == "Warning") {
    // What succeeds happens once; only failures repeat.
    if (series_.size() >= kSeriesCountMax) series_.clear();
    series_.emplace(std::move(key), Series{std::move(name), 1, now});
  }
  tasks_.Spawn(Create(this, pod->key.namespace_, std::move(object)));
}

sim::Task<> SchedulerEventRecorder::Create(SchedulerEventRecorder* recorder, std::string namespace_,
                                           Value event) {
  auto created = recorder->client_.Create(kEvents, std::move(namespace_), std::move(event));
  co_await created;
}

sim::Task<> SchedulerEventRecorder::Count(SchedulerEventRecorder* recorder,
                                          apiserver::ObjectKey key, Series series) {
  Value patch =
      Object{{"series", Object{{"count", series.count},
                               {"lastObservedTime", apiserver::FormatMicroTime(series.last)}}}};
  auto patched = recorder->client_.Patch(kEvents, std::move(key), apiserver::PatchType::kStrategic,
                                         std::move(patch));
  co_await patched;
}

}  // namespace controllers
