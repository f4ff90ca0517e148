// Volume mounts and devices.
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"

namespace apiserver {
namespace {

bool IsPrivileged(const Object& container) {
  return FlagOf(ObjectOf(container, "securityContext"), "privileged");
}

void CheckPropagation(const Object& container, const Value& mount, const FieldPath& path,
                      Violations& out) {
  const std::string_view mode = TextOf(mount, "mountPropagation");
  const FieldPath mode_path = path.Child("mountPropagation");
  CheckOneOf(mode, {"Bidirectional", "HostToContainer", "None"}, mode_path, out);
  if (mode == "Bidirectional" && !IsPrivileged(container)) {
    out.Forbidden(mode_path,
                  "Bidirectional mount propagation is available only to privileged containers");
  }
}

void CheckRecursive(const Object& mount, const FieldPath& path, Violations& out) {
  const std::string_view mode = TextOf(mount, "recursiveReadOnly");
  const FieldPath mode_path = path.Child("recursiveReadOnly");
  if (mode == "Disabled") return;
  if (mode != "Enabled" && mode != "IfPossible") {
    out.NotSupported(mode_path, mode, {"Disabled", "Enabled", "IfPossible"});
    return;
  }
  if (!FlagOf(mount, "readOnly")) {
    out.Forbidden(mode_path, "may only be specified when readOnly is true");
  }
  if (IsSet(mount, "mountPropagation") && TextOf(mount, "mountPropagation") != "None") {
    out.Forbidden(mode_path,
                  "may only be specified when mountPropagation is None or not specified");
  }
}

struct Mounted {
  std::set<std::string_view> names;
  std::set<std::string_view> paths;
};

Mounted Collect(const Object& container, std::string_view list, std::string_view path_name) {
  Mounted mounted;
  for (const Value& item : ArrayOf(container, list)) {
    mounted.names.insert(TextOf(item, "name"));
    mounted.paths.insert(TextOf(item, path_name));
  }
  return mounted;
}

void CheckVolumeMounts(const Object& container, const PodFacts& pod, const Mounted& devices,
                       const FieldPath& path, Violations& out) {
  std::set<std::string_view> points;
  std::size_t index = 0;
  for (const Value& item : ArrayOf(container, "volumeMounts")) {
    const FieldPath mount_path = path.Index(index++);
    const Object& mount = AsObject(item);
    const std::string_view name = TextOf(mount, "name");
    const std::string_view point = TextOf(mount, "mountPath");
    if (name.empty()) out.Required(mount_path.Child("name"));
    if (!pod.volumes.contains(name)) out.NotFound(mount_path.Child("name"), name);
    if (point.empty()) out.Required(mount_path.Child("mountPath"));
    if (!points.insert(point).second) {
      out.Invalid(mount_path.Child("mountPath"), point, "must be unique");
    }
    if (devices.names.contains(name)) {
      out.Invalid(mount_path.Child("name"), name, "must not already exist in volumeDevices");
    }
    if (devices.paths.contains(point)) {
      out.Invalid(mount_path.Child("mountPath"), point,
                  "must not already exist as a path in volumeDevices");
    }
    const std::string_view sub_path = TextOf(mount, "subPath");
    const std::string_view expression = TextOf(mount, "subPathExpr");
    // Upstream gives these four at the list, not at its item.
    if (!sub_path.empty()) CheckDescendingPath(sub_path, path.Child("subPath"), out);
    if (!expression.empty()) {
      if (!sub_path.empty()) {
        out.Invalid(mount_path.Child("subPathExpr"), expression,
                    "subPathExpr and subPath are mutually exclusive");
      }
      CheckDescendingPath(expression, path.Child("subPathExpr"), out);
    }
    if (IsSet(mount, "mountPropagation")) CheckPropagation(container, item, path, out);
    if (IsSet(mount, "recursiveReadOnly")) CheckRecursive(mount, path, out);
  }
}

bool HasBackstep(std::string_view text) {
  Violations found;
  CheckNoBacksteps(text, FieldPath(""), found);
  return !found.empty();
}

void CheckVolumeDevices(const Object& container, const PodFacts& pod, const Mounted& mounts,
                        const FieldPath& path, Violations& out) {
  std::set<std::string_view> names;
  std::set<std::string_view> paths;
  std::size_t index = 0;
  for (const Value& item : ArrayOf(container, "volumeDevices")) {
    const FieldPath device_path = path.Index(index++);
    const std::string_view name = TextOf(item, "name");
    const std::string_view point = TextOf(item, "devicePath");
    const auto volume = pod.volumes.find(name);
    const FieldPath name_path = device_path.Child("name");
    const FieldPath point_path = device_path.Child("devicePath");
    if (name.empty()) out.Required(name_path);
    if (!name.empty() && !names.insert(name).second) out.Invalid(name_path, name, "must be unique");
    if (volume == pod.volumes.end()) {
      out.NotFound(name_path, name);
    } else if (!IsSet(*volume->second, "persistentVolumeClaim") &&
               !IsSet(*volume->second, "ephemeral")) {
      out.Invalid(name_path, name,
                  "can only use volume source type of PersistentVolumeClaim or Ephemeral for block "
                  "mode");
    }
    if (point.empty()) out.Required(point_path);
    if (paths.contains(point)) out.Invalid(point_path, point, "must be unique");
    if (!point.empty() && HasBackstep(point)) {
      out.Invalid(point_path, point, "can not contain backsteps ('..')");
    } else {
      paths.insert(point);
    }
    if (mounts.names.contains(name)) {
      out.Invalid(name_path, name, "must not already exist in volumeMounts");
    }
    if (mounts.paths.contains(point)) {
      out.Invalid(point_path, point, "must not already exist as a path in volumeMounts");
    }
  }
}

}  // namespace

void CheckNoBacksteps(std::string_view text, const FieldPath& path, Violations& out) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('/', start), text.size());
    if (text.substr(start, end - start) == "..") {
      out.Invalid(path, text, "must not contain '..'");
      return;
    }
    start = end + 1;
  }
}

void CheckDescendingPath(std::string_view text, const FieldPath& path, Violations& out) {
  if (text.starts_with('/')) out.Invalid(path, text, "must be a relative path");
  CheckNoBacksteps(text, path, out);
}

void CheckNonReservedPath(std::string_view text, const FieldPath& path, Violations& out) {
  CheckDescendingPath(text, path, out);
  if (text.starts_with("..") && !text.starts_with("../")) {
    out.Invalid(path, text, "must not start with '..'");
  }
}

void CheckMounts(const Object& container, const PodFacts& pod, const FieldPath& path,
                 Violations& out) {
  const bool has_devices = IsSet(container, "volumeDevices");
  if (!has_devices && !IsSet(container, "volumeMounts")) return;
  const Mounted devices = Collect(container, "volumeDevices", "devicePath");
  CheckVolumeMounts(container, pod, devices, path.Child("volumeMounts"), out);
  if (!has_devices) return;
  const Mounted mounts = Collect(container, "volumeMounts", "mountPath");
  CheckVolumeDevices(container, pod, mounts, path.Child("volumeDevices"), out);
}

}  // namespace apiserver
