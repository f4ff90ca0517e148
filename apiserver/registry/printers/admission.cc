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

Array PolicyBindingCells(const Value& object, sim::Time now) {
  std::string parameter = "<unset>";
  if (const Value* reference = FindPath(object, {"spec", "paramRef"}); reference != nullptr) {
    parameter = TextAt(*reference, {"name"});
    const std::string_view namespace_name = TextAt(*reference, {"namespace"});
    if (!namespace_name.empty()) parameter = std::string(namespace_name) + "/" + parameter;
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
