// Source: k8s.io/kubernetes/pkg/registry/core/pod/storage/storage.go (BindingREST).

#include "apiserver/registry/endpoints/direct_write.h"
#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/topology_labels.h"
#include "apiserver/registry/verbs.h"

namespace apiserver {
namespace {

const GroupResource& BindingResource() {
  static const GroupResource kResource{"", "pods/binding"};
  return kResource;
}

// Why `pod` can't get a node now, or "".
std::string Refusal(const Value& pod) {
  const std::string name(TextAt(pod, {"metadata", "name"}));
  if (!TextAt(pod, {"metadata", "deletionTimestamp"}).empty()) {
    return "pod " + name + " is being deleted, cannot be assigned to a host";
  }
  const std::string node(TextAt(pod, {"spec", "nodeName"}));
  if (!node.empty()) return "pod " + name + " is already assigned to node \"" + node + "\"";
  const Value* gates = FindPath(pod, {"spec", "schedulingGates"});
  if (gates != nullptr && gates->is_array() && !gates->get_array().empty()) {
    return "pod " + name + " has non-empty .spec.schedulingGates";
  }
  return {};
}

void CopyTexts(const Value& from, Value& to, std::string_view member) {
  const Value* texts = FindPath(from, {"metadata", member});
  if (texts == nullptr || !texts->is_object() || texts->get_object().empty()) return;
  Object& target = EnsureObject(EnsureObject(to, "metadata"), member);
  for (const auto& text : texts->get_object()) target[text.key()] = text.value();
}

std::optional<ApiError> CheckTarget(const Value& binding) {
  const std::string_view kind = TextAt(binding, {"target", "kind"});
  const bool lacks_name = TextAt(binding, {"target", "name"}).empty();
  const std::string required = "target.name: Required value";
  if (kind.empty() || kind == "Node") {
    return lacks_name ? std::optional(PlainError(required)) : std::nullopt;
  }
  const std::string unsupported = "target.kind: Unsupported value: \"" + std::string(kind) +
                                  "\": supported values: \"Node\", \"<empty>\"";
  return PlainError(lacks_name ? "[" + unsupported + ", " + required + "]" : unsupported);
}

class BindingEndpoint final : public Endpoint {
 public:
  Response Handle(Call& call, Verb) override {
    ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "CreateOptions");
    if (!options) return ErrorResponse(options.error());
    call.context.is_dry_run = options->is_dry_run;
    ApiResult<Value> binding = DecodeBody(call, ExpectedKindOf(call), options->field_validation);
    if (!binding) return ErrorResponse(binding.error());
    if (auto refused = MatchNamespace(call, *binding)) return ErrorResponse(*refused);
    if (auto refused = Bind(call, *binding)) return ErrorResponse(*refused);
    return CreatedStatusResponse(call);
  }

 private:
  static std::optional<ApiError> Bind(Call& call, const Value& binding) {
    const std::string name(TextAt(binding, {"metadata", "name"}));
    const bool is_collection = call.request.info.subresource.empty();
    if (!is_collection && name != call.request.info.name) {
      return BadRequestError("name in URL does not match name in Binding object");
    }
    if (auto refused = CheckTarget(binding)) return refused;
    if (name.empty()) return BadRequestError("Name parameter required.");
    const ApiResource* pods = call.parts.resources.Find("", "v1", "pods");
    const ObjectPtr live =
        call.parts.store.Find(pods->storage, {call.request.info.namespace_, name});
    if (!live) return NotFoundError(pods->storage, name);
    if (auto refused = CheckPreconditions(binding, *live, is_collection, call.context.is_dry_run))
      return refused;
    Value pod = live->Parse(call.storage());
    const std::string refusal = Refusal(pod);
    if (!refusal.empty()) return ConflictError(BindingResource(), name, refusal);
    EnsureObject(pod, "spec")["nodeName"] = TextAt(binding, {"target", "name"});
    EnsureObject(pod, "status").erase("nominatedNodeName");
    CopyTexts(binding, pod, "annotations");
    CopyTexts(binding, pod, "labels");
    const ObjectPtr node = call.parts.store.Find(
        {"", "nodes"}, {"", std::string(TextAt(binding, {"target", "name"}))});
    if (node) CopyTopologyLabels(*node->Peek(), pod);
    SetPodCondition(pod, {"PodScheduled", "True", "", ""}, call.context.now);
    WriteDirectly(call.parts, *pods, pod, live, call.context.is_dry_run);
    return std::nullopt;
  }

  static std::optional<ApiError> CheckPreconditions(const Value& binding, const StoredObject& live,
                                                    bool is_collection, bool is_dry_run) {
    const auto failed = [&](std::string_view what, std::string_view asked,
                            const std::string& present) {
      const std::string key = live.meta().namespace_ + "/" + live.meta().name;
      return ConflictError({"", "pods"}, live.meta().name,
                           std::string("StorageError: invalid object, Code: 4, Key: ") +
                               (is_dry_run ? "" : "/registry") + "/pods/" + key +
                               ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: " +
                               std::string(what) + " in precondition: " + std::string(asked) +
                               ", " + std::string(what) + " in object meta: " + present);
    };
    // One posted to the collection is taken for a new object, whose UID is not the client's.
    const std::string_view uid =
        is_collection ? std::string_view() : TextAt(binding, {"metadata", "uid"});
    if (!uid.empty() && uid != live.meta().uid) return failed("UID", uid, live.meta().uid);
    const std::string_view revision = TextAt(binding, {"metadata", "resourceVersion"});
    const std::string present = std::to_string(live.meta().revision);
    if (!revision.empty() && revision != present)
      return failed("ResourceVersion", revision, present);
    return std::nullopt;
  }
};

}  // namespace

std::unique_ptr<Endpoint> MakeBindingEndpoint() { return std::make_unique<BindingEndpoint>(); }

}  // namespace apiserver
