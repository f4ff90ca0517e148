#include "apiserver/registry/apply_verb.h"

#include "apiserver/api/yaml.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/field_owners.h"
#include "apiserver/registry/patch/apply.h"
#include "apiserver/registry/verbs.h"
#include "apiserver/registry/write.h"

namespace apiserver {
namespace {

// An object that is to be made can't say which one it is.
std::optional<ApiError> RefuseUid(const Call& call, const Value* live, const Value& object) {
  const std::string uid(TextAt(object, {"metadata", "uid"}));
  if (live != nullptr || uid.empty()) return std::nullopt;
  return ConflictError(call.group_resource(), call.request.info.name,
                       "uid mismatch: the provided object specified uid " + uid +
                           ", and no existing object was found");
}

}  // namespace

ApiResult<Configuration> ReadConfiguration(Call& call) {
  JsonParseResult parsed = ParseYaml(call.request.body, call.storage());
  if (!parsed.ok())
    return BadRequestError("error decoding YAML: error converting YAML to JSON: " + parsed.error);
  if (parsed.value.is_null()) parsed.value.emplace_object();
  if (!parsed.value.is_object()) {
    const std::string_view got = parsed.value.is_array()    ? "array"
                                 : parsed.value.is_string() ? "string"
                                                            : "number";
    return BadRequestError(
        "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot "
        "unmarshal " +
        std::string(got) + " into Go value of type map[string]interface {}");
  }
  return Configuration{std::move(parsed.value), std::move(parsed.strict_errors)};
}

std::optional<ApiError> TreatRepeatedKeys(Call& call, const Configuration& configuration,
                                          FieldValidation validation) {
  const std::vector<std::string>& errors = configuration.repeated_keys;
  if (errors.empty() || validation == FieldValidation::kIgnore) return std::nullopt;
  std::string problem = "error converting YAML to JSON: yaml: unmarshal errors:";
  for (const std::string& sentence : errors) problem += "\n  " + sentence;
  if (validation == FieldValidation::kStrict) {
    return BadRequestError("error strict decoding YAML: " + problem);
  }
  // Each sentence is a warning of its own, without what introduces them.
  for (const std::string& sentence : errors) call.warnings.push_back(sentence);
  return std::nullopt;
}

Response HandleApply(Call& call, const WriteOptions& options) {
  ApiResult<Configuration> configuration = ReadConfiguration(call);
  if (!configuration) return ErrorResponse(configuration.error());
  UpdateRules rules = RulesFor(call);
  rules.may_create = call.request.info.subresource.empty();
  const FieldManagerContext context = ManagerContext(call, options.field_manager);
  const auto change = [&](const Value* live) -> ApiResult<Value> {
    ApiResult<Applied> applied = ApplyConfiguration(
        live, configuration->value, {options.force.value_or(false)}, context, call.storage());
    if (!applied) return std::move(applied.error());
    if (auto refused = TreatRepeatedKeys(call, *configuration, options.field_validation)) {
      return std::move(*refused);
    }
    if (applied->is_unchanged && live != nullptr) return std::move(applied->object);
    Value object = std::move(applied->object);
    const std::string error = NormalizeApplied(call, call.resource.type, object);
    if (!error.empty()) return PlainError(error);
    ApplyDefaults(call, object);
    if (auto refused = RefuseUid(call, live, object)) return std::move(*refused);
    if (live == nullptr && !call.context.is_dry_run) SetMetaText(object, "resourceVersion", "");
    if (auto refused = MatchNamespace(call, object)) return std::move(*refused);
    if (auto refused = MatchName(call, object)) return std::move(*refused);
    return object;
  };
  return WriteResponse(call, UpdateObject(call, call.request.info.name, rules, change));
}

}  // namespace apiserver
