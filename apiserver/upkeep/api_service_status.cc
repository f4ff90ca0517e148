#include "apiserver/upkeep/api_service_status.h"

#include "apiserver/api/go_text.h"
#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

const GroupResource kApiServices{"apiregistration.k8s.io", "apiservices"};
const GroupResource kServices{"", "services"};
const GroupResource kSlices{"discovery.k8s.io", "endpointslices"};

const Array& ListAt(const Value& value, std::string_view name) {
  static const Array kNone;
  const Value* list = Find(value, name);
  return list == nullptr || !list->is_array() ? kNone : list->get_array();
}

bool HasReadyEndpoint(const Value& slice) {
  for (const Value& endpoint : ListAt(slice, "endpoints")) {
    const Value* ready = FindPath(endpoint, {"conditions", "ready"});
    if (ready == nullptr || ready->is_null() || *ready == Value(true)) return true;
  }
  return false;
}

bool HasPort(const Value& slice, std::string_view name) {
  for (const Value& port : ListAt(slice, "ports")) {
    if (TextAt(port, {"name"}) == name && Find(port, "port") != nullptr) return true;
  }
  return false;
}

// The port of `service` that has `number`, or nullptr.
const Value* FindPort(const Value& service, std::int64_t number) {
  const Value* spec = Find(service, "spec");
  if (spec == nullptr) return nullptr;
  for (const Value& port : ListAt(*spec, "ports")) {
    if (IntAt(port, {"port"}) == number) return &port;
  }
  return nullptr;
}

// Puts the condition into `api_service`; false when it says so already.
bool SetAvailable(Value& api_service, const Unavailability& why, sim::Time now) {
  Object& status = EnsureObject(api_service.get_object(), "status");
  Value& list = status["conditions"];
  if (!list.is_array()) list.emplace_array();
  Value* present = nullptr;
  for (Value& condition : list.get_array()) {
    if (TextAt(condition, {"type"}) == "Available") present = &condition;
  }
  Object wanted{{"type", "Available"},
                {"status", "False"},
                {"lastTransitionTime", FormatTime(now)},
                {"reason", why.reason},
                {"message", why.message}};
  if (present == nullptr) {
    list.get_array().push_back(std::move(wanted));
    return true;
  }
  const bool was_unavailable = TextAt(*present, {"status"}) == "False";
  if (was_unavailable && TextAt(*present, {"reason"}) == why.reason &&
      TextAt(*present, {"message"}) == why.message) {
    return false;
  }
  if (was_unavailable) wanted["lastTransitionTime"] = present->at("lastTransitionTime");
  *present = std::move(wanted);
  return true;
}

}  // namespace

std::optional<Unavailability> FindUnavailability(const Value& reference, const Value* service,
                                                 std::span<const Value> slices) {
  const std::string name = "service/" + std::string(TextAt(reference, {"name"}));
  const std::string place = GoQuote(TextAt(reference, {"namespace"}));
  if (service == nullptr) {
    return Unavailability{"ServiceNotFound", name + " in " + place + " is not present"};
  }
  if (TextAt(*service, {"spec", "type"}) != "ClusterIP") return std::nullopt;
  const std::int64_t number = IntAt(reference, {"port"}, 443);
  const Value* port = FindPort(*service, number);
  if (port == nullptr) {
    return Unavailability{"ServicePortError", name + " in " + place + " is not listening on port " +
                                                  std::to_string(number)};
  }
  if (slices.empty()) {
    return Unavailability{"EndpointsNotFound",
                          "cannot find endpointslices for " + name + " in " + place};
  }
  const std::string_view port_name = TextAt(*port, {"name"});
  for (const Value& slice : slices) {
    if (HasReadyEndpoint(slice) && HasPort(slice, port_name)) return std::nullopt;
  }
  return Unavailability{"MissingEndpoints", "endpointslices for " + name + " in " + place +
                                                " have no addresses with port name " +
                                                GoQuote(port_name)};
}

ApiServiceStatus::ApiServiceStatus(sim::Kernel& kernel, RequestHandler& handler, Store& store)
    : kernel_(kernel),
      store_(store),
      client_(handler, store,
              {.user = {"system:apiserver", "", {"system:masters", "system:authenticated"}, {}},
               .field_manager = "kube-apiserver"}) {
  store_.AddObserver([this](const ChangePtr& change) {
    const bool is_near =
        has_remote_ && (change->resource == kServices || change->resource == kSlices);
    if (is_near || change->resource == kApiServices) Queue();
  });
  Queue();
}

void ApiServiceStatus::Queue() {
  if (is_queued_) return;
  is_queued_ = true;
  kernel_.Post(sim::Lane::kControl, "api_services.sync", "", [this] { Sync(); });
}

std::optional<Unavailability> ApiServiceStatus::Judge(const Value& reference) const {
  const std::string namespace_(TextAt(reference, {"namespace"}));
  const std::string name(TextAt(reference, {"name"}));
  const ObjectPtr service = store_.Find(kServices, {namespace_, name});
  if (service == nullptr) return FindUnavailability(reference, nullptr, {});
  std::vector<Value> slices;
  store_.Visit(kSlices, {}, [&](const ObjectPtr& slice) {
    const std::string* owner = slice->meta().Label("kubernetes.io/service-name");
    if (slice->meta().namespace_ == namespace_ && owner != nullptr && *owner == name) {
      slices.push_back(slice->Parse());
    }
    return true;
  });
  const Value parsed = service->Parse();
  return FindUnavailability(reference, &parsed, slices);
}

void ApiServiceStatus::Sync() {
  is_queued_ = false;
  has_remote_ = false;
  std::vector<Value> changed;
  store_.Visit(kApiServices, {}, [&](const ObjectPtr& object) {
    const auto peek = object->Peek();
    const Value* reference = FindPath(*peek, {"spec", "service"});
    if (reference == nullptr || !reference->is_object()) return true;
    has_remote_ = true;
    const auto why = Judge(*reference);
    if (!why) return true;
    Value api_service = object->Parse();
    if (SetAvailable(api_service, *why, kernel_.now())) changed.push_back(std::move(api_service));
    return true;
  });
  for (Value& api_service : changed) {
    const GroupVersionResource resource{"apiregistration.k8s.io", "v1", "apiservices"};
    // What is refused is tried again with the next change.
    sim::Task<ApiResult<ObjectPtr>> updated =
        client_.Update(resource, std::move(api_service), "status");
    if (updated.done()) static_cast<void>(updated.Take());
  }
}

}  // namespace apiserver
