#include "apiserver/registry/patch_verb.h"

#include <algorithm>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/apply_verb.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/field_owners.h"
#include "apiserver/registry/patch/go_print.h"
#include "apiserver/registry/patch/json_patch.h"
#include "apiserver/registry/patch/merge_patch.h"
#include "apiserver/registry/patch/strategic_merge.h"
#include "apiserver/registry/verbs.h"
#include "apiserver/registry/write.h"
#include "apiserver/schema/conversion_problem.h"

namespace apiserver {
namespace {

ApiResult<Patched> Apply(Call& call, PatchForm form, const Value& live, const Type* type,
                         PatchReading reading) {
  const std::string& body = call.request.body;
  switch (form) {
    case PatchForm::kJson:
      return ApplyJsonPatch(live, body, call.storage(), reading);
    case PatchForm::kMerge:
      return ApplyMergePatch(live, body, call.storage(), reading);
    default:
      return ApplyStrategicMergePatch(live, body, *type, call.storage());
  }
}

// Upstream takes the directive out of each map that it merges.
void DropDirectives(Value& patch) {
  Object* object = patch.if_object();
  if (object == nullptr) return;
  object->erase("$patch");
  for (auto& member : *object) DropDirectives(member.value());
}

// What the 422 of a patch shows as its bad value: the result, or the patch as Go prints it.
std::string ShownValue(Call& call, PatchForm form, const Value& live) {
  JsonParseResult patch = ParseJson(call.request.body);
  if (!patch.ok()) return {};
  if (form == PatchForm::kStrategic) {
    DropDirectives(patch.value);
    return GoPrint(patch.value);
  }
  ApiResult<Patched> patched = Apply(call, form, live, nullptr, PatchReading::kPlain);
  if (!patched) return {};
  if (form == PatchForm::kMerge) {
    SortVisitedByMergePatch(patched->object, patch.value);
  } else {
    SortVisitedByJsonPatch(patched->object, call.request.body);
  }
  return ToJson(patched->object);
}

// A patch that ran, whose result is no object of the kind. Rare: only now the value is made that
// the answer shows.
struct BadResult {
  Call& call;
  const PatchForm form;
  const Value& live;

  std::string Shown() const { return ShownValue(call, form, live); }
  ApiError operator()(std::string_view reason) const {
    return InvalidError("", "", "", {FieldInvalid("patch", Shown(), reason)});
  }
};

// kind and apiVersion can't be patched: strategic patches ignore them, the others fail.
std::optional<ApiError> CheckKind(const BadResult& bad_result, Value& result) {
  const Value& live = bad_result.live;
  Object& object = result.get_object();
  for (std::string_view name : {"apiVersion", "kind"}) {
    const Value* before = Find(live, name);
    if (before == nullptr) continue;
    const std::string_view now = TextAt(result, {name});
    if (now == TextAt(live, {name})) continue;
    const bool is_lenient = bad_result.form == PatchForm::kStrategic || now.empty();
    if (!is_lenient) {
      return bad_result("no kind \"" + std::string(TextAt(result, {"kind"})) +
                        "\" is registered for version \"" +
                        std::string(TextAt(result, {"apiVersion"})) + "\"");
    }
    object[name] = *before;
  }
  return std::nullopt;
}

std::string NoObject(const Value& result) {
  return "couldn't get version/kind; json parse error: json: cannot unmarshal " +
         std::string(JsonKindName(result)) + " into Go value of type " +
         std::string(kTypeMetaStruct);
}

// The kind of a custom object is read again from what the patch made of it.
std::optional<ApiError> CheckCustomKind(const BadResult& bad_result, const Value& result) {
  const std::string unreadable = "couldn't get version/kind; json parse error: ";
  if (!result.is_object()) return bad_result(NoObject(result));
  for (std::string_view name : {"apiVersion", "kind"}) {
    const Value* member = Find(result, name);
    if (member == nullptr || member->is_null() || member->is_string()) continue;
    return bad_result(unreadable + "json: cannot unmarshal " + JsonKindName(*member) +
                      " into Go struct field ." + std::string(name) + " of type string");
  }
  const std::string kind(TextAt(result, {"kind"}));
  const std::string api_version(TextAt(result, {"apiVersion"}));
  if (kind.empty()) {
    return bad_result("Object 'Kind' is missing in '" + bad_result.Shown() + "'");
  }
  if (api_version.empty()) {
    return InternalError("Object 'apiVersion' is missing in 'object has no apiVersion field'");
  }
  const GroupVersionKind& want = bad_result.call.resource.kind;
  FieldErrors errors;
  if (kind != want.kind) errors.push_back(FieldInvalid("kind", kind, "must be " + want.kind));
  if (api_version != want.api_version()) {
    errors.push_back(FieldInvalid("apiVersion", api_version, "must be " + want.api_version()));
  }
  if (errors.empty()) return std::nullopt;
  return InvalidError(SplitApiVersion(api_version).first, kind, bad_result.call.request.info.name,
                      errors);
}

}  // namespace

ApiResult<PatchForm> ReadPatchForm(const std::string& content_type, bool is_custom) {
  if (content_type == "application/json-patch+json") return PatchForm::kJson;
  if (content_type == "application/merge-patch+json") return PatchForm::kMerge;
  if (content_type == "application/apply-patch+yaml") return PatchForm::kApply;
  if (content_type == "application/strategic-merge-patch+json" && !is_custom)
    return PatchForm::kStrategic;
  if (!is_custom) {
    ApiError error = UnsupportedMediaTypeError("415: Unsupported Media Type");
    error.details.emplace();
    return error;
  }
  return UnsupportedMediaTypeError(
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
}

ApiResult<Value> PatchValue(Call& call, PatchForm form, const Value& live, const Type* type,
                            FieldValidation validation) {
  const bool is_plain = validation == FieldValidation::kIgnore;
  ApiResult<Patched> patched =
      Apply(call, form, live, type, is_plain ? PatchReading::kPlain : PatchReading::kStrict);
  if (!patched) return std::move(patched.error());
  Value object = std::move(patched->object);
  const BadResult bad_result{call, form, live};
  if (call.resource.is_custom() && call.request.info.subresource != "scale") {
    if (auto refused = CheckCustomKind(bad_result, object)) return std::move(*refused);
  }
  if (!object.is_object()) return bad_result(NoObject(object));
  if (auto refused = CheckKind(bad_result, object)) return std::move(*refused);
  std::vector<std::string> strict = std::move(patched->strict_errors);
  const bool wants_unknown = validation != FieldValidation::kIgnore;
  const auto duplicate_count = static_cast<std::ptrdiff_t>(strict.size());
  std::string problem;
  if (form == PatchForm::kStrategic && type != nullptr) problem = ConversionProblem(*type, object);
  if (!problem.empty()) return bad_result(problem);
  const std::string error = NormalizeDecoded(call, type, object, wants_unknown ? &strict : nullptr);
  if (!error.empty()) return bad_result(error);
  // Upstream's patched object is a Go map, whose members are visited by name.
  std::sort(strict.begin() + duplicate_count, strict.end());
  if (strict.empty() || !wants_unknown) return object;
  if (validation == FieldValidation::kStrict) return bad_result(StrictErrorText(strict));
  for (std::string& text : strict) call.warnings.push_back(std::move(text));
  return object;
}

Response HandlePatch(Call& call) {
  ApiResult<PatchForm> form = ReadPatchForm(call.request.content_type, call.resource.is_custom());
  if (!form) return ErrorResponse(form.error());
  if (auto refused = EarlyBodyError(call.request)) return ErrorResponse(*refused);
  ApiResult<WriteOptions> options =
      ReadWriteOptions(call.request, "PatchOptions", *form == PatchForm::kApply);
  if (!options) return ErrorResponse(options.error());
  call.context.is_dry_run = options->is_dry_run;
  if (*form == PatchForm::kApply) return HandleApply(call, *options);
  UpdateRules rules = RulesFor(call);
  // A patch of what is not there is 404, even where a PUT would make it.
  rules.may_create = false;
  const Type* type = ExpectedKindOf(call).type;
  const auto change = [&](const Value* live) -> ApiResult<Value> {
    ApiResult<Value> changed = PatchValue(call, *form, *live, type, options->field_validation);
    if (!changed) return changed;
    ApplyDefaults(call, *changed);
    if (auto refused = MatchNamespace(call, *changed)) return std::move(*refused);
    if (auto refused = MatchName(call, *changed)) return std::move(*refused);
    RecordUpdate(call, *options, live, *changed);
    return changed;
  };
  return WriteResponse(call, UpdateObject(call, call.request.info.name, rules, change));
}

}  // namespace apiserver
