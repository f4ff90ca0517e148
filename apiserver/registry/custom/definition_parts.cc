#include "apiserver/registry/custom/definition_parts.h"

#include <optional>
#include <set>

#include "apiserver/api/base64.h"
#include "apiserver/api/names.h"
#include "apiserver/registry/custom/schema_path.h"
#include "apiserver/registry/kinds/webhook_client.h"

namespace apiserver {
namespace {

constexpr std::size_t kSelectableFieldsMax = 8;
constexpr std::string_view kColumnTypes = "must be one of boolean,date,integer,number,string";
constexpr std::string_view kColumnFormats =
    "must be one of byte,date,date-time,double,float,int32,int64,password";

std::string Text(const Value& value, std::initializer_list<std::string_view> path) {
  return std::string(TextAt(value, path));
}

bool IsColumnFormat(std::string_view format) {
  for (std::string_view known :
       {"int32", "int64", "float", "double", "byte", "date", "date-time", "password"}) {
    if (format == known) return true;
  }
  return false;
}

std::optional<FieldError> SimplePathError(const std::string& path, const std::string& text) {
  if (text.empty() || text.front() == '.') return std::nullopt;
  return FieldInvalid(path, text, "must be a simple json path starting with .");
}

void CheckScalePath(const Value& scale, std::string_view name, const std::string& base,
                    bool is_required, FieldErrors& errors) {
  const std::string path = base + ".scale." + std::string(name);
  const std::string text = Text(scale, {name});
  if (text.empty()) {
    if (is_required) errors.push_back(FieldRequired(path, ""));
    return;
  }
  if (auto error = SimplePathError(path, text)) {
    errors.push_back(std::move(*error));
    return;
  }
  const bool is_spec = text.starts_with(".spec.");
  const bool is_status = text.starts_with(".status.");
  if (name == "specReplicasPath" && !is_spec) {
    errors.push_back(FieldInvalid(path, text, "should be a json path under .spec"));
  } else if (name == "statusReplicasPath" && !is_status) {
    errors.push_back(FieldInvalid(path, text, "should be a json path under .status"));
  } else if (name == "labelSelectorPath" && !is_spec && !is_status) {
    errors.push_back(
        FieldInvalid(path, text, "should be a json path under either .spec or .status"));
  }
}

void CheckColumn(const Value& column, const std::string& path, FieldErrors& errors) {
  if (Text(column, {"name"}).empty()) errors.push_back(FieldRequired(path + ".name", ""));
  const std::string type = Text(column, {"type"});
  const bool is_known_type = type == "boolean" || type == "date" || type == "integer" ||
                             type == "number" || type == "string";
  if (type.empty()) {
    errors.push_back(FieldRequired(path + ".type", kColumnTypes));
  } else if (!is_known_type) {
    errors.push_back(FieldInvalid(path + ".type", type, kColumnTypes));
  }
  const std::string format = Text(column, {"format"});
  if (!format.empty() && !IsColumnFormat(format)) {
    errors.push_back(FieldInvalid(path + ".format", format, kColumnFormats));
  }
  const std::string json_path = Text(column, {"jsonPath"});
  if (json_path.empty()) {
    errors.push_back(FieldRequired(path + ".JSONPath", ""));
  } else if (auto error = SimplePathError(path + ".JSONPath", json_path)) {
    errors.push_back(std::move(*error));
  }
}

std::string PemOf(std::string_view bundle) {
  sim::Result<std::string> pem = DecodeBase64(bundle);
  return pem.ok() ? std::move(*pem) : std::string();
}

void CheckClient(const Value& client, bool was_established, Violations& errors) {
  const FieldPath path("spec.conversion.webhookClientConfig");
  const Value* url = Find(client, "url");
  const Value* service = Find(client, "service");
  if ((url == nullptr) == (service == nullptr)) {
    errors.Required(path, "exactly one of url or service is required");
  } else if (url != nullptr) {
    CheckWebhookUrl(TextAt(client, {"url"}), path.Child("url"), errors);
  } else if (service->is_object()) {
    // Upstream hands the two names over in the wrong order, and its errors with them.
    Object swapped = service->get_object();
    swapped["name"] = TextAt(*service, {"namespace"});
    swapped["namespace"] = TextAt(*service, {"name"});
    CheckWebhookService(swapped, path.Child("service"), errors);
  }
  const std::string_view bundle = TextAt(client, {"caBundle"});
  if (bundle.empty() || !was_established) return;
  if (PemOf(bundle).find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    errors.Invalid(path.Child("caBundle"), bundle,
                   "unable to load root certificates: unable to parse bytes as PEM block");
  }
}

void CheckReviewVersions(const Value* versions, Violations& errors) {
  const FieldPath path("spec.conversion.conversionReviewVersions");
  if (versions == nullptr || !versions->is_array() || versions->get_array().empty()) {
    errors.Required(path);
    return;
  }
  std::set<std::string_view> seen;
  bool is_recognized = false;
  std::size_t index = 0;
  for (const Value& version : versions->get_array()) {
    const std::string_view text = version.is_string() ? std::string_view(version.get_string()) : "";
    const FieldPath at = path.Index(index++);
    if (!seen.insert(text).second) {
      errors.Invalid(at, text, "duplicate version");
      continue;
    }
    errors.InvalidEach(at, text, CheckDns1035Label(text));
    is_recognized = is_recognized || text == "v1" || text == "v1beta1";
  }
  if (!is_recognized) errors.Invalid(path, *versions, "must include at least one of v1, v1beta1");
}

}  // namespace

void CheckSubresources(const Value& subresources, const std::string& path, FieldErrors& errors) {
  const Value* scale = Find(subresources, "scale");
  if (scale == nullptr || !scale->is_object()) return;
  CheckScalePath(*scale, "specReplicasPath", path, true, errors);
  CheckScalePath(*scale, "statusReplicasPath", path, true, errors);
  CheckScalePath(*scale, "labelSelectorPath", path, false, errors);
}

void CheckColumns(const Value& columns, const std::string& path, FieldErrors& errors) {
  if (!columns.is_array()) return;
  std::size_t index = 0;
  for (const Value& column : columns.get_array()) {
    CheckColumn(column, path + "[" + std::to_string(index++) + "]", errors);
  }
}

void CheckSelectableFields(const Value& fields, const Value& schema, const std::string& path,
                           FieldErrors& errors) {
  if (!fields.is_array()) return;
  std::set<std::string> seen;
  std::size_t index = 0;
  for (const Value& field : fields.get_array()) {
    const std::string at = path + "[" + std::to_string(index++) + "].jsonPath";
    const std::string text = Text(field, {"jsonPath"});
    if (text.empty()) {
      errors.push_back(FieldRequired(at, ""));
      continue;
    }
    const sim::Result<SchemaPath> found = FindSchemaPath(schema, text, PathBrackets::kForbidden);
    if (!found.ok()) {
      errors.push_back(FieldInvalid(at, text, "is an invalid path: " + found.error().message));
      continue;
    }
    const SchemaPath& target = found.value();
    if (target.root == "metadata")
      errors.push_back(FieldInvalid(at, text, "must not point to fields in metadata"));
    const std::string_view type =
        target.schema == nullptr ? std::string_view() : TextAt(*target.schema, {"type"});
    if (type != "string" && type != "boolean" && type != "integer") {
      errors.push_back(
          FieldInvalid(at, text,
                       "must point to a field of type string, boolean or integer. Enum string "
                       "fields and strings with formats are allowed."));
    }
    if (!seen.insert(target.text).second) errors.push_back(FieldDuplicate(at, Value(text)));
  }
  if (seen.size() > kSelectableFieldsMax) {
    errors.push_back(
        FieldTooMany(path, static_cast<int>(seen.size()), static_cast<int>(kSelectableFieldsMax)));
  }
}

void CheckConversion(const Value& definition, bool was_established, FieldErrors& errors) {
  const Value* conversion = FindPath(definition, {"spec", "conversion"});
  if (conversion == nullptr || !conversion->is_object()) return;
  Violations violations;
  const FieldPath path("spec.conversion");
  const std::string strategy = Text(*conversion, {"strategy"});
  if (strategy.empty()) {
    violations.Required(path.Child("strategy"));
  } else if (strategy != "None" && strategy != "Webhook") {
    violations.NotSupported(path.Child("strategy"), strategy, {"None", "Webhook"});
  }
  const Value* client = FindPath(*conversion, {"webhook", "clientConfig"});
  const Value* versions = FindPath(*conversion, {"webhook", "conversionReviewVersions"});
  const bool has_versions =
      versions != nullptr && versions->is_array() && !versions->get_array().empty();
  if (strategy == "Webhook") {
    if (client == nullptr) {
      violations.Required(path.Child("webhookClientConfig"),
                          "required when strategy is set to Webhook");
    } else {
      CheckClient(*client, was_established, violations);
    }
    CheckReviewVersions(versions, violations);
  } else {
    constexpr std::string_view kWhy = "should not be set when strategy is not set to Webhook";
    if (client != nullptr) violations.Forbidden(path.Child("webhookClientConfig"), kWhy);
    if (has_versions) violations.Forbidden(path.Child("conversionReviewVersions"), kWhy);
  }
  for (FieldError& error : violations.Take()) errors.push_back(std::move(error));
}

}  // namespace apiserver
