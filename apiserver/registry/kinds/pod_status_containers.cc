// What the status of a pod reports of its containers.
#include <set>
#include <string>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_status.h"

namespace apiserver {
namespace {

constexpr std::int64_t kIdMax = 2147483647;
constexpr int kHealthMessageBytesMax = 1024;
constexpr int kImageReferenceBytesMax = 256;

struct StatusList {
  std::string_view statuses;
  std::string_view containers;  // of the spec; "": they have no resources
};
constexpr StatusList kLists[] = {{"containerStatuses", "containers"},
                                 {"initContainerStatuses", "initContainers"},
                                 {"ephemeralContainerStatuses", ""}};

void CheckId(std::int64_t id, const FieldPath& path, Violations& out) {
  if (id < 0 || id > kIdMax) out.Invalid(path, id, "must be between 0 and 2147483647, inclusive");
}

void CheckUser(std::string_view os, const Object& status, const FieldPath& path, Violations& out) {
  const Object& user = ObjectOf(status, "user");
  if (!IsSet(user, "linux")) return;
  const FieldPath linux_path = path.Child("user.linux");
  if (os == "windows") return out.Forbidden(linux_path, "cannot be set for a windows pod");
  const Object& ids = ObjectOf(user, "linux");
  CheckId(IntOf(ids, "uid"), linux_path.Child("uid"), out);
  CheckId(IntOf(ids, "gid"), linux_path.Child("gid"), out);
  const FieldPath groups_path = linux_path.Child("supplementalGroups");
  std::size_t index = 0;
  for (const Value& group : ArrayOf(ids, "supplementalGroups")) {
    const FieldPath group_path = groups_path.Index(index++);
    if (group.is_int64()) CheckId(group.get_int64(), group_path, out);
  }
}

// Whether the container asks for what a status calls `name`: a resource, or claim:CLAIM[/REQUEST].
bool AsksFor(const Object& container, std::string_view name) {
  const Object& resources = ObjectOf(container, "resources");
  if (!name.starts_with("claim:")) return ObjectOf(resources, "requests").contains(name);
  for (const Value& claim : ArrayOf(resources, "claims")) {
    std::string text = "claim:" + std::string(TextOf(claim, "name"));
    const std::string_view request = TextOf(claim, "request");
    if (!request.empty()) (text += '/') += request;
    if (text == name) return true;
  }
  return false;
}

void CheckHealth(const Object& allocated, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("resources");
  std::set<std::string_view> seen;
  std::size_t index = 0;
  for (const Value& device : ArrayOf(allocated, "resources")) {
    const FieldPath device_path = list_path.Index(index++);
    const std::string_view health = TextOf(device, "health");
    if (health != "Healthy" && health != "Unhealthy" && health != "Unknown") {
      out.NotSupported(device_path.Child("health"), health, {"Healthy", "Unhealthy", "Unknown"});
    }
    const std::string_view message = TextOf(device, "message");
    const FieldPath message_path = device_path.Child("message");
    if (IsSet(device, "message") && message.empty()) {
      out.Required(message_path, "must be non-empty if specified");
    } else if (message.size() > kHealthMessageBytesMax) {
      out.TooLong(message_path, kHealthMessageBytesMax);
    }
    const std::string_view id = TextOf(device, "resourceID");
    if (!seen.insert(id).second) out.Duplicate(device_path.Child("resourceID"), id);
  }
}

void CheckAllocated(const Array& containers, const Object& status, const FieldPath& path,
                    Violations& out) {
  const FieldPath list_path = path.Child("allocatedResourcesStatus");
  std::size_t index = 0;
  for (const Value& allocated : ArrayOf(status, "allocatedResourcesStatus")) {
    const FieldPath item_path = list_path.Index(index++);
    const std::string_view name = TextOf(allocated, "name");
    for (const Value& container : containers) {
      if (TextOf(container, "name") != TextOf(status, "name")) continue;
      if (!AsksFor(AsObject(container), name)) {
        out.Invalid(item_path.Child("name"), name,
                    name.starts_with("claim:")
                        ? "must match one of the container's resource claims in a format "
                          "'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
                        : "must match one of the container's resource requests");
      }
      break;
    }
    CheckHealth(AsObject(allocated), item_path, out);
  }
}

void CheckMountedImages(const Object& status, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("volumeMounts");
  std::size_t index = 0;
  for (const Value& mount : ArrayOf(status, "volumeMounts")) {
    const FieldPath mount_path = list_path.Index(index++);
    const Object& volume = ObjectOf(mount, "volumeStatus");
    if (!IsSet(volume, "image")) continue;
    const FieldPath reference_path = mount_path.Child("volumeStatus.imageVolumeStatus.imageRef");
    const std::string_view reference = TextOf(ObjectOf(volume, "image"), "imageRef");
    if (reference.empty()) out.Required(reference_path, "imageRef must not be empty");
    if (reference.size() > kImageReferenceBytesMax) {
      out.TooLong(reference_path, kImageReferenceBytesMax);
    }
  }
}

}  // namespace

void CheckContainerStatuses(const Object& spec, const Object& status, const FieldPath& path,
                            Violations& out) {
  const auto for_each = [&](const auto& check) {
    for (const StatusList& list : kLists) {
      const FieldPath list_path = path.Child(list.statuses);
      std::size_t index = 0;
      for (const Value& container : ArrayOf(status, list.statuses)) {
        check(list, AsObject(container), list_path.Index(index++));
      }
    }
  };
  const std::string_view os = TextOf(ObjectOf(spec, "os"), "name");
  for_each([&](const StatusList&, const Object& container, const FieldPath& container_path) {
    CheckUser(os, container, container_path, out);
  });
  for_each([&](const StatusList& list, const Object& container, const FieldPath& container_path) {
    if (!list.containers.empty()) {
      CheckAllocated(ArrayOf(spec, list.containers), container, container_path, out);
    } else if (!ArrayOf(container, "allocatedResourcesStatus").empty()) {
      out.Forbidden(container_path.Child("allocatedResourcesStatus"),
                    "must not be specified in container status");
    }
  });
  for_each([&](const StatusList&, const Object& container, const FieldPath& container_path) {
    CheckMountedImages(container, container_path, out);
  });
}

}  // namespace apiserver
