#include "apiserver/registry/endpoints/access_review_checks.h"

#include "apiserver/api/field_selector.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/names.h"

namespace apiserver {
namespace {

constexpr std::string_view kResource = "spec.resourceAttributes";

const Value* Attributes(const Value& review, std::string_view name) {
  const Value* found = FindPath(review, {"spec", name});
  return found != nullptr && found->is_object() ? found : nullptr;
}

const Array* ArrayAt(const Value& value, std::string_view name) {
  const Value* found = Find(value, name);
  return found != nullptr && found->is_array() ? &found->get_array() : nullptr;
}

bool IsEmpty(const Array* list) { return list == nullptr || list->empty(); }

// Go prints internal types with their field names.
std::string GoAttributes(const Value& attributes) {
  return "{\"Path\":" + ToJson(Value(TextAt(attributes, {"path"}))) +
         ",\"Verb\":" + ToJson(Value(TextAt(attributes, {"verb"}))) + "}";
}

FieldError InvalidPathAttributes(const Value& attributes, std::string_view problem) {
  return {"FieldValueInvalid", "spec.nonResourceAttributes",
          "Invalid value: " + GoAttributes(attributes) + ": " + std::string(problem)};
}

void CheckRequirement(const Value& requirement, bool is_label, const std::string& path,
                      FieldErrors& errors) {
  const std::string_view key = TextAt(requirement, {"key"});
  const std::string_view op = TextAt(requirement, {"operator"});
  const Array* values = ArrayAt(requirement, "values");
  if (!is_label && key.empty()) errors.push_back(FieldRequired(path + ".key", "must be specified"));
  if ((op == "In" || op == "NotIn") && IsEmpty(values)) {
    errors.push_back(
        FieldRequired(path + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
  }
  if ((op == "Exists" || op == "DoesNotExist") && !IsEmpty(values)) {
    errors.push_back(FieldForbidden(
        path + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  }
  if (!is_label) return;
  for (const std::string& problem : CheckQualifiedName(key)) {
    errors.push_back(FieldInvalid(path + ".key", key, problem));
  }
  if (values == nullptr) return;
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (!(*values)[i].is_string()) continue;
    const std::string_view value = (*values)[i].get_string();
    for (const std::string& problem : CheckLabelValue(value)) {
      errors.push_back(FieldInvalid(path + ".values[" + std::to_string(i) + "]", value, problem));
    }
  }
}

void CheckSelector(const Value& attributes, std::string_view name, FieldErrors& errors) {
  const Value* selector = Find(attributes, name);
  if (selector == nullptr || !selector->is_object()) return;
  const std::string path = std::string(kResource) + "." + std::string(name);
  const std::string_view raw = TextAt(*selector, {"rawSelector"});
  const Array* requirements = ArrayAt(*selector, "requirements");
  if (!raw.empty() && !IsEmpty(requirements)) {
    errors.push_back(FieldInvalid(path + ".rawSelector", raw,
                                  "may not specified at the same time as requirements"));
  }
  if (raw.empty() && IsEmpty(requirements)) {
    errors.push_back(
        FieldRequired(path + ".requirements",
                      "when " + path + " is specified, requirements or rawSelector is required"));
  }
  if (requirements == nullptr) return;
  for (std::size_t i = 0; i < requirements->size(); ++i) {
    CheckRequirement((*requirements)[i], name == "labelSelector",
                     path + ".requirements[" + std::to_string(i) + "]", errors);
  }
}

void CheckMetadata(const Value& review, ReviewScope scope, FieldErrors& errors) {
  const Value* metadata = Find(review, "metadata");
  if (metadata == nullptr || !metadata->is_object()) return;
  const bool is_local = scope == ReviewScope::kLocal;
  for (const auto& member : metadata->get_object()) {
    const std::string_view key = member.key();
    if (key == "managedFields" || member.value().is_null()) continue;
    if (key == "namespace" && is_local) continue;
    errors.push_back(FieldInvalid(
        "metadata", *metadata, is_local ? "must be empty except for namespace" : "must be empty"));
    return;
  }
}

std::vector<std::string> Texts(const Value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& text : list->get_array()) {
    if (text.is_string()) texts.emplace_back(std::string_view(text.get_string()));
  }
  return texts;
}

enum class Reading : std::uint8_t { kWhole, kPartial, kNone };

// What of a field selector's requirements can be compared: one value each.
Reading ReadFieldRequirements(const Array& requirements, FieldSelector& selector) {
  bool is_whole = true;
  for (const Value& requirement : requirements) {
    const std::string_view op = TextAt(requirement, {"operator"});
    const std::vector<std::string> values = Texts(Find(requirement, "values"));
    if (values.size() != 1 || (op != "In" && op != "NotIn")) {
      is_whole = false;
    } else {
      selector.Add({std::string(TextAt(requirement, {"key"})), op == "In", values.front()});
    }
  }
  if (is_whole) return Reading::kWhole;
  return selector.is_empty() ? Reading::kNone : Reading::kPartial;
}

Reading ReadFields(const Value& attributes, std::string& text) {
  const std::string_view raw = TextAt(attributes, {"fieldSelector", "rawSelector"});
  if (!raw.empty()) {
    const auto parsed = FieldSelector::Parse(raw);
    if (!parsed.ok()) return Reading::kNone;
    text = raw;
    return Reading::kWhole;
  }
  const Value* selector = Find(attributes, "fieldSelector");
  const Array* requirements = selector == nullptr ? nullptr : ArrayAt(*selector, "requirements");
  if (IsEmpty(requirements)) return Reading::kWhole;
  FieldSelector readable;
  const Reading reading = ReadFieldRequirements(*requirements, readable);
  text = readable.Text();
  return reading;
}

// Labels decide nothing here, but what can't be read is said.
Reading ReadLabels(const Value& attributes) {
  const std::string_view raw = TextAt(attributes, {"labelSelector", "rawSelector"});
  if (!raw.empty()) return LabelSelector::Parse(raw).ok() ? Reading::kWhole : Reading::kNone;
  const Value* selector = Find(attributes, "labelSelector");
  const Array* requirements = selector == nullptr ? nullptr : ArrayAt(*selector, "requirements");
  if (IsEmpty(requirements)) return Reading::kWhole;
  std::size_t good = 0;
  for (const Value& requirement : *requirements) {
    const std::string_view op = TextAt(requirement, {"operator"});
    good += op == "In" || op == "NotIn" || op == "Exists" || op == "DoesNotExist" ? 1 : 0;
  }
  if (good == requirements->size()) return Reading::kWhole;
  return good == 0 ? Reading::kNone : Reading::kPartial;
}

void Explain(Reading reading, std::string_view name, std::string& text) {
  if (reading == Reading::kWhole) return;
  text += (text.empty() ? "" : "; ") + std::string(kResource) + "." + std::string(name) +
          (reading == Reading::kPartial ? " partially" : "") + " ignored due to parse error";
}

}  // namespace

FieldErrors CheckAccessReview(const Value& review, ReviewScope scope) {
  FieldErrors errors;
  const Value* resource = Attributes(review, "resourceAttributes");
  const Value* path = Attributes(review, "nonResourceAttributes");
  if (resource != nullptr && path != nullptr) {
    errors.push_back(
        InvalidPathAttributes(*path, "cannot be specified in combination with resourceAttributes"));
  }
  if (resource == nullptr && path == nullptr) {
    errors.push_back(FieldInvalid(
        std::string(kResource), Value(nullptr),
        "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
  }
  if (scope != ReviewScope::kSelf && TextAt(review, {"spec", "user"}).empty() &&
      Texts(FindPath(review, {"spec", "groups"})).empty()) {
    errors.push_back(FieldInvalid("spec.user", std::string_view(),
                                  "at least one of user or group must be specified"));
  }
  if (resource != nullptr) {
    CheckSelector(*resource, "fieldSelector", errors);
    CheckSelector(*resource, "labelSelector", errors);
  }
  CheckMetadata(review, scope, errors);
  if (scope != ReviewScope::kLocal) return errors;
  if (resource != nullptr &&
      TextAt(*resource, {"namespace"}) != TextAt(review, {"metadata", "namespace"})) {
    errors.push_back(FieldInvalid("spec.resourceAttributes.namespace",
                                  TextAt(*resource, {"namespace"}),
                                  "must match metadata.namespace"));
  }
  if (path != nullptr) {
    errors.push_back(InvalidPathAttributes(*path, "disallowed on this kind of request"));
  }
  return errors;
}

void ReadReviewQuestion(const Value& review, ReviewQuestion& question) {
  AccessAttributes& access = question.access;
  const Value* resource = Attributes(review, "resourceAttributes");
  if (resource == nullptr) {
    access.is_resource = false;
    access.path = TextAt(review, {"spec", "nonResourceAttributes", "path"});
    access.verb = TextAt(review, {"spec", "nonResourceAttributes", "verb"});
    return;
  }
  access.verb = TextAt(*resource, {"verb"});
  access.group = TextAt(*resource, {"group"});
  access.resource = TextAt(*resource, {"resource"});
  access.subresource = TextAt(*resource, {"subresource"});
  access.namespace_ = TextAt(*resource, {"namespace"});
  access.name = TextAt(*resource, {"name"});
  Explain(ReadFields(*resource, question.field_selector), "fieldSelector",
          question.evaluation_error);
  Explain(ReadLabels(*resource), "labelSelector", question.evaluation_error);
  access.field_selector = question.field_selector;
}

UserInfo ReviewedUser(const Value& review) {
  return {std::string(TextAt(review, {"spec", "user"})),
          std::string(TextAt(review, {"spec", "uid"})),
          Texts(FindPath(review, {"spec", "groups"})),
          {}};
}

}  // namespace apiserver
