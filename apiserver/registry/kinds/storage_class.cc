// StorageClasses and VolumeAttributesClasses.
// Source: kubernetes/pkg/apis/storage and pkg/registry/storage, 1.36.
#include <map>
#include <set>

#include "apiserver/api/letter_case.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "storage.k8s.io";
constexpr std::size_t kParametersMax = 512;
constexpr int kParameterBytesMax = 256 * 1024;

void DefaultClass(Object& object) {
  FillPointer(object, "reclaimPolicy", "Delete");
  FillPointer(object, "volumeBindingMode", "Immediate");
}

void CheckParameters(const Object& object, Violations& out) {
  const FieldPath path("parameters");
  const Object& parameters = ObjectOf(object, "parameters");
  if (parameters.size() > kParametersMax) {
    out.TooLong(path, kParametersMax);
    return;
  }
  std::size_t bytes = 0;
  for (const auto& entry : parameters) {
    if (entry.key().empty()) out.Invalid(path, entry.key(), "field can not be empty.");
    bytes += entry.key().size() + AsText(entry.value()).size();
  }
  if (bytes > kParameterBytesMax) out.TooLong(path, kParameterBytesMax);
}

void CheckTopologyTerm(const Object& term, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("matchLabelExpressions");
  std::set<std::string_view> keys;
  std::size_t index = 0;
  for (const Value& expression : ArrayOf(term, "matchLabelExpressions")) {
    const FieldPath item_path = list_path.Index(index++);
    const std::string_view key = TextOf(expression, "key");
    const FieldPath values_path = item_path.Child("values");
    const Array& values = ArrayOf(expression, "values");
    if (values.empty()) out.Required(values_path);
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!seen.insert(AsText(values[i])).second) out.Duplicate(values_path.Index(i), values[i]);
    }
    CheckQualified(key, item_path.Child("key"), out);
    if (!keys.insert(key).second) out.Duplicate(item_path.Child("key"), key);
  }
}

using TopologyTerm = std::map<std::string_view, std::set<std::string_view>>;

TopologyTerm TermOf(const Value& term) {
  TopologyTerm read;
  for (const Value& expression : ArrayOf(term, "matchLabelExpressions")) {
    std::set<std::string_view>& values = read[TextOf(expression, "key")];
    values.clear();
    for (const Value& value : ArrayOf(expression, "values")) values.insert(AsText(value));
  }
  return read;
}

// Terms that say the same. Upstream compares with as many empty terms as there are terms, too.
void CheckTopologies(const Array& topologies, Violations& out) {
  const FieldPath path("allowedTopologies");
  std::vector<TopologyTerm> seen(topologies.size());
  for (std::size_t i = 0; i < topologies.size(); ++i) {
    const FieldPath item_path = path.Index(i);
    CheckTopologyTerm(AsObject(topologies[i]), item_path, out);
    TopologyTerm term = TermOf(topologies[i]);
    for (const TopologyTerm& other : seen) {
      if (term == other) out.Duplicate(item_path.Child("matchLabelExpressions"), "");
    }
    seen.push_back(std::move(term));
  }
}

void ValidateClass(const Object& object, Violations& out) {
  const FieldPath root("");
  const std::string_view provisioner = TextOf(object, "provisioner");
  if (provisioner.empty()) {
    out.Required(root.Child("provisioner"));
  } else {
    CheckQualified(LowerCase(provisioner), root.Child("provisioner"), out);
  }
  CheckParameters(object, out);
  if (!TextOf(object, "reclaimPolicy").empty()) {
    CheckOptionalOneOf(object, "reclaimPolicy", {"Delete", "Retain"}, root, out);
  }
  if (!IsSet(object, "volumeBindingMode")) {
    out.Required(root.Child("volumeBindingMode"));
  } else {
    CheckOptionalOneOf(object, "volumeBindingMode", {"Immediate", "WaitForFirstConsumer"}, root,
                       out);
  }
  CheckTopologies(ArrayOf(object, "allowedTopologies"), out);
}

void ValidateClassUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateClass(object, out);
  const FieldPath root("");
  CheckImmutable(object, old, "parameters", root, out);
  CheckImmutableText(object, old, "provisioner", root, out);
  CheckImmutable(object, old, "reclaimPolicy", root, out);
  CheckImmutable(object, old, "volumeBindingMode", root, out);
}

void ValidateAttributes(const Object& object, Violations& out) {
  const std::string_view driver = TextOf(object, "driverName");
  if (driver.empty()) {
    out.Required(FieldPath("driverName"));
  } else {
    CheckQualified(LowerCase(driver), FieldPath("driverName"), out);
  }
  if (ObjectOf(object, "parameters").empty()) {
    out.Required(FieldPath("parameters"), "must contain at least one key/value pair");
  } else {
    CheckParameters(object, out);
  }
}

void ValidateAttributesUpdate(const Object& object, const Object& old, Violations& out) {
  if (!SameMember(object, old, "driverName")) {
    out.Forbidden(FieldPath("driverName"), "updates to driverName are forbidden.");
  }
  if (!SameMember(object, old, "parameters")) {
    out.Forbidden(FieldPath("parameters"), "updates to parameters are forbidden.");
  }
  ValidateAttributes(object, out);
}

}  // namespace

const KindRules kStorageClassRules{.group = kGroup,
                                   .resource = "storageclasses",
                                   .defaults = DefaultClass,
                                   .validate = ValidateClass,
                                   .validate_update = ValidateClassUpdate,
                                   .update_metadata = UpdateMetadata::kCreateAndUpdate,
                                   .answers_deleted_object = true};
const KindRules kVolumeAttributesClassRules{.group = kGroup,
                                            .resource = "volumeattributesclasses",
                                            .validate = ValidateAttributes,
                                            .validate_update = ValidateAttributesUpdate,
                                            .update_metadata = UpdateMetadata::kUpdateAndCreate,
                                            .answers_deleted_object = true};

}  // namespace apiserver
