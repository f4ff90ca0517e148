#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

Array NamespaceCells(const Value& object, sim::Time now) {
  return {NameOf(object), TextAt(object, {"status", "phase"}), Age(object, now)};
}

Array ConfigMapCells(const Value& object, sim::Time now) {
  return {NameOf(object), CountAt(object, {"data"}) + CountAt(object, {"binaryData"}),
          Age(object, now)};
}

Array SecretCells(const Value& object, sim::Time now) {
  return {NameOf(object), TextAt(object, {"type"}), CountAt(object, {"data"}), Age(object, now)};
}

Array PlainCells(const Value& object, sim::Time now) { return {NameOf(object), Age(object, now)}; }

Array ResourceQuotaCells(const Value& object, sim::Time now) {
  std::map<std::string, std::string> hard;
  if (const Value* limits = FindPath(object, {"status", "hard"});
      limits != nullptr && limits->is_object()) {
    for (const auto& [name, quantity] : limits->get_object()) {
      hard[std::string(name)] = PlainAt(quantity, {});
    }
  }
  std::vector<std::string> requests;
  std::vector<std::string> limits;
  for (const auto& [name, quantity] : hard) {
    const std::string used = Or(PlainAt(object, {"status", "used", name}), "0");
    auto& column = name.find("limits") == std::string::npos ? requests : limits;
    column.push_back(name + ": " + used + "/" + quantity);
  }
  return {NameOf(object), JoinTexts(requests, ", "), JoinTexts(limits, ", "), Age(object, now)};
}

Array PriorityClassCells(const Value& object, sim::Time now) {
  return {NameOf(object), IntAt(object, {"value"}), BoolAt(object, {"globalDefault"}),
          Age(object, now), TextAt(object, {"preemptionPolicy"})};
}

Array DisruptionBudgetCells(const Value& object, sim::Time now) {
  return {NameOf(object), Or(PlainAt(object, {"spec", "minAvailable"}), "N/A"),
          Or(PlainAt(object, {"spec", "maxUnavailable"}), "N/A"),
          IntAt(object, {"status", "disruptionsAllowed"}), Age(object, now)};
}

}  // namespace

void AddConfigPrinters(PrinterTable& printers) {
  printers.Add({"", "namespaces"},
               MakePrinter({NameColumn(), Text("Status", "Active or Terminating."), AgeColumn()},
                           NamespaceCells));
  printers.Add({"", "configmaps"},
               MakePrinter({NameColumn(), Text("Data", "How many entries it has."), AgeColumn()},
                           ConfigMapCells));
  printers.Add({"", "secrets"}, MakePrinter({NameColumn(), Text("Type", "What it is for."),
                                             Text("Data", "How many entries it has."), AgeColumn()},
                                            SecretCells));
  printers.Add({"", "serviceaccounts"}, MakePrinter({NameColumn(), AgeColumn()}, PlainCells));
  printers.Add({"", "resourcequotas"},
               MakePrinter({NameColumn(), Text("Request", "Requests used of those allowed."),
                            Text("Limit", "Limits used of those allowed."), AgeColumn()},
                           ResourceQuotaCells));
  printers.Add(
      {"scheduling.k8s.io", "priorityclasses"},
      MakePrinter({NameColumn(), Integer("Value", "The priority that pods get."),
                   Boolean("Global-Default", "Whether pods without a class get it."), AgeColumn(),
                   Text("PreemptionPolicy", "Whether its pods push others out.")},
                  PriorityClassCells));
  printers.Add({"policy", "poddisruptionbudgets"},
               MakePrinter({NameColumn(), Text("Min Available", "Pods that must stay."),
                            Text("Max Unavailable", "Pods that may be missing."),
                            Integer("Allowed Disruptions", "Evictions possible now."), AgeColumn()},
                           DisruptionBudgetCells));
}

}  // namespace apiserver
