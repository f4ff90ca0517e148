#include "controllers/endpoint_slice/slice_plan.h"

#include <algorithm>
#include <map>

namespace controllers {
namespace {

using apiserver::EnsureObject;
using apiserver::Find;
using apiserver::TextAt;

constexpr std::string_view kTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

// What tells endpoints apart: their pod, else their addresses.
std::string Identity(const Value& endpoint) {
  const std::string_view uid = TextAt(endpoint, {"targetRef", "uid"});
  const Value* addresses = Find(endpoint, "addresses");
  return std::string(uid) + "/" + (addresses == nullptr ? "" : boost::json::serialize(*addresses));
}

struct WorkingSlice {
  Value object;
  std::vector<Value> endpoints;
  bool is_changed = false;
  bool is_surplus = false;
};

Value ToList(const std::vector<Value>& endpoints) {
  if (endpoints.empty()) return nullptr;
  Array list;
  for (const Value& endpoint : endpoints) list.push_back(endpoint);
  return list;
}

Value NewSlice(const SliceFrame& frame, const std::string& address_type, const Value& ports,
               const std::vector<Value>& endpoints) {
  Object metadata;
  metadata["generateName"] = frame.prefix;
  metadata["namespace"] = frame.namespace_;
  metadata["labels"] = frame.labels;
  if (!frame.trigger_time.empty()) {
    Object annotations;
    annotations[kTriggerTime] = frame.trigger_time;
    metadata["annotations"] = std::move(annotations);
  }
  metadata["ownerReferences"] = Array{frame.owner};
  Object slice;
  slice["apiVersion"] = "discovery.k8s.io/v1";
  slice["kind"] = "EndpointSlice";
  slice["metadata"] = std::move(metadata);
  slice["addressType"] = address_type;
  slice["endpoints"] = ToList(endpoints);
  slice["ports"] = ports;
  return slice;
}

void StampTriggerTime(Value& slice, const std::string& trigger_time) {
  Object& metadata = EnsureObject(slice, "metadata");
  if (!trigger_time.empty()) {
    EnsureObject(metadata, "annotations")[kTriggerTime] = trigger_time;
    return;
  }
  Value* annotations = metadata.if_contains("annotations");
  if (annotations != nullptr && annotations->is_object()) {
    annotations->get_object().erase(kTriggerTime);
  }
}

bool HasSamePorts(const Value& slice, const Value& ports) {
  const Value* present = Find(slice, "ports");
  const bool is_empty = present == nullptr || present->is_null();
  return is_empty ? ports.is_null() : *present == ports;
}

// Keeps in each slice what is still wanted, and says what no slice has yet.
std::vector<Value> KeepWanted(std::vector<WorkingSlice*>& slices, std::vector<Value> wanted) {
  std::map<std::string, std::size_t> by_identity;
  for (std::size_t i = 0; i < wanted.size(); ++i) by_identity[Identity(wanted[i])] = i;
  std::vector<bool> is_placed(wanted.size());
  for (WorkingSlice* slice : slices) {
    std::vector<Value> kept;
    for (Value& endpoint : slice->endpoints) {
      const auto found = by_identity.find(Identity(endpoint));
      if (found == by_identity.end() || is_placed[found->second]) {
        slice->is_changed = true;
        continue;
      }
      is_placed[found->second] = true;
      slice->is_changed |= endpoint != wanted[found->second];
      kept.push_back(wanted[found->second]);
    }
    slice->endpoints = std::move(kept);
  }
  std::vector<Value> missing;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!is_placed[i]) missing.push_back(std::move(wanted[i]));
  }
  return missing;
}

// Fills slices that change anyway first, then others with room; the rest goes to new ones.
void PlaceMissing(const SliceFrame& frame, const EndpointGroup& group,
                  std::vector<WorkingSlice*>& slices, std::vector<Value> missing, SlicePlan& plan) {
  std::stable_sort(slices.begin(), slices.end(), [](const WorkingSlice* a, const WorkingSlice* b) {
    return a->is_changed > b->is_changed;
  });
  std::size_t next = 0;
  for (WorkingSlice* slice : slices) {
    while (next < missing.size() && slice->endpoints.size() < kSliceEndpointsMax) {
      slice->endpoints.push_back(std::move(missing[next++]));
      slice->is_changed = true;
    }
  }
  while (next < missing.size()) {
    const std::size_t count = std::min(kSliceEndpointsMax, missing.size() - next);
    const auto begin = missing.begin() + static_cast<std::ptrdiff_t>(next);
    const std::vector<Value> part(begin, begin + static_cast<std::ptrdiff_t>(count));
    plan.creations.push_back(NewSlice(frame, group.address_type, group.ports, part));
    next += count;
  }
}

}  // namespace

SlicePlan PlanSlices(const SliceFrame& frame, const std::vector<std::string>& address_types,
                     std::vector<EndpointGroup> groups, const std::vector<ObjectPtr>& existing) {
  SlicePlan plan;
  std::vector<WorkingSlice> working;
  for (const ObjectPtr& object : existing) {
    WorkingSlice slice;
    slice.object = object->Parse();
    const Value* endpoints = Find(slice.object, "endpoints");
    if (endpoints != nullptr && endpoints->is_array()) {
      slice.endpoints.assign(endpoints->get_array().begin(), endpoints->get_array().end());
    }
    working.push_back(std::move(slice));
  }
  for (const std::string& type : address_types) {
    const bool has_group = std::any_of(groups.begin(), groups.end(), [&](const auto& group) {
      return group.address_type == type && !group.endpoints.empty();
    });
    if (!has_group) groups.push_back({type, nullptr, {}});  // The empty slice.
  }
  std::vector<bool> is_used(working.size());
  for (EndpointGroup& group : groups) {
    std::vector<WorkingSlice*> slices;
    for (std::size_t i = 0; i < working.size(); ++i) {
      if (is_used[i] || TextAt(working[i].object, {"addressType"}) != group.address_type) continue;
      if (!HasSamePorts(working[i].object, group.ports)) continue;
      slices.push_back(&working[i]);
      is_used[i] = true;
    }
    const bool is_placeholder = group.endpoints.empty();
    std::vector<Value> missing = KeepWanted(slices, std::move(group.endpoints));
    PlaceMissing(frame, group, slices, std::move(missing), plan);
    if (is_placeholder && slices.empty()) {
      // A slice of the same type that is not used any more becomes the empty one.
      for (std::size_t i = 0; i < working.size() && slices.empty(); ++i) {
        if (is_used[i] || TextAt(working[i].object, {"addressType"}) != group.address_type)
          continue;
        working[i].object.get_object()["ports"] = nullptr;
        working[i].endpoints.clear();
        working[i].is_changed = true;
        is_used[i] = true;
        slices.push_back(&working[i]);
      }
      if (slices.empty()) {
        plan.creations.push_back(NewSlice(frame, group.address_type, group.ports, {}));
      }
    }
    // Of several empty slices one is enough, and none where others hold endpoints.
    bool keeps_empty = is_placeholder;
    for (WorkingSlice* slice : slices) {
      if (!slice->endpoints.empty()) continue;
      if (std::exchange(keeps_empty, false)) continue;
      slice->is_surplus = true;
    }
  }
  for (std::size_t i = 0; i < working.size(); ++i) {
    WorkingSlice& slice = working[i];
    const bool is_dropped = !is_used[i] || slice.is_surplus;
    if (is_dropped) {
      plan.deletions.push_back(existing[i]->key());
      continue;
    }
    const Value* labels = apiserver::FindPath(slice.object, {"metadata", "labels"});
    const bool has_labels = labels != nullptr && *labels == Value(frame.labels);
    if (!slice.is_changed && has_labels) continue;
    EnsureObject(slice.object, "metadata")["labels"] = frame.labels;
    StampTriggerTime(slice.object, frame.trigger_time);
    slice.object.get_object()["endpoints"] = ToList(slice.endpoints);
    plan.updates.push_back(std::move(slice.object));
  }
  return plan;
}

}  // namespace controllers
