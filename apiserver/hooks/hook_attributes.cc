#include "apiserver/hooks/hook_attributes.h"

#include "apiserver/registry/custom/conversion.h"
#include "apiserver/registry/decode.h"
#include "apiserver/store/store.h"

namespace apiserver {
namespace {

bool IsNamespaceResource(const GroupResource& resource) {
  return resource == GroupResource{"", "namespaces"};
}

void CopyQuery(const Request& request, const char* name, Object& options) {
  const std::string* value = request.Query(name);
  if (value != nullptr && !value->empty()) options[name] = *value;
}

}  // namespace

std::string_view OperationText(Operation operation) {
  switch (operation) {
    case Operation::kCreate:
      return "CREATE";
    case Operation::kUpdate:
      return "UPDATE";
    case Operation::kDelete:
      return "DELETE";
    case Operation::kConnect:
      return "CONNECT";
  }
  return {};
}

HookAttributes::HookAttributes(const AdmissionRequest& request, const Value* object)
    : request_(request), object_(object), resource_(request.call->resource) {
  target_.operation = OperationText(request.operation);
  target_.resource = resource_.resource;
  target_.subresource = request.context.info.subresource;
  target_.namespace_ = request.context.info.namespace_;
  // Of a collection no name was asked for.
  target_.name = request.operation == Operation::kDelete ? request.context.info.name : request.name;
}

GroupVersionKind HookAttributes::KindIn(const ApiResource& served) const {
  if (target_.subresource.empty()) return served.kind;
  const ApiSubresource* sub = served.FindSubresource(target_.subresource);
  return sub == nullptr ? served.kind : sub->kind;
}

HookAttributes::Match HookAttributes::own() const {
  return {resource_.resource, KindIn(resource_), &resource_};
}

std::optional<HookAttributes::Match> HookAttributes::FindMatch(const std::vector<HookRule>& rules,
                                                               bool allows_equivalent) const {
  for (const HookRule& rule : rules) {
    if (RuleMatches(rule, target_)) return own();
  }
  if (!allows_equivalent) return std::nullopt;
  for (const HookRule& rule : rules) {
    for (const auto& [name, served] : request_.call->parts.resources.all()) {
      if (served->storage != resource_.storage || served.get() == &resource_) continue;
      HookTarget other = target_;
      other.resource = name;
      if (RuleMatches(rule, other)) return Match{name, KindIn(*served), served.get()};
    }
  }
  return std::nullopt;
}

ObjectPtr HookAttributes::FindNamespace() const {
  if (target_.namespace_.empty()) return nullptr;
  return request_.context.store.Find({"", "namespaces"}, {"", std::string(target_.namespace_)});
}

bool HookAttributes::NamespaceMatches(const LabelSelector& selector) const {
  const bool is_namespace = IsNamespaceResource(request_.resource);
  if (selector.is_empty() || (target_.namespace_.empty() && !is_namespace)) return true;
  const bool is_written =
      request_.operation == Operation::kCreate || request_.operation == Operation::kUpdate;
  if (is_namespace && target_.subresource.empty() && is_written) {
    return selector.Matches(LabelsIn(object_));
  }
  const ObjectPtr found = FindNamespace();
  return found != nullptr && selector.Matches(found->meta().labels);
}

bool HookAttributes::is_own_kind(const Match& match) const {
  return match.kind.kind == match.served->kind.kind;
}

ApiResult<Value> HookAttributes::Converted(const Value& value, const ApiResource& target) const {
  return ConvertCustom(request_.call->parts.conversion_memo, *resource_.custom, value,
                       target.resource.version);
}

bool HookAttributes::awaits_conversion() const {
  return AwaitsConversion(request_.call->parts).has_value();
}

Value HookAttributes::Shown(const Match& match, const Value& value) const {
  Value copy(value, JsonStorage());
  if (!is_own_kind(match)) return copy;
  if (resource_.is_custom()) {
    ApiResult<Value> converted = Converted(copy, *match.served);
    return converted ? std::move(*converted) : copy;
  }
  FromStorage(*match.served, copy);
  // What JSON leaves out nobody is shown.
  if (request_.call->has_empties) NormalizeObject(match.served->type, copy, nullptr);
  return copy;
}

void HookAttributes::Take(const Match& match, Value shown, Value& object) const {
  if (is_own_kind(match)) {
    NormalizeObject(match.served->type, shown, nullptr);
    match.served->strategy->Default(match.served->resource.version, shown);
    ToStorage(*match.served, shown);
    if (resource_.is_custom()) {
      if (ApiResult<Value> converted = Converted(shown, resource_)) shown = std::move(*converted);
    }
  }
  object = Value(shown, object.storage());
}

Value HookAttributes::Options() const {
  constexpr const char* kKinds[] = {"CreateOptions", "UpdateOptions", "DeleteOptions", ""};
  const Request& asked = request_.call->request;
  const std::string kind = kKinds[static_cast<std::size_t>(request_.operation)];
  if (kind.empty()) return nullptr;
  Object options{{"kind", kind}, {"apiVersion", "meta.k8s.io/v1"}};
  const bool is_deletion = request_.operation == Operation::kDelete;
  if (is_deletion && asked.object && asked.object->is_object()) {
    for (const auto& [name, value] : asked.object->get_object()) {
      if (name != "kind" && name != "apiVersion") options[name] = Value(value, JsonStorage());
    }
  }
  if (request_.context.is_dry_run) options["dryRun"] = Array{"All"};
  if (is_deletion) {
    CopyQuery(asked, "propagationPolicy", options);
  } else {
    CopyQuery(asked, "fieldManager", options);
    CopyQuery(asked, "fieldValidation", options);
  }
  return options;
}

}  // namespace apiserver
