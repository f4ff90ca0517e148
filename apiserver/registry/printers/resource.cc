#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

std::string ClaimState(const Value& claim) {
  const bool is_deleted = FindPath(claim, {"metadata", "deletionTimestamp"}) != nullptr;
  std::vector<std::string> states;
  if (is_deleted) states.emplace_back("deleted");
  if (FindPath(claim, {"status", "allocation"}) != nullptr) {
    states.emplace_back("allocated");
    if (CountAt(claim, {"status", "reservedFor"}) > 0) states.emplace_back("reserved");
  } else if (!is_deleted) {
    states.emplace_back("pending");
  }
  return JoinTexts(states, ",");
}

Array ClaimCells(const Value& claim, sim::Time now) {
  return {NameOf(claim), ClaimState(claim), Age(claim, now)};
}

Array SliceCells(const Value& slice, sim::Time now) {
  return {NameOf(slice), TextAt(slice, {"spec", "nodeName"}), TextAt(slice, {"spec", "driver"}),
          TextAt(slice, {"spec", "pool", "name"}), Age(slice, now)};
}

Array PlainCells(const Value& object, sim::Time now) { return {NameOf(object), Age(object, now)}; }

}  // namespace

void AddResourcePrinters(PrinterTable& printers) {
  const std::string group = "resource.k8s.io";
  printers.Add({group, "resourceclaims"},
               MakePrinter({NameColumn(), Text("State", "Where the claim stands."), AgeColumn()},
                           ClaimCells));
  printers.Add({group, "resourceclaimtemplates"},
               MakePrinter({NameColumn(), AgeColumn()}, PlainCells));
  printers.Add({group, "deviceclasses"}, MakePrinter({NameColumn(), AgeColumn()}, PlainCells));
  printers.Add({group, "resourceslices"},
               MakePrinter({NameColumn(), Text("Node", "Where the devices are."),
                            Text("Driver", "Who publishes them."),
                            Text("Pool", "The pool they are in."), AgeColumn()},
                           SliceCells));
}

}  // namespace apiserver
