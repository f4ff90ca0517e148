#include "apiserver/registry/field_owners.h"

#include "apiserver/registry/custom/conversion.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/verbs.h"

namespace apiserver {
namespace {

FieldSet ToFieldSet(const std::vector<ResetPath>& paths) {
  FieldSet fields;
  for (const ResetPath& path : paths) {
    FieldPath elements;
    for (const std::string_view name : path) elements.push_back(PathElement::Field(name));
    fields.Insert(elements);
  }
  return fields;
}

// The resource as another version of its group serves it, or null.
const ApiResource* InVersion(const Call& call, std::string_view api_version) {
  const auto [group, version] = SplitApiVersion(api_version);
  return call.parts.resources.Find(group, version, call.resource.resource.resource);
}

// `object` lies in the version that it names.
Value Converted(const Call& call, const Value& object, std::string_view api_version) {
  Value copy(object, call.storage());
  const ApiResource* source = InVersion(call, TextAt(object, {"apiVersion"}));
  const ApiResource* target = InVersion(call, api_version);
  if (source == nullptr || target == nullptr || target == source) return copy;
  ToStorage(*source, copy);
  FromStorage(*target, copy);
  return copy;
}

// Custom objects are not pruned here: what another version lacks is a failure.
Value ConvertedCustom(const Call& call, const Value& object, std::string_view api_version,
                      std::string& failure) {
  ApiResult<Value> converted =
      ConvertAlone(call.parts.conversion_memo, *call.resource.custom, Value(object, call.storage()),
                   std::string(api_version));
  if (converted) return std::move(*converted);
  if (failure.empty()) failure = converted.error().message;
  return Value(object, call.storage());
}

}  // namespace

FieldManagerContext ManagerContext(Call& call, std::string manager) {
  FieldManagerContext context;
  context.manager = std::move(manager);
  context.api_version = call.resource.kind.api_version();
  context.kind = call.resource.kind.kind;
  context.subresource = call.request.info.subresource;
  context.now = call.context.now;
  context.type = call.resource.type;
  context.type_in = [&call](std::string_view api_version) -> const Type* {
    const ApiResource* resource = InVersion(call, api_version);
    return resource == nullptr ? nullptr : resource->type;
  };
  if (call.resource.is_custom()) {
    context.failure = std::make_shared<std::string>();
    context.convert = [&call, failure = context.failure](const Value& object,
                                                         std::string_view api_version) {
      return ConvertedCustom(call, object, api_version, *failure);
    };
  } else {
    context.convert = [&call](const Value& object, std::string_view api_version) {
      return Converted(call, object, api_version);
    };
  }
  const Strategy* strategy = RulesFor(call).strategy;
  context.reset_fields = [strategy](std::string_view api_version) {
    return ToFieldSet(strategy->ResetFields(SplitApiVersion(api_version).second));
  };
  return context;
}

void RecordUpdate(Call& call, const WriteOptions& options, const Value* live, Value& object) {
  const FieldManagerContext context = ManagerContext(call, ManagerName(options, call.request));
  if (!call.has_empties) return UpdateManagedFields(live, object, context);
  // Nobody owns what JSON leaves out.
  Value shown(object, call.storage());
  NormalizeObject(ExpectedKindOf(call).type, shown, nullptr);
  UpdateManagedFields(live, shown, context);
  Object& metadata = MetadataOf(object);
  metadata.erase("managedFields");
  if (const Value* entries = FindPath(shown, {"metadata", "managedFields"})) {
    metadata["managedFields"] = *entries;
  }
}

}  // namespace apiserver
