#include "apiserver/registry/kinds/scheduling_checks.h"

#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

void CheckRequirement(const Object& requirement, bool check_values, const FieldPath& path,
                      Violations& out) {
  const std::string_view op = TextOf(requirement, "operator");
  const Array& values = ArrayOf(requirement, "values");
  const FieldPath values_path = path.Child("values");
  if (op == "In" || op == "NotIn") {
    if (values.empty()) {
      out.Required(values_path, "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (!values.empty()) {
      out.Forbidden(values_path,
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  } else if (op == "Gt" || op == "Lt") {
    if (values.size() != 1) {
      out.Required(values_path, "must be specified single value when `operator` is 'Lt' or 'Gt'");
    }
  } else {
    out.Invalid(path.Child("operator"), op, "not a valid selector operator");
  }
  CheckQualified(TextOf(requirement, "key"), path.Child("key"), out);
  if (!check_values) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string_view value = AsText(values[i]);
    if (!IsLabelValue(value)) {
      out.InvalidEach(values_path.Index(i), value, CheckLabelValue(value));
    }
  }
}

void CheckFieldRequirement(const Object& requirement, const FieldPath& path, Violations& out) {
  const std::string_view op = TextOf(requirement, "operator");
  const Array& values = ArrayOf(requirement, "values");
  const FieldPath values_path = path.Child("values");
  if (op == "In" || op == "NotIn") {
    if (values.size() != 1) {
      out.Required(values_path,
                   "must be only one value when `operator` is 'In' or 'NotIn' for node field "
                   "selector");
    }
  } else {
    out.Invalid(path.Child("operator"), op, "not a valid selector operator");
  }
  const std::string_view key = TextOf(requirement, "key");
  if (key != "metadata.name") {
    out.Invalid(path.Child("key"), key, "not a valid field selector key");
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    CheckDnsSubdomain(AsText(values[i]), values_path.Index(i), out);
  }
}

void CheckTerm(const Object& term, bool check_values, const FieldPath& path, Violations& out) {
  const FieldPath expressions_path = path.Child("matchExpressions");
  std::size_t index = 0;
  for (const Value& requirement : ArrayOf(term, "matchExpressions")) {
    CheckRequirement(AsObject(requirement), check_values, expressions_path.Index(index++), out);
  }
  const FieldPath fields_path = path.Child("matchFields");
  index = 0;
  for (const Value& requirement : ArrayOf(term, "matchFields")) {
    CheckFieldRequirement(AsObject(requirement), fields_path.Index(index++), out);
  }
}

void CheckWeight(const Object& term, const FieldPath& path, Violations& out) {
  const std::int64_t weight = IntOf(term, "weight");
  if (weight <= 0 || weight > 100) {
    out.Invalid(path.Child("weight"), weight, "must be in the range 1-100");
  }
}

void CheckNodeAffinity(const Object& affinity, const FieldPath& path, Violations& out) {
  constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
  constexpr std::string_view kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";
  if (IsSet(affinity, kRequired)) {
    CheckNodeSelector(ObjectOf(affinity, kRequired), path.Child(kRequired), out);
  }
  const FieldPath preferred_path = path.Child(kPreferred);
  std::size_t index = 0;
  for (const Value& term : ArrayOf(affinity, kPreferred)) {
    const FieldPath term_path = preferred_path.Index(index++);
    CheckWeight(AsObject(term), term_path, out);
    CheckTerm(ObjectOf(term, "preference"), false, term_path.Child("preference"), out);
  }
}

void CheckLabelKeys(const Object& holder, std::string_view name, const FieldPath& path,
                    Violations& out) {
  const Array& keys = ArrayOf(holder, name);
  if (keys.empty()) return;
  const FieldPath keys_path = path.Child(name);
  if (!IsSet(holder, "labelSelector")) {
    out.Forbidden(keys_path, "must not be specified when labelSelector is not set");
    return;
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CheckQualified(AsText(keys[i]), keys_path.Index(i), out);
  }
}

void CheckMatchLabelKeys(const Object& holder, const FieldPath& path, Violations& out) {
  CheckLabelKeys(holder, "matchLabelKeys", path, out);
  CheckLabelKeys(holder, "mismatchLabelKeys", path, out);
  const Array& keys = ArrayOf(holder, "matchLabelKeys");
  if (keys.empty()) return;
  const Object& selector = ObjectOf(holder, "labelSelector");
  std::set<std::string_view> selected;
  for (const auto& label : ObjectOf(selector, "matchLabels")) selected.insert(label.key());
  for (const Value& expression : ArrayOf(selector, "matchExpressions")) {
    const std::string_view key = TextOf(expression, "key");
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (AsText(keys[i]) == key && selected.contains(key)) {
        out.Invalid(path.Index(i), key, "exists in both matchLabelKeys and labelSelector");
      }
    }
    selected.insert(key);
  }
  const FieldPath keys_path = path.Child("matchLabelKeys");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (const Value& other : ArrayOf(holder, "mismatchLabelKeys")) {
      if (other == keys[i]) {
        out.Invalid(keys_path.Index(i), keys[i],
                    "exists in both matchLabelKeys and mismatchLabelKeys");
        break;
      }
    }
  }
}

void CheckPodTerm(const Object& term, const FieldPath& path, Violations& out) {
  CheckSelector(term, "labelSelector", path, out);
  CheckSelector(term, "namespaceSelector", path, out);
  for (const Value& name : ArrayOf(term, "namespaces")) {
    CheckDnsLabel(AsText(name), path.Child("namespace"), out);
  }
  CheckMatchLabelKeys(term, path, out);
  const std::string_view key = TextOf(term, "topologyKey");
  if (key.empty()) out.Required(path.Child("topologyKey"), "can not be empty");
  CheckQualified(key, path.Child("topologyKey"), out);
}

void CheckPodAffinity(const Object& affinity, const FieldPath& path, Violations& out) {
  const FieldPath required_path = path.Child("requiredDuringSchedulingIgnoredDuringExecution");
  std::size_t index = 0;
  for (const Value& term : ArrayOf(affinity, "requiredDuringSchedulingIgnoredDuringExecution")) {
    CheckPodTerm(AsObject(term), required_path.Index(index++), out);
  }
  const FieldPath preferred_path = path.Child("preferredDuringSchedulingIgnoredDuringExecution");
  index = 0;
  for (const Value& term : ArrayOf(affinity, "preferredDuringSchedulingIgnoredDuringExecution")) {
    const FieldPath term_path = preferred_path.Index(index++);
    CheckWeight(AsObject(term), term_path, out);
    CheckPodTerm(ObjectOf(term, "podAffinityTerm"), term_path.Child("podAffinityTerm"), out);
  }
}

void CheckToleration(const Object& toleration, const FieldPath& path, Violations& out) {
  const std::string_view key = TextOf(toleration, "key");
  const std::string_view op = TextOf(toleration, "operator");
  const std::string_view value = TextOf(toleration, "value");
  const std::string_view effect = TextOf(toleration, "effect");
  const FieldPath op_path = path.Child("operator");
  if (!key.empty()) CheckQualified(key, path.Child("key"), out);
  if (key.empty() && op != "Exists") {
    out.Invalid(op_path, op,
                "operator must be Exists when `key` is empty, which means \"match all values and "
                "all keys\"");
  }
  if (IsSet(toleration, "tolerationSeconds") && effect != "NoExecute") {
    out.Invalid(path.Child("effect"), effect,
                "effect must be 'NoExecute' when `tolerationSeconds` is set");
  }
  if (op.empty() || op == "Equal") {
    const NameMessages messages = CheckLabelValue(value);
    if (!messages.empty()) out.Invalid(op_path, value, JoinTexts(messages, ";"));
  } else if (op == "Exists") {
    if (!value.empty()) {
      out.Invalid(op_path, value, "value must be empty when `operator` is 'Exists'");
    }
  } else if (op == "Lt" || op == "Gt") {
    out.NotSupported(op_path, op, {"Equal", "Exists", "Lt", "Gt"});
  } else {
    out.NotSupported(op_path, op, {"Equal", "Exists"});
  }
  if (!effect.empty()) {
    CheckOneOf(effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"}, path.Child("effect"), out);
  }
}

}  // namespace

void CheckNodeSelector(const Object& selector, const FieldPath& path, Violations& out) {
  const FieldPath terms_path = path.Child("nodeSelectorTerms");
  const Array& terms = ArrayOf(selector, "nodeSelectorTerms");
  if (terms.empty()) {
    out.Required(terms_path, "must have at least one node selector term");
    return;
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    CheckTerm(AsObject(terms[i]), true, terms_path.Index(i), out);
  }
}

void CheckAffinity(const Object& affinity, const FieldPath& path, Violations& out) {
  if (IsSet(affinity, "nodeAffinity")) {
    CheckNodeAffinity(ObjectOf(affinity, "nodeAffinity"), path.Child("nodeAffinity"), out);
  }
  for (std::string_view name : {"podAffinity", "podAntiAffinity"}) {
    if (IsSet(affinity, name)) CheckPodAffinity(ObjectOf(affinity, name), path.Child(name), out);
  }
}

void CheckTopologySpread(const Object& spec, const FieldPath& path, Violations& out) {
  const Array& constraints = ArrayOf(spec, "topologySpreadConstraints");
  const FieldPath list_path = path.Child("topologySpreadConstraints");
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    const FieldPath item_path = list_path.Index(i);
    const Object& item = AsObject(constraints[i]);
    const std::int64_t skew = IntOf(item, "maxSkew");
    if (skew <= 0) out.Invalid(item_path.Child("maxSkew"), skew, "must be greater than zero");
    const std::string_view key = TextOf(item, "topologyKey");
    const std::string_view action = TextOf(item, "whenUnsatisfiable");
    if (key.empty()) out.Required(item_path.Child("topologyKey"), "can not be empty");
    CheckOneOf(action, {"DoNotSchedule", "ScheduleAnyway"}, item_path.Child("whenUnsatisfiable"),
               out);
    for (std::size_t j = i + 1; j < constraints.size(); ++j) {
      if (TextOf(constraints[j], "topologyKey") != key ||
          TextOf(constraints[j], "whenUnsatisfiable") != action) {
        continue;
      }
      out.Duplicate(item_path.Child("{topologyKey, whenUnsatisfiable}"),
                    "{" + std::string(key) + ", " + std::string(action) + "}");
      break;
    }
    if (IsSet(item, "minDomains")) {
      const std::int64_t domains = IntOf(item, "minDomains");
      const FieldPath domains_path = item_path.Child("minDomains");
      if (domains <= 0) out.Invalid(domains_path, domains, "must be greater than zero");
      if (action != "DoNotSchedule") {
        out.Invalid(domains_path, domains,
                    "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " +
                        std::string(action));
      }
    }
    CheckOptionalOneOf(item, "nodeAffinityPolicy", {"Honor", "Ignore"}, item_path, out);
    CheckOptionalOneOf(item, "nodeTaintsPolicy", {"Honor", "Ignore"}, item_path, out);
    CheckMatchLabelKeys(item, item_path, out);
    CheckSelector(item, "labelSelector", item_path, out);
  }
}

void CheckTolerations(const Object& holder, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("tolerations");
  std::size_t index = 0;
  for (const Value& toleration : ArrayOf(holder, "tolerations")) {
    CheckToleration(AsObject(toleration), list_path.Index(index++), out);
  }
}

void CheckSchedulingGates(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("schedulingGates");
  std::set<std::string_view> names;
  std::size_t index = 0;
  for (const Value& gate : ArrayOf(spec, "schedulingGates")) {
    const FieldPath gate_path = list_path.Index(index++);
    const std::string_view name = TextOf(gate, "name");
    CheckQualified(name, gate_path, out);
    if (!names.insert(name).second) out.Duplicate(gate_path, name);
  }
}

}  // namespace apiserver
