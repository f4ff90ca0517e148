#include "apiserver/registry/selection.h"

#include <algorithm>

#include "apiserver/api/go_text.h"
#include "apiserver/api/names.h"

namespace apiserver {
namespace {

// The label as the strategy knows it, or the error for one that it does not.
ApiResult<std::string> KnownLabel(const ApiResource& resource, const std::string& label) {
  const GroupVersionResource& served = resource.resource;
  const Strategy& strategy = *resource.strategy;
  if (label == "metadata.name") return label;
  // Built-in kinds without labels of their own take both.
  const bool is_plain = !resource.is_custom() && strategy.field_labels().empty();
  if (label == "metadata.namespace" && (resource.is_namespaced || is_plain)) return label;
  std::string canonical = strategy.CanonicalFieldLabel(served.group, served.version, label);
  const auto labels = strategy.field_labels();
  if (std::find(labels.begin(), labels.end(), canonical) != labels.end()) return canonical;
  std::string text = strategy.UnknownFieldLabelText(served.group, served.version, label);
  if (text.empty()) {
    text = GoQuote(label) +
           " is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
  }
  return BadRequestError(text);
}

ApiResult<FieldSelector> ReadFields(const ApiResource& resource, const std::string& text) {
  sim::Result<FieldSelector> parsed = FieldSelector::Parse(text);
  if (!parsed) return BadRequestError(parsed.error().message);
  FieldSelector known;
  for (const FieldRequirement& requirement : parsed->requirements()) {
    ApiResult<std::string> label = KnownLabel(resource, requirement.field);
    if (!label) return std::move(label.error());
    known.Add({std::move(*label), requirement.is_equal, requirement.value});
  }
  return known;
}

}  // namespace

ApiResult<Selection> Selection::Make(const ApiResource& resource, const std::string& namespace_,
                                     const std::string& name, LabelSelector labels,
                                     const std::string& fields) {
  Selection selection;
  selection.strategy_ = resource.strategy;
  selection.namespace_ = resource.is_namespaced ? namespace_ : "";
  selection.labels_ = std::move(labels);
  if (!fields.empty()) {
    ApiResult<FieldSelector> read = ReadFields(resource, fields);
    if (!read) return std::move(read.error());
    selection.fields_ = std::move(*read);
  }
  if (!name.empty()) {
    const std::string* pinned = selection.fields_.RequiredValue("metadata.name");
    if (!selection.fields_.is_empty() && (pinned == nullptr || *pinned != name)) {
      return BadRequestError("fieldSelector metadata.name doesn't match requested name");
    }
    if (selection.fields_.is_empty()) selection.fields_.Add({"metadata.name", true, name});
  }
  if (const std::string* pinned = selection.fields_.RequiredValue("metadata.name"))
    selection.name_ = *pinned;
  if (selection.namespace_.empty() && resource.is_namespaced) {
    const std::string* space = selection.fields_.RequiredValue("metadata.namespace");
    if (space != nullptr && IsDns1123Label(*space)) selection.namespace_ = *space;
  }
  return selection;
}

bool Selection::Matches(const StoredObject& object) const {
  const ObjectMeta& meta = object.meta();
  if (!namespace_.empty() && meta.namespace_ != namespace_) return false;
  if (!name_.empty() && meta.name != name_) return false;
  if (!labels_.is_empty() && !labels_.Matches(LabelSpan(meta.labels))) return false;
  return fields_.is_empty() || FieldsMatch(object);
}

bool Selection::FieldsMatch(const StoredObject& object) const {
  std::shared_ptr<const Value> parsed;
  for (const FieldRequirement& term : fields_.requirements()) {
    bool is_equal = false;
    if (term.field == "metadata.name") {
      is_equal = object.meta().name == term.value;
    } else if (term.field == "metadata.namespace") {
      is_equal = object.meta().namespace_ == term.value;
    } else {
      if (!parsed) parsed = object.Peek();
      is_equal = strategy_->FieldValue(*parsed, term.field) == term.value;
    }
    if (is_equal != term.is_equal) return false;
  }
  return true;
}

}  // namespace apiserver
