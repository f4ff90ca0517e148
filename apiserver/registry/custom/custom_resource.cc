#include "apiserver/registry/custom/custom_resource.h"

#include "apiserver/api/base64.h"
#include "apiserver/registry/custom/conditions.h"
#include "apiserver/registry/custom/custom_strategy.h"
#include "apiserver/registry/custom/rule_validator.h"
#include "apiserver/registry/printers/custom_columns.h"
#include "apiserver/schema/builtin.h"
#include "sim/check.h"

namespace apiserver {
namespace {

std::vector<std::string> TextsAt(const Value& object,
                                 std::initializer_list<std::string_view> path) {
  std::vector<std::string> texts;
  const Value* list = FindPath(object, path);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& text : list->get_array()) {
    if (text.is_string()) texts.emplace_back(std::string_view(text.get_string()));
  }
  return texts;
}

const Array& VersionsOf(const Value& definition) {
  static const Array kNone;
  const Value* versions = FindPath(definition, {"spec", "versions"});
  return versions != nullptr && versions->is_array() ? versions->get_array() : kNone;
}

bool HasSubresource(const Value& version, std::string_view name) {
  const Value* found = FindPath(version, {"subresources", name});
  return found != nullptr && found->is_object();
}

CustomVersion ReadVersion(const Value& version, CustomTypes& types) {
  CustomVersion made;
  made.name = TextAt(version, {"name"});
  made.is_served = BoolAt(version, {"served"});
  made.is_storage = BoolAt(version, {"storage"});
  made.has_status = HasSubresource(version, "status");
  const Value* schema = FindPath(version, {"schema", "openAPIV3Schema"});
  if (schema != nullptr && schema->is_object()) {
    made.schema = std::make_shared<const Value>(*schema, JsonStorage());
    made.node = ReadSchema(*made.schema);
  }
  made.type = types.MakeRoot(made.node.get());
  if (HasSubresource(version, "scale")) {
    const Value& scale = *FindPath(version, {"subresources", "scale"});
    made.scale = ScalePaths{std::string(TextAt(scale, {"specReplicasPath"})),
                            std::string(TextAt(scale, {"statusReplicasPath"})),
                            std::string(TextAt(scale, {"labelSelectorPath"}))};
  }
  if (const Value* fields = Find(version, "selectableFields");
      fields != nullptr && fields->is_array()) {
    for (const Value& field : fields->get_array()) {
      const std::string_view path = TextAt(field, {"jsonPath"});
      made.selectable_fields.emplace_back(path.starts_with('.') ? path.substr(1) : path);
    }
  }
  if (const Value* columns = Find(version, "additionalPrinterColumns")) made.columns = *columns;
  return made;
}

const std::vector<std::string>& SubresourceVerbs() {
  static const std::vector<std::string> kVerbs = {"get", "patch", "update"};
  return kVerbs;
}

void AddSubresources(const CustomVersion& version, ApiResource& resource) {
  if (version.has_status) {
    resource.subresources.push_back({"status", resource.kind, SubresourceVerbs(), version.type});
  }
  if (!version.scale) return;
  resource.subresources.push_back({"scale",
                                   {"autoscaling", "v1", "Scale"},
                                   SubresourceVerbs(),
                                   FindType("autoscaling", "v1", "Scale")});
  resource.scale = version.scale;
}

std::optional<ConversionWebhook> ReadConversionWebhook(const Value& definition) {
  const Value* conversion = FindPath(definition, {"spec", "conversion"});
  if (conversion == nullptr || TextAt(*conversion, {"strategy"}) != "Webhook") return std::nullopt;
  ConversionWebhook webhook;
  webhook.definition = TextAt(definition, {"metadata", "name"});
  const Value* client = FindPath(*conversion, {"webhook", "clientConfig"});
  if (client == nullptr) return webhook;
  webhook.review_versions = TextsAt(*conversion, {"webhook", "conversionReviewVersions"});
  webhook.url = TextAt(*client, {"url"});
  webhook.service_namespace = TextAt(*client, {"service", "namespace"});
  webhook.service_name = TextAt(*client, {"service", "name"});
  webhook.service_path = TextAt(*client, {"service", "path"});
  webhook.service_port = IntAt(*client, {"service", "port"}, 443);
  auto bundle = DecodeBase64(TextAt(*client, {"caBundle"}));
  if (bundle.ok()) webhook.authorities_pem = std::move(bundle).value();
  return webhook;
}

// The best version that is served and not deprecated, or "".
std::string SuccessorOf(const Value& definition) {
  std::string best;
  for (const Value& version : VersionsOf(definition)) {
    if (!BoolAt(version, {"served"}) || BoolAt(version, {"deprecated"})) continue;
    const std::string_view name = TextAt(version, {"name"});
    if (best.empty() || VersionComesFirst(name, best)) best = name;
  }
  return best;
}

std::string DeprecationOf(const Value& version, const Value& definition,
                          const ApiResource& resource) {
  if (!BoolAt(version, {"deprecated"})) return {};
  const std::string_view text = TextAt(version, {"deprecationWarning"});
  if (!text.empty()) return std::string(text);
  std::string warning = resource.kind.api_version() + " " + resource.kind.kind + " is deprecated";
  const std::string successor = SuccessorOf(definition);
  if (!successor.empty() && VersionComesFirst(successor, resource.resource.version)) {
    warning += "; use " + resource.resource.group + "/" + successor + " " + resource.kind.kind;
  }
  return warning;
}

}  // namespace

CustomVersion::CustomVersion() = default;
CustomVersion::CustomVersion(CustomVersion&&) noexcept = default;
CustomVersion::~CustomVersion() = default;

const RuleValidator* CustomVersion::rules() const {
  if (!rules_) rules_ = node ? RuleValidator::Make(*node, SchemaPlace::kResource) : nullptr;
  return rules_->get();
}

const CustomVersion* CustomResource::StorageVersion() const {
  for (const auto& [name, version] : versions) {
    if (version.is_storage) return &version;
  }
  return nullptr;
}

const CustomVersion* CustomResource::Version(std::string_view name) const {
  const auto found = versions.find(name);
  return found == versions.end() ? nullptr : &found->second;
}

std::shared_ptr<const CustomResource> MakeCustomResource(const Value& definition) {
  auto custom = std::make_shared<CustomResource>();
  custom->group = TextAt(definition, {"spec", "group"});
  custom->plural = TextAt(definition, {"status", "acceptedNames", "plural"});
  custom->kind = TextAt(definition, {"status", "acceptedNames", "kind"});
  custom->is_namespaced = TextAt(definition, {"spec", "scope"}) == "Namespaced";
  custom->webhook = ReadConversionWebhook(definition);
  custom->is_revised = IntAt(definition, {"metadata", "generation"}) > 1;
  for (const Value& version : VersionsOf(definition)) {
    CustomVersion made = ReadVersion(version, custom->types);
    std::string name = made.name;
    custom->versions.emplace(std::move(name), std::move(made));
  }
  custom->strategy = MakeCustomStrategy(*custom);
  return custom;
}

std::vector<ApiResource> ResourcesOf(const std::shared_ptr<const CustomResource>& custom,
                                     const Value& definition) {
  std::vector<ApiResource> resources;
  for (const Value& version : VersionsOf(definition)) {
    const CustomVersion& own = custom->versions.find(TextAt(version, {"name"}))->second;
    if (!own.is_served) continue;
    ApiResource resource;
    resource.resource = {custom->group, own.name, custom->plural};
    resource.kind = {custom->group, own.name, custom->kind};
    resource.list_kind = TextAt(definition, {"status", "acceptedNames", "listKind"});
    resource.singular = TextAt(definition, {"status", "acceptedNames", "singular"});
    resource.is_namespaced = custom->is_namespaced;
    resource.verbs = CustomResourceVerbs();
    resource.type = own.type;
    resource.storage = {custom->group, custom->plural};
    resource.storage_kind = resource.kind;
    resource.storage_type = own.type;
    resource.strategy = custom->strategy.get();
    resource.custom = custom;
    resource.printer = MakeCustomPrinter(own.columns.is_null() ? nullptr : &own.columns);
    resource.deprecation_warning = DeprecationOf(version, definition, resource);
    AddSubresources(own, resource);
    resources.push_back(std::move(resource));
  }
  return resources;
}

std::map<std::string, ServedResource> DiscoveryOf(const CustomResource& custom,
                                                  const Value& definition) {
  std::map<std::string, ServedResource> shown;
  const CustomVersion* storage = custom.StorageVersion();
  const bool is_going = IsConditionTrue(definition, "Terminating");
  for (const Value& version : VersionsOf(definition)) {
    const CustomVersion& own = custom.versions.find(TextAt(version, {"name"}))->second;
    if (!own.is_served) continue;
    ServedResource resource;
    resource.resource = custom.plural;
    resource.singular = TextAt(definition, {"status", "acceptedNames", "singular"});
    resource.kind = custom.kind;
    resource.list_kind = TextAt(definition, {"status", "acceptedNames", "listKind"});
    resource.namespaced = custom.is_namespaced;
    resource.verbs = CustomResourceVerbs();
    if (is_going) resource.verbs = {"delete", "deletecollection", "get", "list", "watch"};
    if (storage != nullptr && storage->is_served) {
      resource.storage_version_hash = StorageVersionHash(custom.group, storage->name, custom.kind);
    }
    resource.short_names = TextsAt(definition, {"status", "acceptedNames", "shortNames"});
    resource.categories = TextsAt(definition, {"status", "acceptedNames", "categories"});
    resource.is_custom = true;
    resource.schema = own.schema;
    for (const std::string& field : own.selectable_fields)
      resource.selectable_fields.push_back("." + field);
    if (own.has_status) {
      resource.subresources.push_back(
          {"status", {custom.group, own.name, custom.kind}, SubresourceVerbs(), nullptr});
    }
    if (HasSubresource(version, "scale")) {
      resource.subresources.push_back({"scale",
                                       {"autoscaling", "v1", "Scale"},
                                       SubresourceVerbs(),
                                       FindType("autoscaling", "v1", "Scale")});
    }
    shown.emplace(own.name, std::move(resource));
  }
  return shown;
}

}  // namespace apiserver
