#include "apiserver/registry/write.h"

#include <charconv>

#include "apiserver/api/access.h"
#include "apiserver/api/go_text.h"
#include "apiserver/api/time_format.h"
#include "apiserver/ports/admission_memo.h"
#include "apiserver/ports/authorizer.h"
#include "apiserver/registry/custom/conversion.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/object_meta.h"
#include "apiserver/registry/patch/managed_fields.h"
#include "sim/random.h"

namespace apiserver {
namespace {

constexpr std::size_t kGeneratedNameMax = 63;
constexpr std::size_t kSuffixLength = 5;
constexpr int kNameTriesMax = 8;
constexpr std::string_view kModified =
    "the object has been modified; please apply your changes to the latest version and try again";

}  // namespace

AdmissionRequest Admission(Call& call, Operation operation, std::string_view name,
                           const Value* old) {
  AdmissionRequest request{call.context};
  request.operation = operation;
  request.resource = call.resource.storage;
  request.kind = call.resource.kind.kind;
  request.name = name;
  request.namespace_ = call.object_namespace();
  request.old_object = old;
  request.warnings = &call.warnings;
  request.authorizer = call.parts.authorizer;
  request.call = &call;
  return request;
}

namespace {

ApiError Invalid(const Call& call, const Value& object, const FieldErrors& errors) {
  const GroupVersionKind& kind = call.resource.storage_kind;
  return InvalidError(kind.group, kind.kind, TextAt(object, {"metadata", "name"}), errors);
}

void Append(FieldErrors& errors, FieldErrors more) {
  for (FieldError& error : more) errors.push_back(std::move(error));
}

void Append(std::vector<std::string>& warnings, std::vector<std::string> more) {
  for (std::string& warning : more) warnings.push_back(std::move(warning));
}

// Not those of the servers around kube-apiserver, which validate by themselves and store JSON.
bool IsOfCoreLibrary(const ApiResource& resource) {
  const std::string& group = resource.storage.group;
  return !resource.is_custom() && group != "apiextensions.k8s.io" &&
         group != "apiregistration.k8s.io";
}

MetaRules RulesOf(const ApiResource& resource) {
  // Three groups have their metadata validated by the machinery's function, not the core library's.
  const std::string& group = resource.storage.group;
  const bool is_plain = group == "coordination.k8s.io" || group == "node.k8s.io" ||
                        group == "admissionregistration.k8s.io";
  return {resource.is_namespaced, IsOfCoreLibrary(resource) && !is_plain};
}

EmptyLists EmptyListsOf(const ApiResource& resource) {
  return IsOfCoreLibrary(resource) ? EmptyLists::kAsStored : EmptyLists::kAsGiven;
}

void WarnOfRepeatedOwners(Call& call, Value& object) {
  std::string uids;
  for (const std::string& uid : RemoveRepeatedOwners(MetadataOf(object)))
    uids += (uids.empty() ? "" : ", ") + uid;
  if (uids.empty()) return;
  call.warnings.push_back(
      ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in "
      "1.20+, and may "
      "reject such requests as early as 1.24; please fix your requests; duplicate UID(s) "
      "observed: " +
      uids);
}

// strconv.ParseUint(text, 10, 64) of a resourceVersion, "" and "0" being none.
ApiResult<Revision> ParseRevision(std::string_view text) {
  Revision revision = 0;
  if (text.empty()) return revision;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
  if (error == std::errc() && end == text.data() + text.size()) return revision;
  return PlainError("strconv.ParseUint: parsing " + GoQuote(text) + ": invalid syntax");
}

ApiError AlreadyExists(const Call& call, const StoredObject& present, bool is_generated) {
  ApiError error = AlreadyExistsError(call.group_resource(), present.meta().name);
  if (is_generated) {
    error.message += ", the server was not able to generate a unique name for the object";
    error.details->retry_after_seconds = 1;
  }
  if (present.meta().is_deleting()) error.message = "object is being deleted: " + error.message;
  return error;
}

FieldErrors ValidateNew(const Call& call, const Value& object) {
  const Strategy& strategy = *call.resource.strategy;
  const Value& metadata = *Find(object, "metadata");
  if (strategy.checks_metadata_last(call.resource.resource.group)) {
    FieldErrors errors = strategy.Validate(call.context, object);
    if (!errors.empty()) return errors;
    return ValidateObjectMeta(metadata, {call.resource.is_namespaced, false}, nullptr);
  }
  FieldErrors errors = ValidateObjectMeta(metadata, RulesOf(call.resource), &strategy);
  Append(errors, strategy.Validate(call.context, object));
  return errors;
}

// Steps of a create between mutating admission and the store; `object` is in the storage version.
std::optional<ApiError> PrepareCreate(Call& call, Value& object) {
  const Strategy& strategy = *call.resource.strategy;
  Object& metadata = MetadataOf(object);
  AdmissionMemo* memo = call.parts.memo;
  if (memo != nullptr && !memo->uid.empty()) {
    metadata["creationTimestamp"] = memo->creation_timestamp;
    metadata["uid"] = memo->uid;
    if (!memo->name.empty()) metadata["name"] = memo->name;
  } else {
    metadata["creationTimestamp"] = FormatTime(call.context.now);
    metadata["uid"] = call.context.random.Uuid();
  }
  const std::string base(TextAt(object, {"metadata", "generateName"}));
  if (TextAt(object, {"metadata", "name"}).empty() && !base.empty()) {
    for (int tries = 0; tries < kNameTriesMax; ++tries) {
      metadata["name"] = GenerateName(base, call.context.random);
      if (!call.FindStored(std::string(TextAt(object, {"metadata", "name"})))) break;
    }
  }
  if (auto refused = strategy.Begin(call.context, object, nullptr)) return refused;
  if (memo != nullptr && memo->uid.empty()) {
    memo->uid = TextAt(object, {"metadata", "uid"});
    memo->creation_timestamp = TextAt(object, {"metadata", "creationTimestamp"});
    if (!base.empty()) memo->name = TextAt(object, {"metadata", "name"});
  }
  if (auto refused = MatchNamespace(call, object)) return refused;
  strategy.PrepareForCreate(call.context, object);
  const FieldErrors errors = ValidateNew(call, object);
  if (!errors.empty()) return Invalid(call, object, errors);
  Append(call.warnings, strategy.WarningsOnCreate(call.context, object));
  strategy.Canonicalize(object);
  const std::string name(TextAt(object, {"metadata", "name"}));
  return call.parts.admission.Validate(Admission(call, Operation::kCreate, name, nullptr), &object);
}

ApiResult<WriteOutcome> CommitCreate(Call& call, Value& object) {
  const ApiResource& resource = call.resource;
  const std::string name(TextAt(object, {"metadata", "name"}));
  ApiResult<Revision> revision = ParseRevision(TextAt(object, {"metadata", "resourceVersion"}));
  // The store refuses it, and a dry run does not reach the store: it shows what it was given.
  if (revision && *revision != 0 && !call.context.is_dry_run) {
    return PlainError("resourceVersion should not be set on objects to be created");
  }
  SetMetaText(object, "resourceVersion", "");
  if (const ObjectPtr present = call.FindStored(name)) {
    const bool is_generated = !TextAt(object, {"metadata", "generateName"}).empty();
    return AlreadyExists(call, *present, is_generated);
  }
  if (!call.context.is_dry_run) SetMetaText(object, "selfLink", "");
  NormalizeObject(resource.storage_type, object, nullptr, EmptyListsOf(resource));
  ApiResult<std::optional<StoredForm>> form = MakeStoredForm(call.parts, resource, object);
  if (!form) return std::move(form.error());
  if (auto awaits = AwaitsConversion(call.parts)) return std::move(*awaits);
  const Value& shown = *form ? (*form)->shown : object;
  if (call.context.is_dry_run) {
    return WriteOutcome{StoredObject::Make(shown, revision ? *revision : 0), true};
  }
  ObjectPtr stored = call.parts.store.Create(resource.storage, *form ? (*form)->stored : object,
                                             IsWork(resource.storage));
  if (*form) stored = StoredObject::Make(shown, stored->meta().revision);
  return WriteOutcome{std::move(stored), true};
}

ApiResult<WriteOutcome> CreateStored(Call& call, Value& object) {
  const std::string name(TextAt(object, {"metadata", "name"}));
  if (auto refused =
          call.parts.admission.Admit(Admission(call, Operation::kCreate, name, nullptr), &object)) {
    return std::move(*refused);
  }
  if (auto refused = PrepareCreate(call, object)) return std::move(*refused);
  return CommitCreate(call, object);
}

// Compares what the update says it is based on with what is there.
std::optional<ApiError> CheckRevision(const Call& call, const Strategy& strategy,
                                      const StoredObject& live, Value& object) {
  ApiResult<Revision> revision = ParseRevision(TextAt(object, {"metadata", "resourceVersion"}));
  if (!revision) return std::move(revision.error());
  const std::string& name = live.meta().name;
  if (*revision == 0) {
    if (!strategy.allow_unconditional_update()) {
      const GroupResource resource = call.group_resource();
      return InvalidError(
          resource.group, resource.resource, name,
          {FieldInvalid("metadata.resourceVersion", Value(0), "must be specified for an update")});
    }
    SetMetaText(object, "resourceVersion", std::to_string(live.meta().revision));
    return std::nullopt;
  }
  if (*revision == live.meta().revision) return std::nullopt;
  return ConflictError(call.group_resource(), name, kModified);
}

// Metadata that an update can't touch comes back from the old object.
void RestoreSystemFields(Value& object, const Value& old) {
  Object& metadata = MetadataOf(object);
  const Value& before = *Find(old, "metadata");
  if (TextAt(object, {"metadata", "uid"}).empty()) metadata["uid"] = TextAt(before, {"uid"});
  metadata["creationTimestamp"] = TextAt(before, {"creationTimestamp"});
  if (const Value* deleted = Find(before, "deletionTimestamp"))
    metadata["deletionTimestamp"] = *deleted;
  const Value* grace = Find(before, "deletionGracePeriodSeconds");
  if (grace != nullptr && metadata.if_contains("deletionGracePeriodSeconds") == nullptr) {
    metadata["deletionGracePeriodSeconds"] = *grace;
  }
}

// What the kind's own validation says of metadata; upstream's registry has checked all of it
// before.
FieldErrors ValidateMetadataAgain(const Call& call, const Strategy& strategy, const Value& object,
                                  const Value& old) {
  const Value& metadata = *Find(object, "metadata");
  const Value& before = *Find(old, "metadata");
  const auto create = [&] {
    return ValidateObjectMeta(metadata, RulesOf(call.resource), call.resource.strategy);
  };
  const bool checks_domains = RulesOf(call.resource).checks_finalizer_domains;
  const auto update = [&] { return ValidateObjectMetaUpdate(metadata, before, checks_domains); };
  FieldErrors errors;
  switch (strategy.update_metadata(call.resource.resource.group)) {
    case UpdateMetadata::kUpdate:
      return update();
    case UpdateMetadata::kCreate:
      return create();
    case UpdateMetadata::kCreateTwice:
      errors = create();
      Append(errors, create());
      break;
    case UpdateMetadata::kCreateAndUpdate:
      errors = create();
      Append(errors, update());
      break;
    case UpdateMetadata::kUpdateAndCreate:
      errors = update();
      Append(errors, strategy.ValidateChange(object, old));
      Append(errors, create());
      break;
    case UpdateMetadata::kNone:
      break;
  }
  return errors;
}

std::optional<ApiError> PrepareUpdate(Call& call, const Strategy& strategy, Value& object,
                                      const Value& old) {
  if (auto refused = strategy.Begin(call.context, object, &old)) return refused;
  if (auto refused = MatchNamespace(call, object)) return refused;
  const Value* generation = FindPath(old, {"metadata", "generation"});
  if (generation != nullptr) {
    MetadataOf(object)["generation"] = *generation;
  } else {
    MetadataOf(object).erase("generation");
  }
  strategy.PrepareForUpdate(call.context, object, old);
  RestoreSystemFields(object, old);
  const Value& metadata = *Find(object, "metadata");
  const Value& before = *Find(old, "metadata");
  FieldErrors errors = ValidateObjectMeta(metadata, RulesOf(call.resource), nullptr);
  Append(errors, ValidateObjectMetaUpdate(metadata, before));
  Append(errors, ValidateMetadataAgain(call, strategy, object, old));
  Append(errors, strategy.ValidateUpdate(call.context, object, old));
  if (!errors.empty()) return Invalid(call, object, errors);
  Append(call.warnings, strategy.WarningsOnUpdate(call.context, object, old));
  strategy.Canonicalize(object);
  return std::nullopt;
}

bool IsEmptyList(const Value* list) {
  return list == nullptr || !list->is_array() || list->get_array().empty();
}

// The update removed what held back a deletion that was asked for before.
bool EndsDeletion(const Call& call, const Value& object, const StoredObject& live) {
  if (!live.meta().is_deleting() || live.meta().deletion_grace_period_seconds.value_or(0) != 0)
    return false;
  if (!IsEmptyList(FindPath(object, {"metadata", "finalizers"}))) return false;
  const bool is_namespace = call.resource.storage == GroupResource{"", "namespaces"};
  return !is_namespace || IsEmptyList(FindPath(object, {"spec", "finalizers"}));
}

// A node's status that differs only in when it was heard of.
bool IsHeartbeat(const Call& call, const Value& object, const Value& old) {
  if (call.resource.storage != GroupResource{"", "nodes"}) return false;
  const auto without_times = [](const Value& node) {
    Value copy(node);
    Value* conditions = FindPath(copy, {"status", "conditions"});
    if (conditions != nullptr && conditions->is_array()) {
      for (Value& condition : conditions->get_array()) {
        if (condition.is_object()) condition.get_object().erase("lastHeartbeatTime");
      }
    }
    MetadataOf(copy).erase("managedFields");
    return copy;
  };
  return without_times(object) == without_times(old);
}

// Whether the store holds these very members already, in this version.
bool IsStored(const Call& call, const Value& object) {
  const auto without_revision = [](Value value) {
    MetadataOf(value).erase("resourceVersion");
    return value;
  };
  const ObjectPtr stored = call.FindStored(std::string(TextAt(object, {"metadata", "name"})));
  return stored != nullptr && without_revision(object) == without_revision(stored->Parse());
}

// `live` is what the request works with.
ApiResult<WriteOutcome> CommitUpdate(Call& call, Value& object, const Value& old,
                                     const ObjectPtr& live) {
  const ApiResource& resource = call.resource;
  if (!call.context.is_dry_run) SetMetaText(object, "selfLink", "");
  NormalizeObject(resource.storage_type, object, nullptr, EmptyListsOf(resource));
  KeepTimesWhenUnchanged(old, object);
  ApiResult<std::optional<StoredForm>> form = MakeStoredForm(call.parts, resource, object);
  if (!form) return std::move(form.error());
  if (auto awaits = AwaitsConversion(call.parts)) return std::move(*awaits);
  const Value& stored = *form ? (*form)->stored : object;
  if (EndsDeletion(call, object, *live)) {
    ObjectPtr last = StoredObject::Make(object, live->meta().revision);
    if (!call.context.is_dry_run) call.parts.store.Delete(resource.storage, live->key());
    return WriteOutcome{std::move(last), false};
  }
  if (object == old && (!resource.is_custom() || IsStored(call, stored))) {
    return WriteOutcome{live, false};
  }
  const Value& shown = *form ? (*form)->shown : object;
  if (call.context.is_dry_run)
    return WriteOutcome{StoredObject::Make(shown, live->meta().revision), false};
  const bool is_work = IsWork(resource.storage) && !IsHeartbeat(call, object, old);
  ObjectPtr updated = call.parts.store.Update(resource.storage, stored, is_work);
  if (*form) updated = StoredObject::Make(shown, updated->meta().revision);
  return WriteOutcome{std::move(updated), false};
}

// Where upstream keeps objects of `resource`: a few have the names they were born with.
std::string StoredUnder(const ApiResource& resource) {
  const std::string& group = resource.storage.group;
  const std::string& name = resource.storage.resource;
  if (!IsOfCoreLibrary(resource)) return group + "/" + name;
  constexpr std::pair<std::string_view, std::string_view> kOldNames[] = {
      {"endpoints", "services/endpoints"},
      {"ingresses", "ingress"},
      {"nodes", "minions"},
      {"replicationcontrollers", "controllers"},
      {"services", "services/specs"}};
  for (const auto& [now, before] : kOldNames) {
    if (now == name) return std::string(before);
  }
  return name;
}

std::optional<ApiError> CheckUid(const Call& call, const std::string& uid,
                                 const StoredObject& live) {
  if (uid.empty() || uid == live.meta().uid) return std::nullopt;
  const ApiResource& resource = call.resource;
  return ConflictError(
      call.group_resource(), live.meta().name,
      // The store adds its prefix to the key; a dry run does not reach the store.
      std::string("StorageError: invalid object, Code: 4, Key: ") +
          (call.context.is_dry_run ? "/" : "/registry/") + StoredUnder(resource) + "/" +
          live.key().Text() +
          ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: " +
          uid + ", UID in object meta: " + live.meta().uid);
}

// Whoever may change objects may not therefore make them.
std::optional<ApiError> RefuseCreation(const Call& call) {
  if (call.parts.authorizer == nullptr) return std::nullopt;
  AccessAttributes access = AccessOf(call.request);
  access.verb = "create";
  const Decision decision = call.parts.authorizer->Decide(call.request.user, access);
  if (decision.is_allowed) return std::nullopt;
  return ForbiddenAccessError(call.request.user, access, decision.reason);
}

ApiResult<WriteOutcome> UpdateMissing(Call& call, const std::string& name, const UpdateRules& rules,
                                      const ChangeFunction& change) {
  if (!rules.may_create) return NotFoundError(call.group_resource(), name);
  if (auto refused = RefuseCreation(call)) return std::move(*refused);
  ApiResult<Value> made = change(nullptr);
  if (!made) return std::move(made.error());
  ToStorage(call.resource, *made);
  return CreateStored(call, *made);
}

}  // namespace

std::optional<ApiError> MatchNamespace(const Call& call, Value& object) {
  const std::string_view want = call.object_namespace();
  const std::string_view got = TextAt(object, {"metadata", "namespace"});
  if (got == want) return std::nullopt;
  if (got.empty() || want.empty()) {
    SetMetaText(object, "namespace", want);
    return std::nullopt;
  }
  return BadRequestError(
      "the namespace of the provided object does not match the namespace sent on the request");
}

std::string GenerateName(std::string_view base, sim::Random& random) {
  return std::string(base.substr(0, kGeneratedNameMax - kSuffixLength)) +
         random.Name(kSuffixLength);
}

bool IsWork(const GroupResource& resource) { return resource.resource != "leases"; }

ApiResult<WriteOutcome> CreateObject(Call& call, Value object) {
  WarnOfRepeatedOwners(call, object);
  ToStorage(call.resource, object);
  return CreateStored(call, object);
}

ApiResult<WriteOutcome> UpdateObject(Call& call, const std::string& name, const UpdateRules& rules,
                                     const ChangeFunction& change) {
  ApiResult<ObjectPtr> found = call.FindShown(name);
  if (!found) return std::move(found.error());
  const ObjectPtr live = std::move(*found);
  if (!live) return UpdateMissing(call, name, rules, change);
  if (auto refused = CheckUid(call, rules.uid, *live)) return std::move(*refused);
  Value old = live->Parse(call.storage());
  const bool is_same_version = call.resource.is_stored_as_served();
  const Value served =
      is_same_version ? Value() : ToServedValue(call.resource, *live, call.storage());
  ApiResult<Value> changed = change(is_same_version ? &old : &served);
  if (!changed) return std::move(changed.error());
  Value object = std::move(*changed);
  WarnOfRepeatedOwners(call, object);
  ToStorage(call.resource, object);
  if (auto refused =
          call.parts.admission.Admit(Admission(call, Operation::kUpdate, name, &old), &object)) {
    return std::move(*refused);
  }
  const Strategy& strategy = *rules.strategy;
  if (auto refused = CheckRevision(call, strategy, *live, object)) return std::move(*refused);
  if (auto refused = PrepareUpdate(call, strategy, object, old)) return std::move(*refused);
  if (auto refused =
          call.parts.admission.Validate(Admission(call, Operation::kUpdate, name, &old), &object)) {
    return std::move(*refused);
  }
  return CommitUpdate(call, object, old, live);
}

}  // namespace apiserver
