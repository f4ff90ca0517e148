#include "apiserver/registry/call.h"

#include "apiserver/ports/admission_memo.h"
#include "apiserver/registry/custom/conversion.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/table.h"
#include "sim/check.h"

namespace apiserver {

Call::Call(RegistryParts& all, Request& asked, const ApiResource& addressed)
    : parts(all),
      request(asked),
      resource(addressed),
      context{all.memo != nullptr ? all.memo->started : all.kernel.now(),
              all.kernel.Stream("apiserver.registry"),
              all.store,
              asked.user,
              asked.info,
              false,
              &warnings} {}

JsonStorage Call::storage() const {
  if (request.object) return request.object->storage();
  return request.arena ? JsonStorage(request.arena.get()) : JsonStorage();
}

const std::string& Call::object_namespace() const {
  static const std::string kNone;
  return resource.is_namespaced ? request.info.namespace_ : kNone;
}

ObjectPtr Call::FindStored(const std::string& name) const {
  return parts.store.Find(resource.storage, {object_namespace(), name});
}

ApiResult<ObjectPtr> Call::FindShown(const std::string& name) const {
  return ShownForm(parts.conversion_memo, resource, FindStored(name));
}

const TablePrinter* Call::FindPrinter() const {
  return resource.printer != nullptr ? resource.printer.get()
                                     : parts.printers.Find(resource.storage);
}

ApiError PlainError(std::string message) {
  ApiError error;
  error.message = std::move(message);
  return error;
}

Object& MetadataOf(Value& object) { return EnsureObject(object, "metadata"); }

void SetMetaText(Value& object, std::string_view name, std::string_view text) {
  Object& metadata = MetadataOf(object);
  if (text.empty()) {
    metadata.erase(name);
  } else {
    metadata[name] = text;
  }
}

void ToStorage(const ApiResource& resource, Value& object) {
  if (resource.is_stored_as_served()) return;
  resource.strategy->ToStorageVersion(resource.resource.group, resource.resource.version, object);
  object.get_object()["apiVersion"] = resource.storage_kind.api_version();
  object.get_object()["kind"] = resource.storage_kind.kind;
}

void FromStorage(const ApiResource& resource, Value& object) {
  if (resource.is_stored_as_served()) return;
  resource.strategy->FromStorageVersion(resource.resource.group, resource.resource.version, object);
  object.get_object()["apiVersion"] = resource.kind.api_version();
  object.get_object()["kind"] = resource.kind.kind;
  NormalizeObject(resource.type, object, nullptr);
}

Value ToServedValue(const ApiResource& resource, const StoredObject& stored, JsonStorage storage) {
  Value object = stored.Parse(std::move(storage));
  FromStorage(resource, object);
  return object;
}

ObjectPtr ToServed(const ApiResource& resource, const ObjectPtr& stored) {
  if (resource.is_stored_as_served()) return stored;
  return StoredObject::Make(ToServedValue(resource, *stored, {}), stored->meta().revision);
}

Response ObjectResponse(Call& call, int status, const ObjectPtr& object) {
  Response response;
  if (call.request.accept.view == View::kTable) {
    ApiResult<TableForm> form = ReadTableForm(call.request);
    if (!form) return ErrorResponse(form.error());
    const TableMeta meta{object->meta().revision, {}, {}};
    response = ValueResponse(status, MakeTable(call.resource, call.FindPrinter(), *form, meta,
                                               {object}, call.context.now));
  } else {
    response.status = status;
    response.body = ToServed(call.resource, object);
    response.kind = call.resource.kind;
  }
  response.warnings = std::move(call.warnings);
  response.shown_revision = object->meta().revision;
  return response;
}

Value SuccessStatus(const GroupResource& resource, std::string_view name, std::string_view uid) {
  Object status;
  status["kind"] = "Status";
  status["apiVersion"] = "v1";
  status["metadata"].emplace_object();
  status["status"] = "Success";
  Object& details = status["details"].emplace_object();
  details["name"] = name;
  if (!resource.group.empty()) details["group"] = resource.group;
  details["kind"] = resource.resource;
  details["uid"] = uid;
  return status;
}

}  // namespace apiserver
