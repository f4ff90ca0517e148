#include "apiserver/hooks/validating_policies.h"

#include "apiserver/hooks/policy_params.h"

namespace apiserver {
namespace {

using Match = HookAttributes::Match;

std::optional<Match> FindMatch(const MatchResources& about, const HookAttributes& attributes) {
  if (!attributes.NamespaceMatches(about.namespace_selector) ||
      !ObjectMatches(about.object_selector, attributes.object(), attributes.request().old_object)) {
    return std::nullopt;
  }
  const bool allows_equivalent = !about.is_exact;
  if (attributes.FindMatch(about.excluded, allows_equivalent)) return std::nullopt;
  if (about.rules.empty()) return attributes.own();
  return attributes.FindMatch(about.rules, allows_equivalent);
}

int CodeOf(std::string_view reason) {
  if (reason == "Forbidden") return 403;
  if (reason == "RequestEntityTooLarge") return 413;
  return 422;
}

// Names that are still to be generated are shown by what they will begin with; deletions of a
// collection name nothing.
std::string ShownName(const HookAttributes& attributes) {
  const Value* object = attributes.object();
  if (!attributes.target().name.empty()) return std::string(attributes.target().name);
  for (const char* member : {"name", "generateName"}) {
    const std::string_view text =
        object == nullptr ? std::string_view() : TextAt(*object, {"metadata", member});
    if (!text.empty()) return std::string(text);
  }
  return "Unknown";
}

std::string Prefix(const std::string& policy, const PolicyBinding* binding) {
  std::string text = "ValidatingAdmissionPolicy '" + policy + "'";
  if (binding != nullptr) text += " with binding '" + binding->name + "'";
  return text;
}

// The object's own namespace; a Namespace lies in none.
ObjectPtr NamespaceOf(const HookAttributes& attributes) {
  if (attributes.request().resource == GroupResource{"", "namespaces"}) return nullptr;
  return attributes.FindNamespace();
}

// Expressions see the namespace without what the server keeps about its fields.
std::optional<Value> ShownNamespace(const ObjectPtr& found) {
  if (found == nullptr) return std::nullopt;
  Value shown(*found->Peek(), JsonStorage());
  if (Object* object = shown.if_object()) {
    object->erase("apiVersion");
    object->erase("kind");
    if (Value* meta = object->if_contains("metadata"); meta != nullptr && meta->is_object()) {
      meta->get_object().erase("managedFields");
      meta->get_object().erase("ownerReferences");
    }
  }
  return shown;
}

std::optional<Value> ShownObject(const HookAttributes& attributes, const Match& match,
                                 const Value* value) {
  if (value == nullptr) return std::nullopt;
  return attributes.Shown(match, *value);
}

const Value* PointerTo(const std::optional<Value>& value) { return value ? &*value : nullptr; }

}  // namespace

void ValidatingPolicies::JudgeBinding(const PolicyList::Entry& entry, const PolicyBinding& binding,
                                      const ApiResource* param_resource,
                                      const HookAttributes& attributes, const Match& match,
                                      std::vector<Denial>& denials) {
  const AdmissionRequest& request = attributes.request();
  const std::string prefix = Prefix(entry.policy->name, &binding);
  const auto params = CollectParams(request.context.store, param_resource, binding,
                                    std::string(attributes.target().namespace_));
  if (!params.ok()) {
    if (entry.policy->ignores_failure) return;
    denials.push_back(
        {prefix + " denied request: failed to configure binding: " + params.error().message, ""});
    return;
  }
  if (params->empty()) return;
  const auto object = ShownObject(attributes, match, attributes.object());
  const auto old_object = ShownObject(attributes, match, request.old_object);
  const auto namespace_object = ShownNamespace(NamespaceOf(attributes));
  const ReviewedObjects objects{attributes, match, PointerTo(object), PointerTo(old_object)};
  for (const Value& param : *params) {
    const PolicyFindings findings = EvaluatePolicy(
        *entry.policy, {objects, param.is_null() ? nullptr : &param, PointerTo(namespace_object)},
        evaluator_);
    for (const PolicyFinding& finding : findings.denials) {
      if (binding.denies) {
        denials.push_back({prefix + " denied request: " + finding.message, finding.reason});
      }
      if (binding.warns && request.warnings != nullptr) {
        request.warnings->push_back("Validation failed for " + prefix + ": " + finding.message);
      }
    }
    for (const std::string& error : findings.errors) {
      denials.push_back({prefix + " denied request: " + error, ""});
    }
  }
}

void ValidatingPolicies::Judge(const PolicyList::Entry& entry, const HookAttributes& attributes,
                               std::vector<Denial>& denials) {
  const ValidatingPolicy& policy = *entry.policy;
  const std::optional<Match> match = FindMatch(policy.match, attributes);
  if (!match) return;
  const ApiResource* param_resource = nullptr;
  if (policy.param_kind) {
    const auto found =
        FindParamResource(attributes.request().call->parts.resources, *policy.param_kind);
    if (!found.ok()) {
      if (policy.ignores_failure) return;
      denials.push_back(
          {Prefix(policy.name, nullptr) +
               " denied request: failed to configure policy: " + found.error().message,
           ""});
      return;
    }
    param_resource = *found;
  }
  for (const PolicyBinding& binding : entry.bindings) {
    if (binding.match && !FindMatch(*binding.match, attributes)) continue;
    JudgeBinding(entry, binding, param_resource, attributes, *match, denials);
  }
}

std::optional<ApiError> ValidatingPolicies::Validate(const AdmissionRequest& request,
                                                     const Value* object) {
  if (request.call == nullptr || list_.entries().empty()) return std::nullopt;
  if (IsExemptFromHooks(request.resource)) return std::nullopt;
  const HookAttributes attributes(request, object);
  std::vector<Denial> denials;
  for (const PolicyList::Entry& entry : list_.entries()) Judge(entry, attributes, denials);
  if (denials.empty()) return std::nullopt;
  const Denial& first = denials.front();
  ApiError error =
      ForbiddenError(request.call->group_resource(), ShownName(attributes), first.message);
  error.reason = first.reason.empty() ? "Invalid" : first.reason;
  error.code = CodeOf(error.reason);
  error.details->causes.push_back({"", first.message, ""});
  return error;
}

}  // namespace apiserver
