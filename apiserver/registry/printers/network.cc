#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

Array IngressClassCells(const Value& object, sim::Time now) {
  std::string parameters = "<none>";
  if (const Value* reference = FindPath(object, {"spec", "parameters"}); reference != nullptr) {
    parameters = TextAt(*reference, {"kind"});
    const std::string_view group = TextAt(*reference, {"apiGroup"});
    if (!group.empty()) parameters += "." + std::string(group);
    parameters += "/" + std::string(TextAt(*reference, {"name"}));
  }
  const bool is_default = TextAt(object, {"metadata", "annotations",
                                          "ingressclass.kubernetes.io/is-default-class"}) == "true";
  return {is_default ? NameOf(object) + " (default)" : NameOf(object),
          TextAt(object, {"spec", "controller"}), parameters, Age(object, now)};
}

Array NetworkPolicyCells(const Value& object, sim::Time now) {
  return {NameOf(object), SelectorText(FindPath(object, {"spec", "podSelector"})),
          Age(object, now)};
}

Array ServiceCidrCells(const Value& object, sim::Time now) {
  return {NameOf(object), JoinTexts(TextsAt(object, {"spec", "cidrs"}), ","), Age(object, now)};
}

// One cell more than there are columns: the age, as the reference prints it.
Array IpAddressCells(const Value& object, sim::Time now) {
  std::string parent = "<none>";
  if (const Value* reference = FindPath(object, {"spec", "parentRef"}); reference != nullptr) {
    parent = TextAt(*reference, {"resource"});
    const std::string_view group = TextAt(*reference, {"group"});
    if (!group.empty()) parent += "." + std::string(group);
    const std::string_view namespace_name = TextAt(*reference, {"namespace"});
    if (!namespace_name.empty()) parent += "/" + std::string(namespace_name);
    parent += "/" + std::string(TextAt(*reference, {"name"}));
  }
  return {NameOf(object), parent, Age(object, now)};
}

}  // namespace

void AddNetworkPrinters(PrinterTable& printers) {
  printers.Add({"networking.k8s.io", "ingressclasses"},
               MakePrinter({NameColumn(), Text("Controller", "Who implements it."),
                            Text("Parameters", "Further configuration."), AgeColumn()},
                           IngressClassCells));
  printers.Add(
      {"networking.k8s.io", "networkpolicies"},
      MakePrinter({NameColumn(), Text("Pod-Selector", "Which pods it concerns."), AgeColumn()},
                  NetworkPolicyCells));
  printers.Add({"networking.k8s.io", "servicecidrs"},
               MakePrinter({NameColumn(), Text("CIDRs", "Ranges for cluster IPs."), AgeColumn()},
                           ServiceCidrCells));
  printers.Add(
      {"networking.k8s.io", "ipaddresses"},
      MakePrinter({NameColumn(), Text("ParentRef", "Whose address it is.")}, IpAddressCells));
}

}  // namespace apiserver
