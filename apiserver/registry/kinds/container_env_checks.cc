// Environment variables and references to fields and resources.
#include <algorithm>

#include "apiserver/api/letter_case.h"
#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"

namespace apiserver {
namespace {

const SupportedValues kEnvFields = {"metadata.name",
                                    "metadata.namespace",
                                    "metadata.uid",
                                    "spec.nodeName",
                                    "spec.serviceAccountName",
                                    "status.hostIP",
                                    "status.hostIPs",
                                    "status.podIP",
                                    "status.podIPs"};

// All labels that the downward API converts, whether or not they are allowed at a place.
constexpr std::string_view kKnownFields[] = {
    "metadata.annotations", "metadata.labels", "metadata.name",      "metadata.namespace",
    "metadata.uid",         "spec.nodeName",   "spec.restartPolicy", "spec.serviceAccountName",
    "spec.schedulerName",   "status.phase",    "status.hostIP",      "status.hostIPs",
    "status.podIP",         "status.podIPs",   "spec.host"};

void CheckKeySelector(const Object& selector, const FieldPath& path, Violations& out) {
  CheckDnsSubdomain(TextOf(selector, "name"), path.Child("name"), out);
  if (CheckRequiredText(selector, "key", path, out)) {
    const std::string_view key = TextOf(selector, "key");
    out.InvalidEach(path.Child("key"), key, CheckConfigMapKey(key));
  }
}

void CheckFileKey(const Object& selector, const FieldPath& path, Violations& out) {
  if (CheckRequiredText(selector, "key", path, out)) {
    const std::string_view key = TextOf(selector, "key");
    out.InvalidEach(path.Child("key"), key, CheckEnvVarName(key));
  }
  if (CheckRequiredText(selector, "volumeName", path, out)) {
    CheckDnsLabel(TextOf(selector, "volumeName"), path.Child("volumeName"), out);
  }
  if (CheckRequiredText(selector, "path", path, out)) {
    CheckNoBacksteps(TextOf(selector, "path"), path.Child("path"), out);
  }
}

void CheckValueFrom(const Object& variable, const FieldPath& path, Violations& out) {
  const Object& from = ObjectOf(variable, "valueFrom");
  int sources = 0;
  const auto has = [&](std::string_view name) {
    if (!IsSet(from, name)) return false;
    ++sources;
    return true;
  };
  if (has("fieldRef")) {
    CheckFieldRef(ObjectOf(from, "fieldRef"), kEnvFields, path.Child("fieldRef"), out);
  }
  if (has("resourceFieldRef")) {
    CheckResourceFieldRef(ObjectOf(from, "resourceFieldRef"), false, path.Child("resourceFieldRef"),
                          out);
  }
  for (std::string_view name : {"configMapKeyRef", "secretKeyRef"}) {
    if (has(name)) CheckKeySelector(ObjectOf(from, name), path.Child(name), out);
  }
  if (has("fileKeyRef")) CheckFileKey(ObjectOf(from, "fileKeyRef"), path.Child("fileKeyRef"), out);
  if (sources == 0) {
    out.Invalid(path, "",
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
                "`secretKeyRef` or `fileKeyRef`");
  } else if (!TextOf(variable, "value").empty()) {
    out.Invalid(path, "", "may not be specified when `value` is not empty");
  } else if (sources > 1) {
    out.Invalid(path, "", "may not have more than one field specified at a time");
  }
}

void CheckEnvFrom(const Object& container, const FieldPath& path, Violations& out) {
  const FieldPath from_path = path.Child("envFrom");
  std::size_t index = 0;
  for (const Value& item : ArrayOf(container, "envFrom")) {
    const FieldPath item_path = from_path.Index(index++);
    const std::string_view prefix = TextOf(item, "prefix");
    if (!prefix.empty())
      out.InvalidEach(item_path.Child("prefix"), prefix, CheckEnvVarName(prefix));
    int sources = 0;
    for (std::string_view name : {"configMapRef", "secretRef"}) {
      if (!IsSet(item, name)) continue;
      ++sources;
      const FieldPath ref_path = item_path.Child(name);
      const Object& ref = ObjectOf(item, name);
      if (CheckRequiredText(ref, "name", ref_path, out)) {
        CheckDnsSubdomain(TextOf(ref, "name"), ref_path.Child("name"), out);
      }
    }
    if (sources == 0) {
      out.Invalid(from_path, "", "must specify one of: `configMapRef` or `secretRef`");
    } else if (sources > 1) {
      out.Invalid(from_path, "", "may not have more than one field specified at a time");
    }
  }
}

void CheckDivisor(const Object& ref, const FieldPath& path, Violations& out) {
  if (!IsSet(ref, "divisor")) return;
  const auto divisor = Quantity::FromJson(ref.at("divisor"));
  if (!divisor.ok() || divisor->is_zero()) return;
  const std::string text = divisor->Text();
  const std::string_view resource = TextOf(ref, "resource");
  const FieldPath divisor_path = path.Child("divisor");
  if (resource == "limits.cpu" || resource == "requests.cpu") {
    if (text != "1m" && text != "1") {
      out.Invalid(divisor_path, resource,
                  "only divisor's values 1m and 1 are supported with the cpu resource");
    }
    return;
  }
  static constexpr std::string_view kUnits[] = {"1",   "1k",  "1M",  "1G",  "1T",  "1P", "1E",
                                                "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"};
  if (std::find(std::begin(kUnits), std::end(kUnits), text) != std::end(kUnits)) return;
  std::string_view what;
  if (resource == "limits.memory" || resource == "requests.memory") what = "memory";
  if (resource.ends_with(".ephemeral-storage")) what = "local ephemeral storage";
  if (resource.find("hugepages-") != std::string_view::npos) what = "hugepages";
  if (what.empty()) return;
  out.Invalid(divisor_path, resource,
              "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are "
              "supported with the " +
                  std::string(what) + " resource");
}

}  // namespace

void CheckFieldRef(const Object& ref, const SupportedValues& supported, const FieldPath& path,
                   Violations& out) {
  if (!CheckRequiredText(ref, "apiVersion", path, out)) return;
  if (!CheckRequiredText(ref, "fieldPath", path, out)) return;
  const std::string_view field = TextOf(ref, "fieldPath");
  const FieldPath field_path = path.Child("fieldPath");
  const std::string_view version = TextOf(ref, "apiVersion");
  if (version != "v1") {
    out.Invalid(field_path, field,
                "error converting fieldPath: unsupported pod version: " + std::string(version));
    return;
  }
  const std::size_t bracket = field.find("['");
  if (bracket != std::string_view::npos && field.ends_with("']")) {
    const std::string_view base = field.substr(0, bracket);
    const std::string_view key = field.substr(bracket + 2, field.size() - bracket - 4);
    if (base == "metadata.annotations") {
      const std::string lower = LowerCase(key);
      out.InvalidEach(path, lower, CheckQualifiedName(lower));
    } else if (base == "metadata.labels") {
      out.InvalidEach(path, key, CheckQualifiedName(key));
    } else {
      out.Invalid(field_path, field,
                  "error converting fieldPath: field label does not support subscript: " +
                      std::string(field));
    }
    return;
  }
  if (std::find(std::begin(kKnownFields), std::end(kKnownFields), field) ==
      std::end(kKnownFields)) {
    out.Invalid(field_path, field,
                "error converting fieldPath: field label not supported: " + std::string(field));
    return;
  }
  if (std::find(supported.begin(), supported.end(), field) == supported.end()) {
    out.NotSupported(field_path, field, supported);
  }
}

void CheckResourceFieldRef(const Object& ref, bool is_volume, const FieldPath& path,
                           Violations& out) {
  const std::string_view resource = TextOf(ref, "resource");
  if (is_volume && TextOf(ref, "containerName").empty()) {
    out.Required(path.Child("containerName"));
  } else if (resource.empty()) {
    out.Required(path.Child("resource"));
  } else if (!resource.starts_with("limits.hugepages-") &&
             !resource.starts_with("requests.hugepages-")) {
    CheckOneOf(resource,
               {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
                "requests.ephemeral-storage", "requests.memory"},
               path.Child("resource"), out);
  }
  CheckDivisor(ref, path, out);
}

void CheckEnv(const Object& container, const FieldPath& path, Violations& out) {
  const Array& variables = ArrayOf(container, "env");
  const FieldPath env_path = path.Child("env");
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const FieldPath variable_path = env_path.Index(i);
    const Object& variable = AsObject(variables[i]);
    const std::string_view name = TextOf(variable, "name");
    if (name.empty()) {
      out.Required(variable_path.Child("name"));
    } else {
      out.InvalidEach(variable_path.Child("name"), name, CheckEnvVarName(name));
    }
    if (IsSet(variable, "valueFrom")) {
      CheckValueFrom(variable, variable_path.Child("valueFrom"), out);
    }
  }
  if (IsSet(container, "envFrom")) CheckEnvFrom(container, path, out);
}

}  // namespace apiserver
