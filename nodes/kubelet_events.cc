#include "nodes/kubelet_events.h"

#include <array>
#include <charconv>

#include "apiserver/api/time_format.h"
#include "apiserver/client/resources.h"

namespace nodes {
namespace {

using apiserver::kEvents;
using apiserver::Object;
using apiserver::Value;

std::string Hex(std::int64_t number) {
  std::array<char, 16> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return std::string(digits.data(), end);
}

}  // namespace

bool KubeletEventRecorder::Spend(const std::string& object) {
  const sim::Time now = kernel_.now();
  const auto [at, is_new] = budgets_.emplace(object, Budget{0, now});
  Budget& budget = at->second;
  while (budget.spent > 0 && now - budget.since >= kRefill) {
    --budget.spent;
    budget.since += kRefill;
  }
  if (budget.spent == 0) budget.since = now;
  if (budget.spent >= kBurstMax) return false;
  ++budget.spent;
  return true;
}

Value KubeletEventRecorder::MakeEvent(const EventTarget& target, const PodNote& note,
                                      const std::string& name) const {
  const std::string now = apiserver::FormatTime(kernel_.now());
  Object involved{{"kind", target.kind}};
  if (!target.namespace_.empty()) involved["namespace"] = target.namespace_;
  involved["name"] = target.name;
  involved["uid"] = target.uid;
  involved["apiVersion"] = "v1";
  involved["resourceVersion"] = std::to_string(target.revision);
  if (!note.field_path.empty()) involved["fieldPath"] = note.field_path;
  const std::string namespace_name = target.namespace_.empty() ? "default" : target.namespace_;
  return Object{{"apiVersion", "v1"},
                {"kind", "Event"},
                {"metadata", Object{{"name", name}, {"namespace", namespace_name}}},
                {"involvedObject", std::move(involved)},
                {"reason", note.reason},
                {"message", note.message},
                {"source", Object{{"component", "kubelet"}, {"host", node_name_}}},
                {"firstTimestamp", now},
                {"lastTimestamp", now},
                {"count", 1},
                {"type", note.is_warning ? "Warning" : "Normal"},
                {"reportingComponent", "kubelet"},
                {"reportingInstance", node_name_}};
}

void KubeletEventRecorder::Record(const EventTarget& target, const PodNote& note) {
  const std::string object = target.uid.empty() ? target.name : target.uid;
  if (!Spend(object)) return;
  const std::string namespace_name = target.namespace_.empty() ? "default" : target.namespace_;
  std::string key = object + '\n' + note.field_path + '\n' + note.reason + '\n' + note.message;
  if (const auto found = remembered_.find(key); found != remembered_.end()) {
    ++found->second.count;
    tasks_.Spawn(Count(this, {namespace_name, found->second.name}, found->second.count));
    return;
  }
  last_number_ = std::max<std::int64_t>(last_number_ + 1, kernel_.now().time_since_epoch().count());
  std::string name = target.name + "." + Hex(last_number_);
  Value event = MakeEvent(target, note, name);
  remembered_order_.push_back(key);
  remembered_.emplace(std::move(key), Remembered{std::move(name), 1});
  if (remembered_order_.size() > kRememberedMax) {
    remembered_.erase(remembered_order_.front());
    remembered_order_.pop_front();
  }
  if (budgets_.size() > kRememberedMax) budgets_.clear();
  tasks_.Spawn(Create(this, namespace_name, std::move(event)));
}

sim::Task<> KubeletEventRecorder::Create(KubeletEventRecorder* recorder, std::string namespace_,
                                         Value event) {
  auto creation = recorder->client_.Create(kEvents, std::move(namespace_), std::move(event));
  co_await creation;
}

sim::Task<> KubeletEventRecorder::Count(KubeletEventRecorder* recorder, apiserver::ObjectKey key,
                                        std::int64_t count) {
  Value patch =
      Object{{"count", count}, {"lastTimestamp", apiserver::FormatTime(recorder->kernel_.now())}};
  auto patched = recorder->client_.Patch(kEvents, std::move(key), apiserver::PatchType::kStrategic,
                                         std::move(patch));
  co_await patched;
}

}  // namespace nodes
