#include "apiserver/hooks/policy_list.h"

namespace apiserver {
namespace {

const GroupResource kPolicies{"admissionregistration.k8s.io", "validatingadmissionpolicies"};
const GroupResource kBindings{"admissionregistration.k8s.io", "validatingadmissionpolicybindings"};

const Array& ListAt(const Value& value, std::string_view name) {
  static const Array kNone;
  const Value* list = Find(value, name);
  return list == nullptr || !list->is_array() ? kNone : list->get_array();
}

LabelSelector SelectorOf(const Value& holder, std::string_view name) {
  auto parsed = LabelSelector::FromObject(Find(holder, name));
  return parsed.ok() ? std::move(parsed).value() : LabelSelector::Nothing();
}

MatchResources ReadMatch(const Value& match) {
  return {SelectorOf(match, "namespaceSelector"), SelectorOf(match, "objectSelector"),
          ReadHookRules(Find(match, "resourceRules")),
          ReadHookRules(Find(match, "excludeResourceRules")),
          TextAt(match, {"matchPolicy"}) == "Exact"};
}

AdmissionExpression Compile(const AdmissionCompiler& compiler, std::string_view text,
                            const AdmissionScope& scope, ExpressionResult result) {
  return {std::string(text), compiler.Compile(text, scope, result)};
}

PolicyValidation ReadValidation(const Value& validation, const AdmissionCompiler& compiler,
                                const AdmissionScope& scope) {
  PolicyValidation read{
      Compile(compiler, TextAt(validation, {"expression"}), scope, ExpressionResult::kBool),
      std::nullopt, std::string(TextAt(validation, {"message"})),
      std::string(TextAt(validation, {"reason"}))};
  const std::string_view message = TextAt(validation, {"messageExpression"});
  if (!message.empty()) {
    const AdmissionScope message_scope{.has_params = scope.has_params, .has_authorizer = false};
    read.message_expression = Compile(compiler, message, message_scope, ExpressionResult::kString);
  }
  return read;
}

}  // namespace

ValidatingPolicy ReadPolicy(const Value& policy) {
  static const Value kNothing;
  ValidatingPolicy read;
  read.name = TextAt(policy, {"metadata", "name"});
  const Value* found = Find(policy, "spec");
  const Value& spec = found == nullptr ? kNothing : *found;
  if (const Value* match = Find(spec, "matchConstraints")) read.match = ReadMatch(*match);
  read.ignores_failure = TextAt(spec, {"failurePolicy"}) == "Ignore";
  AdmissionScope scope;
  if (const Value* kind = Find(spec, "paramKind"); kind != nullptr && kind->is_object()) {
    const auto [group, version] = SplitApiVersion(TextAt(*kind, {"apiVersion"}));
    read.param_kind = GroupVersionKind{std::string(group), std::string(version),
                                       std::string(TextAt(*kind, {"kind"}))};
    scope.has_params = true;
  }
  AdmissionCompiler compiler(true);
  for (const Value& variable : ListAt(spec, "variables")) {
    const std::string_view name = TextAt(variable, {"name"});
    const std::string_view text = TextAt(variable, {"expression"});
    read.variables.push_back({std::string(name), {std::string(text), {}}});
    read.variables.back().expression.compiled = compiler.CompileVariable(name, text, scope);
  }
  for (const Value& condition : ListAt(spec, "matchConditions")) {
    read.conditions.push_back(
        Compile(compiler, TextAt(condition, {"expression"}), scope, ExpressionResult::kBool));
  }
  for (const Value& validation : ListAt(spec, "validations")) {
    read.validations.push_back(ReadValidation(validation, compiler, scope));
  }
  for (const Value& annotation : ListAt(spec, "auditAnnotations")) {
    read.annotations.push_back(
        Compile(compiler, TextAt(annotation, {"valueExpression"}), scope, ExpressionResult::kText));
  }
  return read;
}

PolicyBinding ReadPolicyBinding(const Value& binding) {
  PolicyBinding read;
  read.name = TextAt(binding, {"metadata", "name"});
  const Value* match = FindPath(binding, {"spec", "matchResources"});
  if (match != nullptr && match->is_object()) read.match = ReadMatch(*match);
  if (const Value* ref = FindPath(binding, {"spec", "paramRef"});
      ref != nullptr && ref->is_object()) {
    read.params = ParamReference{std::string(TextAt(*ref, {"name"})),
                                 std::string(TextAt(*ref, {"namespace"})), std::nullopt,
                                 TextAt(*ref, {"parameterNotFoundAction"}) == "Deny"};
    const Value* selector = Find(*ref, "selector");
    if (selector != nullptr && selector->is_object()) {
      read.params->selector = SelectorOf(*ref, "selector");
    }
  }
  if (const Value* spec = Find(binding, "spec")) {
    for (const Value& action : ListAt(*spec, "validationActions")) {
      read.denies |= action == Value("Deny");
      read.warns |= action == Value("Warn");
    }
  }
  return read;
}

PolicyList::PolicyList(Store& store) : store_(store) {
  store_.AddObserver([this](const ChangePtr& change) {
    is_stale_ |= change->resource == kPolicies || change->resource == kBindings;
  });
}

const std::vector<PolicyList::Entry>& PolicyList::entries() {
  if (is_stale_) Refresh();
  return entries_;
}

void PolicyList::Refresh() {
  is_stale_ = false;
  entries_.clear();
  std::map<std::string, std::vector<PolicyBinding>, std::less<>> bindings;
  store_.Visit(kBindings, {}, [&](const ObjectPtr& object) {
    const auto peek = object->Peek();
    bindings[std::string(TextAt(*peek, {"spec", "policyName"}))].push_back(
        ReadPolicyBinding(*peek));
    return true;
  });
  std::map<std::string, Compiled> compiled;
  store_.Visit(kPolicies, {}, [&](const ObjectPtr& object) {
    const auto bound = bindings.find(object->meta().name);
    if (bound == bindings.end()) return true;
    const auto peek = object->Peek();
    const std::string name(bound->first);
    const std::string version = std::to_string(object->meta().revision);
    Compiled& known = compiled_[name];
    if (known.policy == nullptr || known.version != version) {
      known = {version, std::make_shared<const ValidatingPolicy>(ReadPolicy(*peek))};
    }
    entries_.push_back({known.policy, std::move(bound->second)});
    compiled.emplace(name, known);
    return true;
  });
  compiled_ = std::move(compiled);
}

}  // namespace apiserver
