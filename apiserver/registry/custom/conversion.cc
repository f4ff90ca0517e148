#include "apiserver/registry/custom/conversion.h"

#include "apiserver/ports/admission_memo.h"
#include "apiserver/ports/conversion_memo.h"
#include "apiserver/registry/custom/custom_resource.h"
#include "apiserver/registry/custom/defaults.h"
#include "apiserver/registry/custom/prune.h"

namespace apiserver {
namespace {

std::string ApiVersion(const CustomResource& custom, const std::string& version) {
  return custom.group + "/" + version;
}

// Whether `stored` lies in `api_version`. Members are sorted, so that mostly the first bytes tell.
bool LiesIn(const StoredObject& stored, const std::string& api_version) {
  if (stored.json().starts_with("{\"apiVersion\":\"" + api_version + "\"")) return true;
  return TextAt(*stored.Peek(), {"apiVersion"}) == api_version;
}

// What lies in the store as it is read: pruned and defaulted in its own version, then converted.
ApiResult<Value> Read(ConversionMemo* memo, const CustomResource& custom, Value object,
                      const std::string& version) {
  const auto [group, name] = SplitApiVersion(TextAt(object, {"apiVersion"}));
  if (const CustomVersion* own = custom.Version(name)) {
    NormalizeCustom(*own->type, object, nullptr);
    if (own->node) ApplySchemaDefaults(*own->node, object);
  }
  return ConvertCustom(memo, custom, std::move(object), version);
}

}  // namespace

ApiResult<Value> ConvertAlone(ConversionMemo* memo, const CustomResource& custom, Value object,
                              const std::string& api_version) {
  if (TextAt(object, {"apiVersion"}) == api_version) return object;
  if (custom.webhook) {
    if (memo == nullptr) return object;
    return memo->Convert(*custom.webhook, object, api_version);
  }
  object.get_object()["apiVersion"] = api_version;
  return object;
}

ApiResult<Value> ConvertCustom(ConversionMemo* memo, const CustomResource& custom, Value object,
                               const std::string& version) {
  ApiResult<Value> converted =
      ConvertAlone(memo, custom, std::move(object), ApiVersion(custom, version));
  if (!converted) return converted;
  const CustomVersion* own = custom.Version(version);
  if (own != nullptr) NormalizeCustom(*own->type, *converted, nullptr);
  return converted;
}

ApiResult<ObjectPtr> ShownForm(ConversionMemo* memo, const ApiResource& resource,
                               const ObjectPtr& stored) {
  if (stored == nullptr || !resource.is_custom()) return stored;
  const CustomResource& custom = *resource.custom;
  // With one schema from the beginning, what lies there was made by it.
  const bool is_plain = !custom.is_revised && custom.versions.size() == 1;
  if (is_plain && LiesIn(*stored, resource.kind.api_version())) return stored;
  ApiResult<Value> shown = Read(memo, custom, stored->Parse(), resource.resource.version);
  if (!shown) return std::move(shown.error());
  return StoredObject::Make(*shown, stored->meta().revision);
}

ApiResult<std::optional<StoredForm>> MakeStoredForm(const RegistryParts& parts,
                                                    const ApiResource& resource,
                                                    const Value& object) {
  if (!resource.is_custom()) return std::optional<StoredForm>();
  const CustomResource& custom = *resource.custom;
  const CustomVersion* storage = custom.StorageVersion();
  if (storage == nullptr || storage->name == resource.resource.version) {
    return std::optional<StoredForm>();
  }
  Value sent(object, JsonStorage());
  MetadataOf(sent).erase("resourceVersion");
  ApiResult<Value> stored =
      ConvertCustom(parts.conversion_memo, custom, std::move(sent), storage->name);
  if (!stored) return std::move(stored.error());
  ApiResult<Value> shown = Read(parts.conversion_memo, custom, *stored, resource.resource.version);
  if (!shown) return std::move(shown.error());
  return std::optional<StoredForm>(StoredForm{std::move(*stored), std::move(*shown)});
}

std::optional<ApiError> AwaitsConversion(const RegistryParts& parts) {
  if (parts.conversion_memo == nullptr || !parts.conversion_memo->is_lacking()) return std::nullopt;
  ApiError awaits;
  awaits.code = kAwaitsWebhook;
  return awaits;
}

}  // namespace apiserver
