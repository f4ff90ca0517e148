#include "apiserver/registry/verbs.h"

#include "apiserver/registry/deletion.h"
#include "apiserver/registry/edit_at_rest.h"
#include "apiserver/registry/field_owners.h"
#include "apiserver/registry/reads.h"
#include "apiserver/registry/status_strategy.h"

namespace apiserver {
namespace {

// POST to the collection of Namespaces makes an object without a namespace, whatever its body says.
std::optional<ApiError> TakeNamespace(const Call& call, Value& object) {
  if (call.request.info.namespace_.empty()) return std::nullopt;
  return MatchNamespace(call, object);
}

// What only the system sets; a client's values are dropped.
void WipeSystemFields(Value& object) {
  Object& metadata = MetadataOf(object);
  for (std::string_view name : {"creationTimestamp", "uid", "deletionTimestamp",
                                "deletionGracePeriodSeconds", "selfLink"}) {
    metadata.erase(name);
  }
}

Response DeletionResponse(Call& call, const DeletionOutcome& outcome, int status) {
  if (outcome.shows_object) return ObjectResponse(call, status, outcome.object);
  Response response =
      ValueResponse(status, SuccessStatus(call.group_resource(), outcome.object->meta().name,
                                          outcome.object->meta().uid));
  response.warnings = std::move(call.warnings);
  response.shown_revision = call.parts.store.revision();
  return response;
}

void WarnOfUnstatedPropagation(Call& call, const DeleteRequestOptions& options) {
  const std::string_view warning = call.resource.strategy->unstated_propagation_warning();
  if (warning.empty() || options.propagation != PropagationPolicy::kNone) return;
  if (!options.orphan_dependents) call.warnings.emplace_back(warning);
}

}  // namespace

std::optional<ApiError> EarlyBodyError(const Request& request) {
  if (!request.decode_error) return std::nullopt;
  const int code = request.decode_error->code;
  if (code != 413 && code != 415) return std::nullopt;
  return request.decode_error;
}

UpdateRules RulesFor(const Call& call) {
  const Strategy& main = *call.resource.strategy;
  const std::string& name = call.request.info.subresource;
  if (name.empty()) return {&main, main.allow_create_on_update(), {}};
  const Strategy* own = main.Subresource(name);
  return {own == nullptr ? &DefaultStatusStrategy() : own, false, {}};
}

ExpectedKind ExpectedKindOf(const Call& call) {
  const std::string& name = call.request.info.subresource;
  if (name.empty()) return {call.resource.kind, call.resource.type};
  const ApiSubresource* sub = call.resource.FindSubresource(name);
  if (sub == nullptr) return {call.resource.kind, call.resource.type};
  return {sub->kind, sub->type};
}

void ApplyDefaults(const Call& call, Value& object) {
  call.resource.strategy->Default(call.resource.resource.version, object);
}

std::optional<ApiError> MatchName(const Call& call, const Value& object) {
  const std::string& want = call.request.info.name;
  const std::string_view got = TextAt(object, {"metadata", "name"});
  if (got == want) return std::nullopt;
  if (got.empty()) {
    return BadRequestError("the name of the object (" + want +
                           " based on URL) was undeterminable: name must be provided");
  }
  return BadRequestError("the name of the object (" + std::string(got) +
                         ") does not match the name on the URL (" + want + ")");
}

Response WriteResponse(Call& call, const ApiResult<WriteOutcome>& outcome) {
  if (!outcome) {
    Response response = ErrorResponse(outcome.error());
    response.warnings = std::move(call.warnings);
    return response;
  }
  return ObjectResponse(call, outcome->was_created ? 201 : 200, outcome->object);
}

Response HandleCreate(Call& call) {
  if (auto refused = EarlyBodyError(call.request)) return ErrorResponse(*refused);
  ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "CreateOptions");
  if (!options) return ErrorResponse(options.error());
  call.context.is_dry_run = options->is_dry_run;
  ApiResult<Value> decoded = DecodeBody(call, ExpectedKindOf(call), options->field_validation);
  if (!decoded) return ErrorResponse(decoded.error());
  Value object = std::move(*decoded);
  ApplyDefaults(call, object);
  WipeSystemFields(object);
  if (auto refused = TakeNamespace(call, object)) return ErrorResponse(*refused);
  RecordUpdate(call, *options, nullptr, object);
  return WriteResponse(call, CreateObject(call, std::move(object)));
}

Response HandleUpdate(Call& call) {
  if (auto refused = EarlyBodyError(call.request)) return ErrorResponse(*refused);
  ApiResult<WriteOptions> options = ReadWriteOptions(call.request, "UpdateOptions");
  if (!options) return ErrorResponse(options.error());
  if (call.request.edit) {
    if (const ObjectPtr edited = EditAtRest(call, *options)) {
      return ObjectResponse(call, 200, edited);
    }
    if (auto refused = WriteOutEdit(call)) return ErrorResponse(*refused);
  }
  call.context.is_dry_run = options->is_dry_run;
  ApiResult<Value> decoded = DecodeBody(call, ExpectedKindOf(call), options->field_validation);
  if (!decoded) return ErrorResponse(decoded.error());
  Value object = std::move(*decoded);
  ApplyDefaults(call, object);
  if (auto refused = MatchNamespace(call, object)) return ErrorResponse(*refused);
  if (auto refused = MatchName(call, object)) return ErrorResponse(*refused);
  UpdateRules rules = RulesFor(call);
  rules.uid = TextAt(object, {"metadata", "uid"});
  const auto change = [&](const Value* live) -> ApiResult<Value> {
    RecordUpdate(call, *options, live, object);
    return std::move(object);
  };
  return WriteResponse(call, UpdateObject(call, call.request.info.name, rules, change));
}

Response HandleDelete(Call& call) {
  ApiResult<DeleteRequestOptions> options = ReadDeleteOptions(call.request);
  if (!options) return ErrorResponse(options.error());
  call.context.is_dry_run = options->is_dry_run;
  WarnOfUnstatedPropagation(call, *options);
  const bool cascades = options->orphan_dependents && !*options->orphan_dependents;
  ApiResult<DeletionOutcome> outcome =
      DeleteObject(call, call.request.info.name, std::move(*options));
  if (!outcome) {
    Response response = ErrorResponse(outcome.error());
    response.warnings = std::move(call.warnings);
    return response;
  }
  return DeletionResponse(call, *outcome, !outcome->is_gone && cascades ? 202 : 200);
}

Response HandleDeleteCollection(Call& call) {
  ApiResult<ListOptions> listed = ReadListOptions(call.request, false);
  if (!listed) return ErrorResponse(listed.error());
  ApiResult<Selection> selection =
      Selection::Make(call.resource, call.object_namespace(), "", std::move(listed->labels),
                      listed->field_selector);
  if (!selection) return ErrorResponse(selection.error());
  ApiResult<DeleteRequestOptions> options = ReadDeleteOptions(call.request);
  if (!options) return ErrorResponse(options.error());
  call.context.is_dry_run = options->is_dry_run;
  WarnOfUnstatedPropagation(call, *options);
  ApiResult<std::shared_ptr<const ObjectList>> list = ListObjects(call, *listed, *selection);
  if (!list) return ErrorResponse(list.error());
  for (const ObjectPtr& item : (*list)->items) {
    ApiResult<DeletionOutcome> outcome = DeleteObject(call, item->meta().name, *options);
    if (!outcome && outcome.error().code != 404) return ErrorResponse(outcome.error());
  }
  Response response = ListResponse(call, std::move(*list));
  response.shown_revision = call.parts.store.revision();
  return response;
}

}  // namespace apiserver
