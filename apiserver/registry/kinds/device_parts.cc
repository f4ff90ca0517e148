#include "apiserver/registry/kinds/device_parts.h"

#include <set>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/device_expressions.h"
#include "apiserver/registry/kinds/volume_checks.h"

namespace apiserver {
namespace {

constexpr int kPoolNameMax = 253;
constexpr int kIdMax = 32;
constexpr std::size_t kConditionsMax = 4;
constexpr std::size_t kSelectorsMax = 32;
constexpr int kExpressionMax = 10 * 1024;
constexpr std::size_t kParametersMax = 10 * 1024;

const SupportedValues kEffects = {"NoExecute", "NoSchedule", "None"};

void CheckIdentifier(std::string_view name, const FieldPath& path, Violations& out) {
  if (name.size() > kIdMax) out.TooLong(path, kIdMax);
  out.InvalidEach(path, name, CheckCIdentifier(name));
}

void CheckToleration(const Object& toleration, const FieldPath& path, Violations& out) {
  const std::string_view key = TextOf(toleration, "key");
  const std::string_view op = TextOf(toleration, "operator");
  const std::string_view text = TextOf(toleration, "value");
  if (!key.empty()) CheckQualified(key, path.Child("key"), out);
  if (op == "Exists") {
    if (!text.empty()) {
      out.Invalid(path.Child("value"), text, "must be empty for operator `Exists`");
    }
  } else if (op == "Equal") {
    out.InvalidEach(path.Child("value"), text, CheckLabelValue(text));
  } else if (op.empty()) {
    out.Required(path.Child("operator"));
  } else {
    out.NotSupported(path.Child("operator"), op, {"Equal", "Exists"});
  }
  const std::string_view effect = TextOf(toleration, "effect");
  if (!effect.empty()) CheckOneOf(effect, kEffects, path.Child("effect"), out);
}

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// What github.com/google/uuid has against a text; it lets other forms than ours through.
std::string UuidProblem(std::string_view text) {
  constexpr std::string_view kFormat = "invalid UUID format";
  if (text.size() == 45) {
    if (text.substr(0, 9) != "urn:uuid:") {
      return "invalid urn prefix: " + GoQuote(text.substr(0, 9));
    }
    text.remove_prefix(9);
  } else if (text.size() == 38) {
    if (text.front() != '{' || text.back() != '}') return "invalid bracketed UUID format";
    text = text.substr(1, 36);
  } else if (text.size() == 32) {
    return std::all_of(text.begin(), text.end(), IsHex) ? "" : std::string(kFormat);
  } else if (text.size() != 36) {
    return "invalid UUID length: " + std::to_string(text.size());
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !IsHex(text[i])) return std::string(kFormat);
  }
  return "";
}

// RFC 4122 in lower case.
bool IsUid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (is_dash ? c != '-' : !is_hex) return false;
  }
  return true;
}

// A list as Go shows it: one that nobody sent is null.
Value ShownList(const Object& holder, std::string_view name) {
  return IsSet(holder, name) ? Value(ArrayOf(holder, name)) : Value();
}

void CheckSelectorExpression(std::string_view text, const FieldPath& path, Violations& out) {
  if (text.size() > kExpressionMax) {
    out.TooLong(path, kExpressionMax);
    return;
  }
  const CompiledSelector selector = CompileDeviceSelector(text);
  CheckCompiled(selector.expression, text, path, out);
  if (selector.is_too_costly) out.Forbidden(path, "too complex, exceeds cost limit");
}

}  // namespace

void CheckPoolName(std::string_view name, const FieldPath& path, Violations& out) {
  if (name.empty()) {
    out.Required(path);
    return;
  }
  if (name.size() > kPoolNameMax) out.TooLong(path, kPoolNameMax);
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    CheckDnsSubdomain(name.substr(start, end - start), path, out);
    start = end + 1;
  }
}

void CheckDeviceQualifiedName(std::string_view name, const FieldPath& path, Violations& out) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) {
    CheckIdentifier(name, path, out);
    return;
  }
  const std::string_view domain = name.substr(0, slash), id = name.substr(slash + 1);
  // Upstream accepts names of more than two parts unseen.
  if (id.find('/') != std::string_view::npos) return;
  if (domain.empty()) {
    out.Invalid(path, "", "the domain must not be empty");
  } else {
    CheckCsiDriverName(domain, path, out);
  }
  if (id.empty()) {
    out.Invalid(path, "", "the name must not be empty");
  } else {
    CheckIdentifier(id, path, out);
  }
}

void CheckFullyQualifiedName(std::string_view name, const FieldPath& path, Violations& out) {
  CheckDeviceQualifiedName(name, path, out);
  if (name.find('/') == std::string_view::npos) {
    out.Invalid(path, name,
                "a fully qualified name must be a domain and a name separated by a slash");
  }
}

void CheckBindingConditions(const Object& holder, const FieldPath& path, Violations& out) {
  constexpr std::string_view kConditions = "bindingConditions";
  constexpr std::string_view kFailures = "bindingFailureConditions";
  for (std::string_view name : {kConditions, kFailures}) {
    CheckItems(holder, name, kConditionsMax, path, out,
               [&](const Value& item, const FieldPath& item_path) {
                 CheckQualified(AsText(item), item_path, out);
               });
  }
  const Array& conditions = ArrayOf(holder, kConditions);
  const Array& failures = ArrayOf(holder, kFailures);
  std::set<std::string_view> seen, seen_failures;
  const FieldPath conditions_path = path.Child(kConditions);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const std::string_view text = AsText(conditions[i]);
    if (!seen.insert(text).second) out.Duplicate(conditions_path.Index(i), text);
  }
  const FieldPath failures_path = path.Child(kFailures);
  for (std::size_t i = 0; i < failures.size(); ++i) {
    const std::string_view text = AsText(failures[i]);
    if (!seen_failures.insert(text).second) out.Duplicate(failures_path.Index(i), text);
    if (seen.contains(text)) {
      out.Invalid(failures_path.Index(i), text,
                  "bindingFailureConditions must not overlap with bindingConditions");
    }
  }
  if (conditions.empty() && !failures.empty()) {
    out.Invalid(conditions_path, ShownList(holder, kConditions),
                "bindingConditions are required to use bindingFailureConditions");
  }
  if (failures.empty() && !conditions.empty()) {
    out.Invalid(failures_path, ShownList(holder, kFailures),
                "bindingFailureConditions are required to use bindingConditions");
  }
}

void CheckDeviceTolerations(const Object& request, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("tolerations");
  std::size_t index = 0;
  for (const Value& toleration : ArrayOf(request, "tolerations")) {
    CheckToleration(AsObject(toleration), list_path.Index(index++), out);
  }
}

void CheckDeviceSelectors(const Object& holder, const FieldPath& path, Violations& out) {
  CheckItems(holder, "selectors", kSelectorsMax, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               const FieldPath cel_path = item_path.Child("cel");
               if (!IsSet(item, "cel")) {
                 out.Required(cel_path);
               } else {
                 CheckSelectorExpression(TextOf(ObjectOf(item, "cel"), "expression"),
                                         cel_path.Child("expression"), out);
               }
             });
}

void CheckRawObject(const Object& holder, std::string_view name, std::size_t bytes_max,
                    const FieldPath& path, Violations& out) {
  if (!IsSet(holder, name)) {
    out.Required(path.Child(name));
  } else if (ToJson(holder.at(name)).size() > bytes_max) {
    out.TooLong(path.Child(name), static_cast<int>(bytes_max));
  } else if (!holder.at(name).is_object()) {
    out.Invalid(path.Child(name), "<value omitted>", "must be a valid JSON object");
  }
}

void CheckOpaqueConfiguration(const Object& holder, const FieldPath& path, Violations& out) {
  const FieldPath opaque_path = path.Child("opaque");
  if (!IsSet(holder, "opaque")) {
    out.Required(opaque_path);
    return;
  }
  const Object& opaque = ObjectOf(holder, "opaque");
  CheckCsiDriverName(TextOf(opaque, "driver"), opaque_path.Child("driver"), out);
  CheckRawObject(opaque, "parameters", kParametersMax, opaque_path, out);
}

void CheckShareId(const Object& holder, const FieldPath& path, Violations& out) {
  if (!IsSet(holder, "shareID")) return;
  const std::string_view id = TextOf(holder, "shareID");
  if (IsUid(id)) return;
  const std::string problem = UuidProblem(id);
  if (!problem.empty()) {
    out.Invalid(path.Child("shareID"), id, "error validating uid: " + problem);
    return;
  }
  out.Invalid(
      path.Child("shareID"), id,
      "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with "
      "lowercase hexadecimal characters");
}

}  // namespace apiserver
