#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

// The class of a volume or claim: the old annotation counts more than the field.
std::string_view ClassOf(const Value& object) {
  constexpr std::string_view kBeta = "volume.beta.kubernetes.io/storage-class";
  const Value* annotation = FindPath(object, {"metadata", "annotations", kBeta});
  if (annotation != nullptr && annotation->is_string()) return annotation->get_string();
  return TextAt(object, {"spec", "storageClassName"});
}

// "RWO,ROX", each mode once.
std::string AccessModes(const Value& object, std::initializer_list<std::string_view> path) {
  const std::vector<std::string> modes = TextsAt(object, path);
  std::vector<std::string> shorts;
  constexpr std::pair<const char*, const char*> kModes[] = {{"ReadWriteOnce", "RWO"},
                                                            {"ReadOnlyMany", "ROX"},
                                                            {"ReadWriteMany", "RWX"},
                                                            {"ReadWriteOncePod", "RWOP"}};
  for (const auto& [mode, abbreviation] : kModes) {
    if (std::find(modes.begin(), modes.end(), mode) != modes.end())
      shorts.emplace_back(abbreviation);
  }
  return JoinTexts(shorts, ",");
}

std::string PhaseOf(const Value& object) {
  if (FindPath(object, {"metadata", "deletionTimestamp"}) != nullptr) return "Terminating";
  return std::string(TextAt(object, {"status", "phase"}));
}

Array VolumeCells(const Value& volume, sim::Time now) {
  std::string claim;
  if (const Value* reference = FindPath(volume, {"spec", "claimRef"}); reference != nullptr) {
    claim = std::string(TextAt(*reference, {"namespace"})) + "/" +
            std::string(TextAt(*reference, {"name"}));
  }
  return {NameOf(volume),
          PlainAt(volume, {"spec", "capacity", "storage"}),
          AccessModes(volume, {"spec", "accessModes"}),
          TextAt(volume, {"spec", "persistentVolumeReclaimPolicy"}),
          PhaseOf(volume),
          claim,
          ClassOf(volume),
          Or(TextAt(volume, {"spec", "volumeAttributesClassName"}), "<unset>"),
          TextAt(volume, {"status", "reason"}),
          Age(volume, now),
          Or(TextAt(volume, {"spec", "volumeMode"}), "<unset>")};
}

Array ClaimCells(const Value& claim, sim::Time now) {
  const std::string_view volume = TextAt(claim, {"spec", "volumeName"});
  const bool is_bound = !volume.empty();
  return {NameOf(claim),
          PhaseOf(claim),
          volume,
          is_bound ? Or(PlainAt(claim, {"status", "capacity", "storage"}), "0") : std::string(),
          is_bound ? AccessModes(claim, {"status", "accessModes"}) : std::string(),
          ClassOf(claim),
          Or(TextAt(claim, {"spec", "volumeAttributesClassName"}), "<unset>"),
          Age(claim, now),
          Or(TextAt(claim, {"spec", "volumeMode"}), "<unset>")};
}

Array StorageClassCells(const Value& object, sim::Time now) {
  const bool is_default =
      TextAt(object, {"metadata", "annotations", "storageclass.kubernetes.io/is-default-class"}) ==
          "true" ||
      TextAt(object, {"metadata", "annotations",
                      "storageclass.beta.kubernetes.io/is-default-class"}) == "true";
  return {is_default ? NameOf(object) + " (default)" : NameOf(object),
          TextAt(object, {"provisioner"}),
          Or(TextAt(object, {"reclaimPolicy"}), "Delete"),
          Or(TextAt(object, {"volumeBindingMode"}), "Immediate"),
          BoolAt(object, {"allowVolumeExpansion"}),
          Age(object, now)};
}

Array AttachmentCells(const Value& object, sim::Time now) {
  return {NameOf(object),
          TextAt(object, {"spec", "attacher"}),
          TextAt(object, {"spec", "source", "persistentVolumeName"}),
          TextAt(object, {"spec", "nodeName"}),
          BoolAt(object, {"status", "attached"}),
          Age(object, now)};
}

Array DriverCells(const Value& object, sim::Time now) {
  std::vector<std::string> audiences;
  for (const Value& request : ItemsAt(object, {"spec", "tokenRequests"})) {
    audiences.emplace_back(TextAt(request, {"audience"}));
  }
  return {NameOf(object),
          BoolAt(object, {"spec", "attachRequired"}, true),
          BoolAt(object, {"spec", "podInfoOnMount"}),
          BoolAt(object, {"spec", "storageCapacity"}),
          Or(JoinTexts(audiences, ","), "<unset>"),
          BoolAt(object, {"spec", "requiresRepublish"}),
          Or(JoinTexts(TextsAt(object, {"spec", "volumeLifecycleModes"}), ","), "<none>"),
          Age(object, now)};
}

Array CsiNodeCells(const Value& object, sim::Time now) {
  return {NameOf(object), CountAt(object, {"spec", "drivers"}), Age(object, now)};
}

Array AttributesClassCells(const Value& object, sim::Time now) {
  return {NameOf(object), TextAt(object, {"driverName"}), Age(object, now)};
}

}  // namespace

void AddStoragePrinters(PrinterTable& printers) {
  const TableColumn mode = Wide("VolumeMode", "Filesystem or Block.");
  const TableColumn attributes = Text("VolumeAttributesClass", "Its class of attributes.");
  printers.Add({"", "persistentvolumes"},
               MakePrinter({NameColumn(), Text("Capacity", "Its size."),
                            Text("Access Modes", "How it may be mounted."),
                            Text("Reclaim Policy", "What becomes of it when released."),
                            Text("Status", "Its phase."), Text("Claim", "Who has it."),
                            Text("StorageClass", "Its class."), attributes,
                            Text("Reason", "Why it is in that phase."), AgeColumn(), mode},
                           VolumeCells));
  printers.Add(
      {"", "persistentvolumeclaims"},
      MakePrinter({NameColumn(), Text("Status", "Its phase."),
                   Text("Volume", "What it is bound to."), Text("Capacity", "The volume's size."),
                   Text("Access Modes", "How the volume may be mounted."),
                   Text("StorageClass", "Its class."), attributes, AgeColumn(), mode},
                  ClaimCells));
  printers.Add({"storage.k8s.io", "storageclasses"},
               MakePrinter({NameColumn(), Text("Provisioner", "Who makes volumes."),
                            Text("ReclaimPolicy", "What becomes of them."),
                            Text("VolumeBindingMode", "When they are bound."),
                            Text("AllowVolumeExpansion", "Whether they may grow."), AgeColumn()},
                           StorageClassCells));
  printers.Add(
      {"storage.k8s.io", "volumeattachments"},
      MakePrinter({NameColumn(), TableColumn{"Attacher", "string", "name", "The driver.", 0},
                   Text("PV", "The volume."), Text("Node", "Where it is attached."),
                   Boolean("Attached", "Whether it is."), AgeColumn()},
                  AttachmentCells));
  printers.Add(
      {"storage.k8s.io", "csidrivers"},
      MakePrinter({NameColumn(), Boolean("AttachRequired", "Whether volumes are attached."),
                   Boolean("PodInfoOnMount", "Whether mounts tell of the pod."),
                   Boolean("StorageCapacity", "Whether capacity counts in scheduling."),
                   Text("TokenRequests", "Audiences of tokens it gets."),
                   Boolean("RequiresRepublish", "Whether it is called again and again."),
                   Text("Modes", "Kinds of volumes."), AgeColumn()},
                  DriverCells));
  printers.Add({"storage.k8s.io", "csinodes"},
               MakePrinter({NameColumn(), Integer("Drivers", "How many it has."), AgeColumn()},
                           CsiNodeCells));
  printers.Add({"storage.k8s.io", "volumeattributesclasses"},
               MakePrinter({NameColumn(), Text("DriverName", "The driver."), AgeColumn()},
                           AttributesClassCells));
}

}  // namespace apiserver
