#include <map>

#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

Array WebhookCells(const Value& object, sim::Time now) {
  return {NameOf(object), CountAt(object, {"webhooks"}), Age(object, now)};
}

std::string ParamKind(const Value& policy) {
  const Value* kind = FindPath(policy, {"spec", "paramKind"});
  if (kind == nullptr) return "<unset>";
  return std::string(TextAt(*kind, {"apiVersion"})) + "/" + std::string(TextAt(*kind, {"kind"}));
}

Array ValidatingPolicyCells(const Value& object, sim::Time now) {
  return {NameOf(object), CountAt(object, {"spec", "validations"}), ParamKind(object),
          Age(object, now)};
}

Array MutatingPolicyCells(const Value& object, sim::Time now) {
  return {NameOf(object), CountAt(object, {"spec", "mutations"}), ParamKind(object),
          Age(object, now)};
}

// A LabelSelector as Go's generated String() prints it.
std::string GoSelectorText(const Value& selector) {
  std::string text = "&LabelSelector{MatchLabels:map[string]string{";
  if (const Value* labels = Find(selector, "matchLabels");
      labels != nullptr && labels->is_object()) {
    std::map<std::string_view, std::string_view> sorted;
    for (const auto& label : labels->get_object()) {
      if (label.value().is_string()) sorted.emplace(label.key(), label.value().get_string());
    }
    for (const auto& [key, value] : sorted) {
      text.append(key).append(": ").append(value).append(",");
    }
  }
  text += "},MatchExpressions:[]LabelSelectorRequirement{";
  for (const Value& expression : ItemsAt(selector, {"matchExpressions"})) {
    text += "LabelSelectorRequirement{Key:" + PlainAt(expression, {"key"}) +
            ",Operator:" + PlainAt(expression, {"operator"}) + ",Values:[" +
            JoinTexts(TextsAt(expression, {"values"}), " ") + "],},";
  }
  return text + "},}";
}

Array PolicyBindingCells(const Value& object, sim::Time now) {
  std::string parameter = "<unset>";
  if (const Value* reference = FindPath(object, {"spec", "paramRef"}); reference != nullptr) {
    const std::string_view name = TextAt(*reference, {"name"});
    if (!name.empty()) {
      parameter = Or(TextAt(*reference, {"namespace"}), "*") + "/" + std::string(name);
    } else if (const Value* selector = Find(*reference, "selector")) {
      parameter = GoSelectorText(*selector);
    }
  }
  return {NameOf(object), TextAt(object, {"spec", "policyName"}), parameter, Age(object, now)};
}

// "Local" for what this server serves itself.
Array ApiServiceCells(const Value& object, sim::Time now) {
  std::string service = "Local";
  if (const Value* reference = FindPath(object, {"spec", "service"});
      reference != nullptr && reference->is_object()) {
    service = std::string(TextAt(*reference, {"namespace"})) + "/" +
              std::string(TextAt(*reference, {"name"}));
  }
  std::string available = "Unknown";
  if (const Value* condition = FindCondition(object, "Available"); condition != nullptr) {
    available = TextAt(*condition, {"status"});
    if (available != "True") available += " (" + std::string(TextAt(*condition, {"reason"})) + ")";
  }
  return {NameOf(object), service, available, Age(object, now)};
}

}  // namespace

void AddAdmissionPrinters(PrinterTable& printers) {
  const std::string group = "admissionregistration.k8s.io";
  for (const char* resource :
       {"mutatingwebhookconfigurations", "validatingwebhookconfigurations"}) {
    printers.Add({group, resource},
                 MakePrinter({NameColumn(), Integer("Webhooks", "How many it names."), AgeColumn()},
                             WebhookCells));
  }
  const TableColumn param_kind = Text("ParamKind", "The kind of its parameters.");
  printers.Add({group, "validatingadmissionpolicies"},
               MakePrinter({NameColumn(), Integer("Validations", "How many it has."), param_kind,
                            AgeColumn()},
                           ValidatingPolicyCells));
  printers.Add(
      {group, "mutatingadmissionpolicies"},
      MakePrinter({NameColumn(), Integer("Mutations", "How many it has."), param_kind, AgeColumn()},
                  MutatingPolicyCells));
  for (const char* resource :
       {"validatingadmissionpolicybindings", "mutatingadmissionpolicybindings"}) {
    printers.Add({group, resource}, MakePrinter({NameColumn(), Text("PolicyName", "The policy."),
                                                 Text("ParamRef", "Its parameters."), AgeColumn()},
                                                PolicyBindingCells));
  }
  printers.Add({"apiregistration.k8s.io", "apiservices"},
               MakePrinter({NameColumn(), Text("Service", "Who serves it."),
                            Text("Available", "Whether it can be reached."), AgeColumn()},
                           ApiServiceCells));
}

}  // namespace apiserver
