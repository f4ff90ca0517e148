#include "tests/support/fake_handler.h"

#include "apiserver/api/json_parse.h"
#include "apiserver/api/time_format.h"

namespace tests {
namespace {

using apiserver::ApiError;
using apiserver::Array;
using apiserver::EnsureObject;
using apiserver::Find;
using apiserver::IntAt;
using apiserver::Object;
using apiserver::ObjectPtr;
using apiserver::RequestInfo;
using apiserver::TextAt;
using apiserver::Value;

// The member by which two items of a list are the same one, as most types of Kubernetes have it.
const Value* MergeKey(const Value& item) {
  for (const char* name : {"type", "uid", "name", "key", "ip"}) {
    if (const Value* key = Find(item, name)) return key;
  }
  return nullptr;
}

void Merge(Value& target, const Value& patch, bool merges_lists);

void MergeList(Array& target, const Array& patch) {
  for (const Value& item : patch) {
    const Value* key = MergeKey(item);
    const auto found = std::find_if(target.begin(), target.end(), [&](const Value& each) {
      const Value* other = MergeKey(each);
      return key != nullptr && other != nullptr && *other == *key;
    });
    const bool is_deletion = TextAt(item, {"$patch"}) == "delete";
    if (found == target.end()) {
      if (!is_deletion) target.push_back(item);
    } else if (is_deletion) {
      target.erase(found);
    } else {
      Merge(*found, item, true);
    }
  }
}

void Merge(Value& target, const Value& patch, bool merges_lists) {
  if (!patch.is_object()) {
    const bool are_objects =
        patch.is_array() && !patch.get_array().empty() && patch.get_array().front().is_object();
    if (merges_lists && are_objects && target.is_array()) {
      MergeList(target.get_array(), patch.get_array());
    } else {
      target = patch;
    }
    return;
  }
  if (!target.is_object()) target.emplace_object();
  for (const auto& member : patch.get_object()) {
    if (member.value().is_null()) {
      target.get_object().erase(member.key());
    } else {
      Merge(target.get_object()[member.key()], member.value(), merges_lists);
    }
  }
}

void CopyMember(const Value& source, Value& target, std::string_view name) {
  if (const Value* value = Find(source, name)) {
    target.get_object()[name] = *value;
  } else {
    target.get_object().erase(name);
  }
}

// Everything but metadata and status.
bool IsSpecEqual(const Value& a, const Value& b) {
  const auto strip = [](Value value) {
    value.get_object().erase("metadata");
    value.get_object().erase("status");
    return value;
  };
  return strip(a) == strip(b);
}

Object& MetadataOf(Value& object) { return EnsureObject(object, "metadata"); }

bool HasFinalizers(const Value& object) {
  const Value* finalizers = apiserver::FindPath(object, {"metadata", "finalizers"});
  return finalizers != nullptr && finalizers->is_array() && !finalizers->get_array().empty();
}

bool IsDeleting(const Value& object) {
  return apiserver::FindPath(object, {"metadata", "deletionTimestamp"}) != nullptr;
}

bool IsPod(const RequestInfo& info) { return info.group.empty() && info.resource == "pods"; }

bool IsWork(const RequestInfo& info) { return info.resource != "leases"; }

ApiError NotFound(const RequestInfo& info) {
  return NotFoundError(info.group_resource(), info.name);
}

ApiError Conflict(const RequestInfo& info, std::string_view reason) {
  return ConflictError(info.group_resource(), info.name, reason);
}

constexpr std::string_view kModified =
    "the object has been modified; please apply your changes to the latest version and try again";

}  // namespace

sim::Task<apiserver::Response> FakeHandler::Handle(std::unique_ptr<apiserver::Request> request) {
  const RequestInfo& info = request->info;
  if (info.name.empty() && request->object)
    request->info.name = TextAt(*request->object, {"metadata", "name"});
  log_.push_back(info.verb + " " + info.resource +
                 (info.subresource.empty() ? "" : "/" + info.subresource) + " " +
                 info.key().Text());
  if (refusal_) {
    if (const std::optional<ApiError> refused = refusal_(*request)) return ErrorResponse(*refused);
  }
  Result result = Run(*request);
  if (!result.ok()) return ErrorResponse(result.error());
  apiserver::Response response;
  response.status = info.verb == "create" ? 201 : 200;
  if (*result != nullptr) {
    response.shown_revision = (*result)->meta().revision;
    response.body = std::move(*result);
  }
  return response;
}

FakeHandler::Result FakeHandler::Run(const apiserver::Request& request) {
  RequestInfo info = request.info;
  if (info.resource == "namespaces") info.namespace_.clear();
  if (info.verb == "create") {
    if (info.subresource == "binding") return Bind(info, *request.object);
    if (info.subresource == "eviction") {
      const Value* options = Find(*request.object, "deleteOptions");
      return Delete(info, options != nullptr ? *options : Value(Object()));
    }
    return Create(info, *request.object);
  }
  if (request.edit) return Edit(info, *request.edit);
  if (info.verb == "update") return Update(info, *request.object);
  if (info.verb == "patch") return Patch(request);
  if (info.verb == "delete")
    return Delete(info, request.object ? *request.object : Value(Object()));
  return apiserver::MethodNotSupportedError(info.group_resource(), info.verb);
}

FakeHandler::Result FakeHandler::Create(const RequestInfo& info, Value object) {
  // Metadata is built anew in Go's order.
  const Value given = MetadataOf(object).empty() ? Value(Object()) : object.at("metadata");
  std::string name(TextAt(given, {"name"}));
  if (name.empty()) {
    name = std::string(TextAt(given, {"generateName"})) + kernel_.Stream("fake.names").Name(5);
  }
  const apiserver::ObjectKey key{info.namespace_, name};
  if (store_.Find(info.group_resource(), key))
    return AlreadyExistsError(info.group_resource(), name);
  Object& metadata = MetadataOf(object);
  metadata.clear();
  metadata["name"] = name;
  CopyMember(given, object.at("metadata"), "generateName");
  if (!info.namespace_.empty()) metadata["namespace"] = info.namespace_;
  metadata["uid"] = kernel_.Stream("fake.uids").Uuid();
  metadata["generation"] = 1;
  metadata["creationTimestamp"] = apiserver::FormatTime(kernel_.now());
  for (const auto& member : given.get_object()) {
    if (!metadata.contains(member.key())) metadata[member.key()] = member.value();
  }
  metadata.erase("resourceVersion");
  return store_.Create(info.group_resource(), object, IsWork(info));
}

FakeHandler::Result FakeHandler::Edit(const RequestInfo& info, const apiserver::FieldEdit& edit) {
  const ObjectPtr stored = store_.Find(info.group_resource(), info.key());
  if (stored == nullptr) return NotFound(info);
  Value object = stored->Parse();
  MetadataOf(object)["resourceVersion"] = std::to_string(edit.base);
  Value* parent = &object;
  for (std::size_t at = 0; at + 1 < edit.path.size(); ++at) parent = &parent->at(edit.path[at]);
  parent->get_object()[edit.path.back()] = edit.text;
  return Update(info, std::move(object));
}

FakeHandler::Result FakeHandler::Update(const RequestInfo& info, Value object) {
  const ObjectPtr stored = store_.Find(info.group_resource(), info.key());
  if (stored == nullptr) return NotFound(info);
  const std::string_view revision = TextAt(object, {"metadata", "resourceVersion"});
  if (!revision.empty() && revision != std::to_string(stored->meta().revision))
    return Conflict(info, kModified);
  Value old = stored->Parse();
  if (info.subresource == "scale") {
    Value scaled = old;
    EnsureObject(scaled, "spec")["replicas"] = IntAt(object, {"spec", "replicas"});
    return Commit(info, old, std::move(scaled));
  }
  if (info.subresource == "status") {
    Value merged = old;
    CopyMember(object, merged, "status");
    CopyMember(object.at("metadata"), merged.at("metadata"), "annotations");
    return Commit(info, old, std::move(merged));
  }
  const Value* status = Find(old, "status");
  if (status != nullptr && info.subresource.empty()) object.get_object()["status"] = *status;
  return Commit(info, old, std::move(object));
}

FakeHandler::Result FakeHandler::Commit(const RequestInfo& info, const Value& old, Value object) {
  Object& metadata = MetadataOf(object);
  for (const char* name :
       {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "generation"}) {
    CopyMember(old.at("metadata"), object.at("metadata"), name);
  }
  metadata.erase("resourceVersion");
  Value before = old;
  MetadataOf(before).erase("resourceVersion");
  // A write that changes nothing is no commit.
  if (before == object) return store_.Find(info.group_resource(), info.key());
  if (!IsSpecEqual(old, object))
    metadata["generation"] = IntAt(old, {"metadata", "generation"}) + 1;
  if (IsDeleting(old) && HasFinalizers(old) && !HasFinalizers(object) &&
      IntAt(old, {"metadata", "deletionGracePeriodSeconds"}) == 0) {
    return store_.Delete(info.group_resource(), info.key(), &object);
  }
  return store_.Update(info.group_resource(), object, IsWork(info));
}

FakeHandler::Result FakeHandler::Patch(const apiserver::Request& request) {
  RequestInfo info = request.info;
  if (info.resource == "namespaces") info.namespace_.clear();
  const bool is_merge = request.content_type == "application/merge-patch+json";
  const bool is_strategic = request.content_type == "application/strategic-merge-patch+json";
  if (!is_merge && !is_strategic) return apiserver::UnsupportedMediaTypeError(request.content_type);
  const ObjectPtr stored = store_.Find(info.group_resource(), info.key());
  if (stored == nullptr) return NotFound(info);
  const apiserver::JsonParseResult patch = apiserver::ParseJson(request.body);
  if (!patch.ok()) return apiserver::BadRequestError(patch.error);
  const std::string_view revision = TextAt(patch.value, {"metadata", "resourceVersion"});
  if (!revision.empty() && revision != std::to_string(stored->meta().revision))
    return Conflict(info, kModified);
  const Value old = stored->Parse();
  Value merged = old;
  Merge(merged, patch.value, is_strategic);
  Value target = old;
  if (info.subresource == "status") {
    CopyMember(merged, target, "status");
  } else {
    target = std::move(merged);
    CopyMember(old, target, "status");
  }
  return Commit(info, old, std::move(target));
}

FakeHandler::Result FakeHandler::Delete(const RequestInfo& info, const Value& options) {
  const ObjectPtr stored = store_.Find(info.group_resource(), info.key());
  if (stored == nullptr) return NotFound(info);
  const std::string_view uid = TextAt(options, {"preconditions", "uid"});
  if (!uid.empty() && uid != stored->meta().uid) {
    return Conflict(info, "Precondition failed: UID in precondition: " + std::string(uid) +
                              ", UID in object meta: " + stored->meta().uid);
  }
  const std::string_view revision = TextAt(options, {"preconditions", "resourceVersion"});
  if (!revision.empty() && revision != std::to_string(stored->meta().revision))
    return Conflict(info, kModified);

  Value object = stored->Parse();
  Object& metadata = MetadataOf(object);
  const std::string_view policy = TextAt(options, {"propagationPolicy"});
  if (policy == "Foreground" || policy == "Orphan") {
    Value& finalizers = metadata["finalizers"];
    if (!finalizers.is_array()) finalizers.emplace_array();
    const Value finalizer(policy == "Foreground" ? "foregroundDeletion" : "orphan");
    Array& list = finalizers.get_array();
    if (std::find(list.begin(), list.end(), finalizer) == list.end()) list.push_back(finalizer);
  }
  std::int64_t grace = 0;
  if (IsPod(info) && !TextAt(object, {"spec", "nodeName"}).empty() &&
      TextAt(object, {"status", "phase"}) != "Failed" &&
      TextAt(object, {"status", "phase"}) != "Succeeded") {
    grace = IntAt(options, {"gracePeriodSeconds"},
                  IntAt(object, {"spec", "terminationGracePeriodSeconds"}, 30));
  }
  if (grace == 0 && !HasFinalizers(object)) return store_.Delete(info.group_resource(), info.key());
  if (IsDeleting(object) && stored->meta().deletion_grace_period_seconds.value_or(0) <= grace)
    return stored;
  metadata["deletionTimestamp"] =
      apiserver::FormatTime(kernel_.now() + std::chrono::seconds(grace));
  metadata["deletionGracePeriodSeconds"] = grace;
  return store_.Update(info.group_resource(), object);
}

FakeHandler::Result FakeHandler::Bind(const RequestInfo& info, const Value& binding) {
  const ObjectPtr stored = store_.Find(info.group_resource(), info.key());
  if (stored == nullptr) return NotFound(info);
  Value pod = stored->Parse();
  if (const std::string_view node = TextAt(pod, {"spec", "nodeName"}); !node.empty()) {
    return Conflict(
        info, "pod " + info.name + " is already assigned to node \"" + std::string(node) + "\"");
  }
  EnsureObject(pod, "spec")["nodeName"] = TextAt(binding, {"target", "name"});
  Value& conditions = EnsureObject(pod, "status")["conditions"];
  if (!conditions.is_array()) conditions.emplace_array();
  MergeList(conditions.get_array(),
            {Value{{"type", "PodScheduled"},
                   {"status", "True"},
                   {"lastTransitionTime", apiserver::FormatTime(kernel_.now())}}});
  store_.Update(info.group_resource(), pod);
  return ObjectPtr();
}

}  // namespace tests
