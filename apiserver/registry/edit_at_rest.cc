#include "apiserver/registry/edit_at_rest.h"

#include <array>

#include "apiserver/api/json_write.h"
#include "apiserver/api/time_format.h"
#include "apiserver/registry/write.h"

namespace apiserver {
namespace {

using Path = std::array<std::string_view, 2>;

// Times of the type MicroTime that no default, validation or consequence of an update reads.
struct FreeField {
  std::string_view group;
  std::string_view resource;
  Path path;
  Path owned;  // the same as managedFields name it
};
constexpr FreeField kFreeFields[] = {
    {"coordination.k8s.io", "leases", {"spec", "renewTime"}, {"f:spec", "f:renewTime"}},
};

const FreeField* FindFreeField(const GroupResource& resource, const FieldEdit& edit) {
  for (const FreeField& field : kFreeFields) {
    if (resource.group == field.group && resource.resource == field.resource &&
        std::equal(edit.path.begin(), edit.path.end(), field.path.begin(), field.path.end())) {
      return &field;
    }
  }
  return nullptr;
}

// Of the form in which MicroTime is written, so that nothing would rewrite or refuse it.
bool IsMicroTime(const std::string& text) {
  const std::optional<sim::Time> time = TimeFromText(text);
  return time && FormatMicroTime(*time) == text;
}

// The record of fields after an update by `manager`, which alone has written the object and owns
// the field already: only its time moves. Nothing where that is not so.
std::optional<std::string> MoveTime(const std::string& record, const std::string& manager,
                                    const std::string& api_version, const FreeField& field,
                                    sim::Time now) {
  std::string head = "[{\"manager\":";
  AppendJsonString(manager, head);
  head += ",\"operation\":\"Update\",\"apiVersion\":\"" + api_version + "\",\"time\":\"";
  const std::string time = FormatTime(now);
  constexpr std::string_view kFields = "\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":";
  if (!record.starts_with(head) || record.size() < head.size() + time.size() + kFields.size() ||
      record.compare(head.size() + time.size(), kFields.size(), kFields) != 0 ||
      !record.ends_with("}}]")) {
    return std::nullopt;
  }
  const std::size_t begin = head.size() + time.size() + kFields.size();
  const std::string_view fields(record.data() + begin, record.size() - begin - 2);
  const std::optional<JsonSpan> owned = FindJsonSpan(fields, field.owned);
  // One entry, whose fields are the rest of the text.
  const bool is_alone =
      FindJsonSpan("{\"f\":" + std::string(fields) + "}", std::array<std::string_view, 1>{"f"})
          .value_or(JsonSpan())
          .size == fields.size();
  if (!owned || fields.substr(owned->begin, owned->size) != "{}" || !is_alone) return std::nullopt;
  std::string moved = std::move(head);
  return moved.append(time).append(record, moved.size(), std::string::npos);
}

}  // namespace

ObjectPtr EditAtRest(Call& call, const WriteOptions& options) {
  const FieldEdit& edit = *call.request.edit;
  const ApiResource& resource = call.resource;
  const FreeField* field = FindFreeField(resource.storage, edit);
  const bool is_plain = field != nullptr && IsMicroTime(edit.text) &&
                        call.request.info.subresource.empty() && !options.is_dry_run &&
                        !resource.is_custom() && resource.is_stored_as_served();
  if (!is_plain || call.parts.admission.WatchesHeartbeats(resource.storage)) return nullptr;
  const ObjectPtr live = call.FindStored(call.request.info.name);
  if (!live || live->meta().revision != edit.base || live->meta().is_deleting()) return nullptr;
  const std::optional<JsonSpan> span = FindJsonSpan(live->json(), field->path);
  std::string text;
  AppendJsonString(edit.text, text);
  // The text that is there already would change nothing.
  if (!span || live->json()[span->begin] != '"' ||
      live->json().compare(span->begin, span->size, text) == 0) {
    return nullptr;
  }
  std::optional<std::string> record =
      MoveTime(live->managed_fields(), ManagerName(options, call.request),
               resource.kind.api_version(), *field, call.context.now);
  if (!record) return nullptr;
  Store& store = call.parts.store;
  ObjectPtr edited = live->WithValue(*span, text, std::move(*record), store.revision() + 1);
  return store.Replace(resource.storage, std::move(edited), IsWork(resource.storage));
}

std::optional<ApiError> WriteOutEdit(Call& call) {
  const FieldEdit& edit = *call.request.edit;
  const std::string& name = call.request.info.name;
  const ObjectPtr live = call.FindStored(name);
  if (!live) return NotFoundError(call.group_resource(), name);
  Value object = ToServedValue(call.resource, *live, call.storage());
  SetMetaText(object, "resourceVersion", std::to_string(edit.base));
  Object* parent = object.if_object();
  for (std::size_t at = 0; parent != nullptr && at + 1 < edit.path.size(); ++at) {
    Value* child = parent->if_contains(edit.path[at]);
    parent = child == nullptr ? nullptr : child->if_object();
  }
  if (parent == nullptr || edit.path.empty()) {
    return BadRequestError("the edited object has no such field");
  }
  (*parent)[edit.path.back()] = edit.text;
  call.request.object.emplace(std::move(object));
  return std::nullopt;
}

}  // namespace apiserver
