#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

const Value* TemplateSpec(const Value& object) {
  return FindPath(object, {"spec", "template", "spec"});
}

std::string Of(std::int64_t part, std::int64_t whole) {
  return std::to_string(part) + "/" + std::to_string(whole);
}

Array DeploymentCells(const Value& object, sim::Time now) {
  return {NameOf(object),
          Of(IntAt(object, {"status", "readyReplicas"}), IntAt(object, {"spec", "replicas"})),
          IntAt(object, {"status", "updatedReplicas"}),
          IntAt(object, {"status", "availableReplicas"}),
          Age(object, now),
          ContainerNames(TemplateSpec(object)),
          ContainerImages(TemplateSpec(object)),
          SelectorText(FindPath(object, {"spec", "selector"}))};
}

Array ReplicaCells(const Value& object, sim::Time now, std::string selector) {
  return {NameOf(object),
          IntAt(object, {"spec", "replicas"}),
          IntAt(object, {"status", "replicas"}),
          IntAt(object, {"status", "readyReplicas"}),
          Age(object, now),
          ContainerNames(TemplateSpec(object)),
          ContainerImages(TemplateSpec(object)),
          std::move(selector)};
}

Array ReplicaSetCells(const Value& object, sim::Time now) {
  return ReplicaCells(object, now, SelectorText(FindPath(object, {"spec", "selector"})));
}

Array ReplicationControllerCells(const Value& object, sim::Time now) {
  return ReplicaCells(object, now, LabelsText(FindPath(object, {"spec", "selector"})));
}

Array StatefulSetCells(const Value& object, sim::Time now) {
  return {NameOf(object),
          Of(IntAt(object, {"status", "readyReplicas"}), IntAt(object, {"spec", "replicas"})),
          Age(object, now), ContainerNames(TemplateSpec(object)),
          ContainerImages(TemplateSpec(object))};
}

Array DaemonSetCells(const Value& object, sim::Time now) {
  return {NameOf(object),
          IntAt(object, {"status", "desiredNumberScheduled"}),
          IntAt(object, {"status", "currentNumberScheduled"}),
          IntAt(object, {"status", "numberReady"}),
          IntAt(object, {"status", "updatedNumberScheduled"}),
          IntAt(object, {"status", "numberAvailable"}),
          LabelsText(FindPath(object, {"spec", "template", "spec", "nodeSelector"})),
          Age(object, now),
          ContainerNames(TemplateSpec(object)),
          ContainerImages(TemplateSpec(object)),
          SelectorText(FindPath(object, {"spec", "selector"}))};
}

// "statefulset.apps/web" of the owner that controls.
std::string ControllerText(const Value& object) {
  for (const Value& owner : ItemsAt(object, {"metadata", "ownerReferences"})) {
    if (!BoolAt(owner, {"controller"})) continue;
    std::string text(TextAt(owner, {"kind"}));
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const std::string_view api_version = TextAt(owner, {"apiVersion"});
    const std::string_view group = SplitApiVersion(api_version).first;
    if (!group.empty()) text += "." + std::string(group);
    return text + "/" + std::string(TextAt(owner, {"name"}));
  }
  return "<none>";
}

Array ControllerRevisionCells(const Value& object, sim::Time now) {
  return {NameOf(object), ControllerText(object), IntAt(object, {"revision"}), Age(object, now)};
}

Array ScaleCells(const Value& object, sim::Time now) {
  return {NameOf(object), IntAt(object, {"spec", "replicas"}),
          IntAt(object, {"status", "replicas"}), Age(object, now)};
}

}  // namespace

void AddWorkloadPrinters(PrinterTable& printers) {
  const TableColumn containers = Wide("Containers", "Names of the template's containers.");
  const TableColumn images = Wide("Images", "Images of the template's containers.");
  const TableColumn selector = Wide("Selector", "Which pods belong to it.");
  const std::vector<TableColumn> replica_columns = {NameColumn(),
                                                    Integer("Desired", "Pods wanted."),
                                                    Integer("Current", "Pods there are."),
                                                    Integer("Ready", "Pods that are ready."),
                                                    AgeColumn(),
                                                    containers,
                                                    images,
                                                    selector};
  printers.Add({"apps", "deployments"},
               MakePrinter({NameColumn(), Text("Ready", "Ready pods of those wanted."),
                            Text("Up-to-date", "Pods of the newest template."),
                            Text("Available", "Pods ready for long enough."), AgeColumn(),
                            containers, images, selector},
                           DeploymentCells));
  printers.Add({"apps", "replicasets"}, MakePrinter(replica_columns, ReplicaSetCells));
  printers.Add({"", "replicationcontrollers"},
               MakePrinter(replica_columns, ReplicationControllerCells));
  printers.Add({"apps", "statefulsets"},
               MakePrinter({NameColumn(), Text("Ready", "Ready pods of those wanted."), AgeColumn(),
                            containers, images},
                           StatefulSetCells));
  printers.Add(
      {"apps", "daemonsets"},
      MakePrinter(
          {NameColumn(), Integer("Desired", "Nodes that should run it."),
           Integer("Current", "Nodes that run it."), Integer("Ready", "Ready pods."),
           Integer("Up-to-date", "Pods of the newest template."),
           Integer("Available", "Pods ready for long enough."),
           Text("Node Selector", "Which nodes run it."), AgeColumn(), containers, images, selector},
          DaemonSetCells));
  printers.Add({"apps", "controllerrevisions"},
               MakePrinter({NameColumn(), Text("Controller", "Whose history it is."),
                            Text("Revision", "Its place in that history."), AgeColumn()},
                           ControllerRevisionCells));
  TableColumn scale_name = NameColumn();
  scale_name.format = "";
  printers.Add({"autoscaling", "scales"},
               MakePrinter({scale_name, Integer("Desired", "Replicas wanted."),
                            Integer("Available", "Replicas there are."), AgeColumn()},
                           ScaleCells));
  TableColumn date = AgeColumn();
  date.type = "date";
  printers.Add({"apiextensions.k8s.io", "scales"},
               MakePrinter({NameColumn(), Integer("Desired", "Replicas wanted."),
                            Integer("Available", "Replicas there are."), date},
                           ScaleCells));
}

}  // namespace apiserver
