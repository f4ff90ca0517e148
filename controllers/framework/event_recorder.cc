#include "controllers/framework/event_recorder.h"

#include <algorithm>
#include <cstdio>

#include "apiserver/api/time_format.h"

namespace controllers {

InvolvedObject Involve(const GroupVersionKind& kind, const ObjectMeta& meta) {
  return {kind.api_version(), kind.kind, meta.namespace_,
          meta.name,          meta.uid,  meta.revision == 0 ? "" : std::to_string(meta.revision)};
}

EventRecorder::EventRecorder(sim::Kernel& kernel, apiserver::Client& client, std::string component)
    : kernel_(kernel), client_(client), component_(std::move(component)) {}

std::string EventRecorder::NextName(const std::string& object_name) {
  last_name_number_ =
      std::max<std::int64_t>(last_name_number_ + 1, kernel_.now().time_since_epoch().count());
  char hex[32];
  std::snprintf(hex, sizeof hex, "%llx", static_cast<unsigned long long>(last_name_number_));
  return object_name + "." + hex;
}

void EventRecorder::Record(const InvolvedObject& object, std::string_view type,
                           std::string_view reason, std::string message) {
  EventFacts facts;
  facts.object = object.api_version + "\n" + object.kind + "\n" + object.namespace_ + "\n" +
                 object.name + "\n" + object.uid;
  facts.type = type;
  facts.reason = reason;
  facts.message = std::move(message);
  CorrelatedEvent event = correlator_.Correlate(facts, kernel_.now());
  if (event.is_dropped) return;
  tasks_.Spawn(Write(this, object, facts.type, facts.reason, std::move(event)));
}

sim::Task<> EventRecorder::Write(EventRecorder* recorder, InvolvedObject object, std::string type,
                                 std::string reason, CorrelatedEvent event) {
  const std::string namespace_ = object.namespace_.empty() ? "default" : object.namespace_;
  const std::string now = apiserver::FormatTime(recorder->kernel_.now());
  if (!event.existing_name.empty()) {
    Value patch{{"count", event.count}, {"lastTimestamp", now}, {"message", event.message}};
    const ObjectKey key{namespace_, event.existing_name};
    const auto patched = co_await recorder->client_.Patch(
        kEvents, key, apiserver::PatchType::kStrategic, std::move(patch));
    if (patched.ok()) {
      recorder->correlator_.Recorded(event.key, event.existing_name, event.first_timestamp,
                                     event.count);
      co_return;
    }
    if (patched.error().code != 404) co_return;
  }
  const std::string name = recorder->NextName(object.name);
  Object involved;
  involved["kind"] = object.kind;
  if (!object.namespace_.empty()) involved["namespace"] = object.namespace_;
  involved["name"] = object.name;
  involved["uid"] = object.uid;
  involved["apiVersion"] = object.api_version;
  if (!object.resource_version.empty()) involved["resourceVersion"] = object.resource_version;
  Object body;
  body["kind"] = "Event";
  body["apiVersion"] = "v1";
  body["metadata"] = Object{{"name", name}, {"namespace", namespace_}};
  body["involvedObject"] = std::move(involved);
  body["reason"] = reason;
  body["message"] = event.message;
  body["source"] = Object{{"component", recorder->component_}};
  body["firstTimestamp"] = now;
  body["lastTimestamp"] = now;
  body["count"] = event.count;
  body["type"] = type;
  body["eventTime"] = nullptr;
  body["reportingComponent"] = recorder->component_;
  body["reportingInstance"] = "";
  const auto created = co_await recorder->client_.Create(kEvents, namespace_, std::move(body));
  if (created.ok()) recorder->correlator_.Recorded(event.key, name, now, event.count);
}

}  // namespace controllers
