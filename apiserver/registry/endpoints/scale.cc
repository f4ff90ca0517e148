// Source: k8s.io/kubernetes/pkg/registry/apps/deployment/storage (ScaleREST) and
// apiextensions-apiserver/pkg/registry/customresource/etcd.go.

#include <limits>

#include "apiserver/api/label_selector.h"
#include "apiserver/registry/apply_verb.h"
#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/object_meta.h"
#include "apiserver/registry/patch/apply.h"
#include "apiserver/registry/patch/managed_fields.h"
#include "apiserver/registry/patch/scale_fields.h"
#include "apiserver/registry/patch_verb.h"
#include "apiserver/registry/reads.h"
#include "apiserver/registry/table.h"
#include "apiserver/registry/verbs.h"

namespace apiserver {
namespace {

const GroupVersionKind& ScaleKind() {
  static const GroupVersionKind kKind{"autoscaling", "v1", "Scale"};
  return kKind;
}

// What the Scale of a custom object without replicas has, so that a change which leaves them alone
// is noticed.
constexpr std::int64_t kNoReplicas = std::numeric_limits<std::int32_t>::min();

// Where an object keeps what a Scale shows, as dotted paths (".spec.replicas").
ScalePaths PathsOf(const ApiResource& resource) {
  return resource.scale.value_or(ScalePaths{".spec.replicas", ".status.replicas", ""});
}

std::vector<std::string> Segments(const std::string& path) {
  std::vector<std::string> segments;
  std::size_t at = path.empty() || path.front() != '.' ? 0 : 1;
  while (at < path.size()) {
    const std::size_t dot = std::min(path.find('.', at), path.size());
    segments.push_back(path.substr(at, dot - at));
    at = dot + 1;
  }
  return segments;
}

const Value* At(const Value& object, const std::string& path) {
  const Value* at = &object;
  for (const std::string& segment : Segments(path)) {
    at = Find(*at, segment);
    if (at == nullptr) return nullptr;
  }
  return at;
}

void SetAt(Value& object, const std::string& path, Value number) {
  std::vector<std::string> segments = Segments(path);
  if (segments.empty()) return;
  Value* at = &object;
  for (std::size_t index = 0; index + 1 < segments.size(); ++index) {
    EnsureObject(*at, segments[index]);
    at = Find(*at, segments[index]);
  }
  at->get_object()[segments.back()] = std::move(number);
}

std::int64_t NumberAt(const Value& object, const std::string& path) {
  const Value* found = At(object, path);
  return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::string SelectorText(const ApiResource& resource, const Value& object) {
  if (resource.scale) {
    const Value* found =
        resource.scale->selector.empty() ? nullptr : At(object, resource.scale->selector);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
  }
  const Value* selector = FindPath(object, {"spec", "selector"});
  if (resource.kind.kind == "ReplicationController") return LabelSelector::FromMap(selector).Text();
  const auto parsed = LabelSelector::FromObject(selector);
  return parsed ? parsed->Text() : std::string();
}

// The Scale of `object`.
Value ToScale(const ApiResource& resource, const Value& object) {
  const ScalePaths paths = PathsOf(resource);
  Object scale;
  scale["kind"] = ScaleKind().kind;
  scale["apiVersion"] = ScaleKind().api_version();
  Object& metadata = scale["metadata"].emplace_object();
  for (std::string_view name :
       {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    const Value* member = FindPath(object, {"metadata", name});
    if (member != nullptr) metadata[name] = *member;
  }
  Object& spec = scale["spec"].emplace_object();
  const std::int64_t wanted = NumberAt(object, paths.spec);
  if (wanted != 0) spec["replicas"] = wanted;
  Object& status = scale["status"].emplace_object();
  status["replicas"] = NumberAt(object, paths.status);
  const std::string selector = SelectorText(resource, object);
  if (!selector.empty()) status["selector"] = selector;
  return scale;
}

Response ScaleResponse(Call& call, const ObjectPtr& object) {
  const Value value = ToServedValue(call.resource, *object, {});
  const ObjectPtr scale =
      StoredObject::Make(ToScale(call.resource, value), object->meta().revision);
  Response response;
  if (call.request.accept.view == View::kTable) {
    ApiResource shown;
    shown.kind = shown.storage_kind = ScaleKind();
    const ApiResult<TableForm> form = ReadTableForm(call.request);
    if (!form) return ErrorResponse(form.error());
    // Scales of custom resources have columns of their own.
    const std::string group = call.resource.is_custom() ? "apiextensions.k8s.io" : "autoscaling";
    const TablePrinter* printer = call.parts.printers.Find({group, "scales"});
    response =
        ValueResponse(200, MakeTable(shown, printer, *form, {object->meta().revision, {}, {}},
                                     {scale}, call.context.now));
  } else {
    response.body = scale;
    response.kind = ScaleKind();
  }
  response.warnings = std::move(call.warnings);
  response.shown_revision = object->meta().revision;
  return response;
}

std::optional<ApiError> Validate(const Call& call, const Value& scale) {
  const std::int64_t replicas = IntAt(scale, {"spec", "replicas"});
  if (call.resource.is_custom()) {
    if (replicas != kNoReplicas) return std::nullopt;  // the object's own rules say the rest
    return BadRequestError("the spec replicas field \"" + PathsOf(call.resource).spec +
                           "\" cannot be empty");
  }
  const Value* metadata = Find(scale, "metadata");
  FieldErrors errors;
  if (metadata != nullptr) {
    errors = ValidateObjectMeta(*metadata, {true, true}, call.resource.strategy);
  }
  if (replicas < 0) {
    errors.push_back(
        FieldInvalid("spec.replicas", Value(replicas), "must be greater than or equal to 0"));
  }
  if (errors.empty()) return std::nullopt;
  return InvalidError(ScaleKind().group, ScaleKind().kind, call.request.info.name, errors);
}

// A Scale of a built-in kind names no other object than the one there is.
std::optional<ApiError> CheckUid(const Call& call, const Value& scale, const Value& live) {
  const std::string uid(TextAt(scale, {"metadata", "uid"}));
  const std::string present(TextAt(live, {"metadata", "uid"}));
  if (call.resource.is_custom() || uid.empty() || uid == present) return std::nullopt;
  const GroupResource shown = call.group_resource();
  return ConflictError(
      {shown.group, shown.resource + "/scale"}, call.request.info.name,
      "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + present);
}

// Where each served version of the parent that has a scale keeps its replicas.
ReplicasPaths ReplicasPathsOf(const Call& call) {
  ReplicasPaths paths;
  for (const auto& [key, resource] : call.parts.resources.all()) {
    if (key.group_resource() != call.group_resource()) continue;
    if (resource->is_custom() && !resource->scale) continue;
    FieldPath path;
    for (const std::string& segment : Segments(PathsOf(*resource).spec)) {
      path.push_back(PathElement::Field(segment));
    }
    paths[resource->kind.api_version()] = std::move(path);
  }
  return paths;
}

bool IsScale(const Value& object) {
  return TextAt(object, {"kind"}) == ScaleKind().kind &&
         TextAt(object, {"apiVersion"}) == ScaleKind().api_version();
}

// How managedFields see the Scale itself.
FieldManagerContext ScaleContext(Call& call, std::string manager) {
  FieldManagerContext context;
  context.manager = std::move(manager);
  context.api_version = ScaleKind().api_version();
  context.kind = ScaleKind().kind;
  context.subresource = "scale";
  context.now = call.context.now;
  context.type = FindType(ScaleKind().group, ScaleKind().version, ScaleKind().kind);
  return context;
}

std::string NoConversion(const std::string& object) {
  return "failed to convert " + object +
         "; autoscaling/v1, Kind=Scale) to proper version: request to convert CR to an invalid "
         "group/version: autoscaling/v1";
}

class ScaleEndpoint final : public Endpoint {
 public:
  Response Handle(Call& call, Verb verb) override {
    if (verb == Verb::kGet) return Get(call);
    if (verb == Verb::kUpdate) return Update(call);
    return Patch(call);
  }

 private:
  static Response Get(Call& call) {
    if (auto refused = RefuseRevision(call)) return ErrorResponse(*refused);
    ApiResult<ObjectPtr> found = call.FindShown(call.request.info.name);
    if (!found) return ErrorResponse(found.error());
    const ObjectPtr object = std::move(*found);
    if (!object) return ErrorResponse(NotFoundError(call.group_resource(), call.request.info.name));
    const ScalePaths paths = PathsOf(call.resource);
    if (call.resource.is_custom() &&
        At(ToServedValue(call.resource, *object, {}), paths.spec) == nullptr) {
      return ErrorResponse(
          InternalError("the spec replicas field \"" + paths.spec + "\" does not exist"));
    }
    return ScaleResponse(call, object);
  }

  static Response Update(Call& call) {
    if (auto refused = EarlyBodyError(call.request)) return ErrorResponse(*refused);
    ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "UpdateOptions");
    if (!options) return ErrorResponse(options.error());
    ApiResult<Value> scale = DecodeBody(call, ExpectedKindOf(call), options->field_validation);
    if (!scale) {
      // Upstream's server of custom resources can't explain what is wrong with a Scale.
      return ErrorResponse(call.resource.is_custom()
                               ? BadRequestError("no kind is registered for the type v1.Scale in "
                                                 "scheme \"pkg/runtime/scheme.go:111\"")
                               : scale.error());
    }
    if (auto refused = MatchNamespace(call, *scale)) return ErrorResponse(*refused);
    if (auto refused = MatchName(call, *scale)) return ErrorResponse(*refused);
    const std::string uid(TextAt(*scale, {"metadata", "uid"}));
    return Store(call, *options, uid, [&](const Value& live) -> ApiResult<Value> {
      MetadataOf(*scale).erase("managedFields");
      UpdateManagedFields(&live, *scale, ScaleContext(call, ManagerName(*options, call.request)));
      return std::move(*scale);
    });
  }

  static Response Patch(Call& call) {
    ApiResult<PatchForm> form = ReadPatchForm(call.request.content_type, call.resource.is_custom());
    if (!form) return ErrorResponse(form.error());
    const bool is_apply = *form == PatchForm::kApply;
    ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "PatchOptions", is_apply);
    if (!options) return ErrorResponse(options.error());
    if (is_apply) return Apply(call, *options);
    return Store(call, *options, "", [&](const Value& live) -> ApiResult<Value> {
      ApiResult<Value> scale =
          PatchValue(call, *form, live, ExpectedKindOf(call).type, options->field_validation);
      if (!scale) return scale;
      if (auto refused = MatchNamespace(call, *scale)) return std::move(*refused);
      if (auto refused = MatchName(call, *scale)) return std::move(*refused);
      UpdateManagedFields(&live, *scale, ScaleContext(call, ManagerName(*options, call.request)));
      return scale;
    });
  }

  static Response Apply(Call& call, const WriteOptions& options) {
    ApiResult<Configuration> configuration = ReadConfiguration(call);
    if (!configuration) return ErrorResponse(configuration.error());
    return Store(call, options, "", [&](const Value& live) -> ApiResult<Value> {
      const Value* owners = FindPath(live, {"metadata", "managedFields"});
      const bool has_owners =
          owners != nullptr && owners->is_array() && !owners->get_array().empty();
      if (call.resource.is_custom() && !has_owners && IsScale(configuration->value)) {
        return PlainError("failed to create manager for existing fields: " +
                          NoConversion("live object (/"));
      }
      ApiResult<Applied> applied =
          ApplyConfiguration(&live, configuration->value, {options.force.value_or(false)},
                             ScaleContext(call, options.field_manager), call.storage());
      if (!applied) return std::move(applied.error());
      if (auto refused = TreatRepeatedKeys(call, *configuration, options.field_validation)) {
        return std::move(*refused);
      }
      if (call.resource.is_custom()) {
        // Upstream has no converter for this and fails once there is no conflict.
        return PlainError(NoConversion("new object (/" + call.request.info.name));
      }
      return std::move(applied->object);
    });
  }

  // `make` turns the live Scale, with its managedFields, into the new one. `uid` is that which a
  // object must have, or "".
  static Response Store(Call& call, const WriteOptions& options, const std::string& uid,
                        const std::function<ApiResult<Value>(const Value& live)>& make) {
    call.context.is_dry_run = options.is_dry_run;
    const Strategy* own = call.resource.strategy->Subresource("scale");
    const bool is_custom = call.resource.is_custom();
    const UpdateRules rules{own != nullptr ? own : call.resource.strategy, false, uid};
    const auto change = [&](const Value* live) -> ApiResult<Value> {
      const ReplicasPaths paths = ReplicasPathsOf(call);
      const Value* entries = FindPath(*live, {"metadata", "managedFields"});
      Value before = ToScale(call.resource, *live);
      if (is_custom && At(*live, PathsOf(call.resource).spec) == nullptr) {
        before.get_object()["spec"].get_object()["replicas"] = kNoReplicas;
      }
      Value owners = ScaleManagedFields(entries, paths, call.storage());
      if (!owners.is_null()) MetadataOf(before)["managedFields"] = std::move(owners);
      ApiResult<Value> scale = make(before);
      if (!scale) return scale;
      if (auto refused = Validate(call, *scale)) return std::move(*refused);
      if (auto refused = CheckUid(call, *scale, *live)) return std::move(*refused);
      Value object(*live, call.storage());
      SetAt(object, PathsOf(call.resource).spec, Value(IntAt(*scale, {"spec", "replicas"})));
      const std::string_view revision = TextAt(*scale, {"metadata", "resourceVersion"});
      if (!revision.empty()) SetMetaText(object, "resourceVersion", revision);
      const std::string_view new_uid = TextAt(*scale, {"metadata", "uid"});
      if (!is_custom && !new_uid.empty()) SetMetaText(object, "uid", new_uid);
      Value parents = ParentManagedFields(entries, FindPath(*scale, {"metadata", "managedFields"}),
                                          call.resource.kind.api_version(), paths, call.storage());
      if (parents.is_null()) {
        MetadataOf(object).erase("managedFields");
      } else {
        MetadataOf(object)["managedFields"] = std::move(parents);
      }
      return object;
    };
    ApiResult<WriteOutcome> outcome = UpdateObject(call, call.request.info.name, rules, change);
    if (!outcome) return ErrorResponse(outcome.error());
    return ScaleResponse(call, outcome->object);
  }
};

}  // namespace

std::unique_ptr<Endpoint> MakeScaleEndpoint() { return std::make_unique<ScaleEndpoint>(); }

}  // namespace apiserver
