#include "apiserver/upkeep/flow_schema_status.h"

#include "apiserver/api/go_text.h"
#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

const std::string kGroup = "flowcontrol.apiserver.k8s.io";
const GroupResource kSchemas{kGroup, "flowschemas"};
const GroupResource kLevels{kGroup, "prioritylevelconfigurations"};

const Value* FindDangling(const Value& flow_schema) {
  const Value* conditions = FindPath(flow_schema, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const Value& condition : conditions->get_array()) {
    if (TextAt(condition, {"type"}) == "Dangling") return &condition;
  }
  return nullptr;
}

}  // namespace

std::optional<Object> MissingDanglingCondition(const Value& flow_schema, bool has_level) {
  const std::string level(TextAt(flow_schema, {"spec", "priorityLevelConfiguration", "name"}));
  Object wanted{
      {"type", "Dangling"},
      {"status", has_level ? "False" : "True"},
      {"reason", has_level ? "Found" : "NotFound"},
      {"message", "This FlowSchema references the PriorityLevelConfiguration object named " +
                      GoQuote(level) +
                      (has_level ? " and it exists" : " but there is no such object")}};
  const Value* present = FindDangling(flow_schema);
  if (present == nullptr) return wanted;
  for (const char* member : {"status", "reason", "message"}) {
    if (TextAt(*present, {member}) != wanted.at(member).get_string()) return wanted;
  }
  return std::nullopt;
}

FlowSchemaStatus::FlowSchemaStatus(sim::Kernel& kernel, RequestHandler& handler, Store& store)
    : kernel_(kernel),
      store_(store),
      client_(handler, store,
              {.user = {"system:apiserver", "", {"system:masters", "system:authenticated"}, {}},
               .field_manager = "api-priority-and-fairness-config-consumer-v1"}) {
  store_.AddObserver([this](const ChangePtr& change) {
    if (change->resource == kSchemas || change->resource == kLevels) Queue();
  });
  Queue();
}

void FlowSchemaStatus::Queue() {
  if (is_queued_) return;
  is_queued_ = true;
  kernel_.Post(sim::Lane::kControl, "flow_schemas.sync", "", [this] { Sync(); });
}

bool FlowSchemaStatus::HasLevel(std::string_view name) const {
  // What the server can't do without is there even when its object is not.
  return name == "exempt" || name == "catch-all" ||
         store_.Find(kLevels, {"", std::string(name)}) != nullptr;
}

void FlowSchemaStatus::Sync() {
  is_queued_ = false;
  std::vector<std::pair<std::string, Object>> missing;
  store_.Visit(kSchemas, {}, [&](const ObjectPtr& object) {
    const auto schema = object->Peek();
    const bool has_level =
        HasLevel(TextAt(*schema, {"spec", "priorityLevelConfiguration", "name"}));
    if (auto condition = MissingDanglingCondition(*schema, has_level)) {
      (*condition)["lastTransitionTime"] = FormatTime(kernel_.now());
      missing.emplace_back(object->meta().name, std::move(*condition));
    }
    return true;
  });
  for (auto& [name, condition] : missing) {
    const GroupVersionResource resource{kGroup, "v1", "flowschemas"};
    const Value patch = {{"apiVersion", kGroup + "/v1"},
                         {"kind", "FlowSchema"},
                         {"metadata", {{"name", name}}},
                         {"status", {{"conditions", Array{std::move(condition)}}}}};
    // No webhook is asked about flow schemas' status in time: what is refused is tried again with
    // the next change.
    sim::Task<ApiResult<ObjectPtr>> patched =
        client_.Patch(resource, {"", name}, PatchType::kApply, patch, "status");
    if (patched.done()) static_cast<void>(patched.Take());
  }
}

}  // namespace apiserver
