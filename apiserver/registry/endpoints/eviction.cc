// Source: k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go.

#include "apiserver/api/label_selector.h"
#include "apiserver/api/time_format.h"
#include "apiserver/registry/deletion.h"
#include "apiserver/registry/endpoints/direct_write.h"
#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/verbs.h"
#include "apiserver/registry/write.h"

namespace apiserver {
namespace {

constexpr std::string_view kWouldViolate =
    "Cannot evict pod as it would violate the pod's disruption budget.";
constexpr std::size_t kDisruptedPodsMax = 2000;
constexpr int kRetryAfterSeconds = 10;

const GroupResource& Budgets() {
  static const GroupResource kBudgets{"policy", "poddisruptionbudgets"};
  return kBudgets;
}

bool IsPodReady(const Value& pod) {
  const Value* conditions = FindPath(pod, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return false;
  for (const Value& condition : conditions->get_array()) {
    if (TextAt(condition, {"type"}) == "Ready") return TextAt(condition, {"status"}) == "True";
  }
  return false;
}

// Pods that a budget has no say about: they don't serve (any more).
bool IgnoresBudgets(const Value& pod) {
  const std::string_view phase = TextAt(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed" || phase == "Pending" ||
         !TextAt(pod, {"metadata", "deletionTimestamp"}).empty();
}

std::vector<ObjectPtr> BudgetsOf(const Call& call, const ObjectPtr& pod) {
  std::vector<ObjectPtr> found;
  StoreRange range;
  range.namespace_ = pod->meta().namespace_;
  call.parts.store.Visit(Budgets(), range, [&](const ObjectPtr& budget) {
    const std::shared_ptr<const Value> value = budget->Peek();
    const auto selector = LabelSelector::FromObject(FindPath(*value, {"spec", "selector"}));
    if (selector && selector->Matches(LabelSpan(pod->meta().labels))) found.push_back(budget);
    return true;
  });
  return found;
}

ApiError Blocked(int retry_after_seconds, std::string cause) {
  ApiError error = TooManyRequestsError(kWouldViolate, retry_after_seconds);
  error.details->causes.push_back({"DisruptionBudget", std::move(cause), ""});
  return error;
}

void SetInsufficientPods(Value& budget, sim::Time now) {
  Value& conditions = EnsureObject(budget, "status")["conditions"];
  if (!conditions.is_array()) conditions.emplace_array();
  Value since(FormatTime(now));
  Value* place = nullptr;
  for (Value& present : conditions.get_array()) {
    if (TextAt(present, {"type"}) != "DisruptionAllowed") continue;
    if (TextAt(present, {"status"}) == "False") since = present.at("lastTransitionTime");
    place = &present;
  }
  if (place == nullptr) place = &conditions.get_array().emplace_back(Object());
  Object condition;
  condition["type"] = "DisruptionAllowed";
  condition["status"] = "False";
  condition["observedGeneration"] = IntAt(budget, {"status", "observedGeneration"});
  condition["lastTransitionTime"] = since;
  condition["reason"] = "InsufficientPods";
  condition["message"] = "";
  *place = std::move(condition);
}

// Takes one disruption from the budget, or says why there is none.
std::optional<ApiError> TakeDisruption(Call& call, const std::string& pod_name,
                                       const ObjectPtr& live) {
  Value budget = live->Parse(call.storage());
  const std::string& name = live->meta().name;
  if (IntAt(budget, {"status", "observedGeneration"}) < live->meta().generation) {
    return Blocked(kRetryAfterSeconds,
                   "The disruption budget " + name + " is still being processed by the server.");
  }
  const std::int64_t allowed = IntAt(budget, {"status", "disruptionsAllowed"});
  const GroupResource shown{"policy", "poddisruptionbudget"};
  if (allowed < 0) return ForbiddenError(shown, name, "pdb disruptions allowed is negative");
  const Value* disrupted = FindPath(budget, {"status", "disruptedPods"});
  if (disrupted != nullptr && disrupted->is_object() &&
      disrupted->get_object().size() > kDisruptedPodsMax) {
    return ForbiddenError(
        shown, name,
        "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
  }
  if (allowed == 0) {
    const auto count = [&](std::string_view field) {
      return std::to_string(IntAt(budget, {"status", field}));
    };
    return Blocked(0, "The disruption budget " + name + " needs " + count("desiredHealthy") +
                          " healthy pods and has " + count("currentHealthy") + " currently");
  }
  EnsureObject(budget, "status")["disruptionsAllowed"] = allowed - 1;
  if (allowed == 1) SetInsufficientPods(budget, call.context.now);
  EnsureObject(EnsureObject(budget, "status"), "disruptedPods")[pod_name] =
      FormatTime(call.context.now);
  const ApiResource* resource = call.parts.resources.Find("policy", "v1", "poddisruptionbudgets");
  WriteDirectly(call.parts, *resource, budget, live, call.context.is_dry_run);
  return std::nullopt;
}

ApiError TwoBudgets() {
  return PlainError(
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not "
      "support.");
}

// Asks the pod's budget, if it has one with a say.
std::optional<ApiError> AskBudgets(Call& call, const ObjectPtr& live, const Value& pod) {
  if (IgnoresBudgets(pod)) return std::nullopt;
  const std::vector<ObjectPtr> budgets = BudgetsOf(call, live);
  if (budgets.size() > 1) return TwoBudgets();
  if (budgets.empty()) return std::nullopt;
  if (!IsPodReady(pod)) {
    const std::shared_ptr<const Value> budget = budgets[0]->Peek();
    if (TextAt(*budget, {"spec", "unhealthyPodEvictionPolicy"}) == "AlwaysAllow")
      return std::nullopt;
    const std::int64_t desired = IntAt(*budget, {"status", "desiredHealthy"});
    if (IntAt(*budget, {"status", "currentHealthy"}) >= desired && desired > 0) return std::nullopt;
  }
  return TakeDisruption(call, live->meta().name, budgets[0]);
}

class EvictionEndpoint final : public Endpoint {
 public:
  Response Handle(Call& call, Verb) override {
    ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "CreateOptions");
    if (!options) return ErrorResponse(options.error());
    call.context.is_dry_run = options->is_dry_run;
    TakeOldVersion(call.request);
    ApiResult<Value> eviction = DecodeBody(call, ExpectedKindOf(call), options->field_validation);
    if (!eviction) return ErrorResponse(eviction.error());
    if (auto refused = MatchNamespace(call, *eviction)) return ErrorResponse(*refused);
    AdmissionRequest admission =
        Admission(call, Operation::kCreate, call.request.info.name, nullptr);
    admission.kind = "Eviction";
    if (auto refused = call.parts.admission.Admit(admission, &*eviction)) {
      return ErrorResponse(*refused);
    }
    if (TextAt(*eviction, {"metadata", "name"}) != call.request.info.name) {
      return ErrorResponse(BadRequestError("name in URL does not match name in Eviction object"));
    }
    const Value* asked = Find(*eviction, "deleteOptions");
    DeleteRequestOptions deletion;
    if (asked != nullptr && asked->is_object()) {
      ApiResult<DeleteRequestOptions> read = ReadDeleteOptionsFrom(*asked);
      if (!read) return ErrorResponse(read.error());
      deletion = std::move(*read);
    }
    call.context.is_dry_run = call.context.is_dry_run || deletion.is_dry_run;
    if (auto refused = call.parts.admission.Validate(admission, &*eviction)) {
      return ErrorResponse(*refused);
    }
    if (auto refused = Evict(call, std::move(deletion))) return ErrorResponse(*refused);
    return CreatedStatusResponse(call);
  }

 private:
  static void TakeOldVersion(Request& request) {
    if (!request.object || TextAt(*request.object, {"apiVersion"}) != "policy/v1beta1") return;
    request.object->get_object()["apiVersion"] = "policy/v1";
  }

  static std::optional<ApiError> Evict(Call& call, DeleteRequestOptions deletion) {
    const std::string& name = call.request.info.name;
    const ObjectPtr live = call.FindStored(name);
    if (!live) return NotFoundError(call.group_resource(), name);
    Value pod = live->Parse(call.storage());
    if (auto refused = AskBudgets(call, live, pod)) return refused;
    if (!call.context.is_dry_run && MeetsPreconditions(deletion, *live)) {
      SetPodCondition(
          pod, {"DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting"},
          call.context.now);
      const ObjectPtr marked = WriteDirectly(call.parts, call.resource, pod, live, false);
      if (deletion.resource_version)
        deletion.resource_version = std::to_string(marked->meta().revision);
    }
    ApiResult<DeletionOutcome> outcome = DeleteObject(call, name, std::move(deletion));
    if (!outcome) return std::move(outcome.error());
    return std::nullopt;
  }

  static bool MeetsPreconditions(const DeleteRequestOptions& deletion, const StoredObject& live) {
    if (deletion.uid && *deletion.uid != live.meta().uid) return false;
    return !deletion.resource_version ||
           *deletion.resource_version == std::to_string(live.meta().revision);
  }
};

}  // namespace

std::unique_ptr<Endpoint> MakeEvictionEndpoint() { return std::make_unique<EvictionEndpoint>(); }

}  // namespace apiserver
