#include "apiserver/registry/kinds/device_checks.h"

#include <algorithm>
#include <map>
#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/conditions.h"
#include "apiserver/registry/kinds/device_parts.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/kinds/resource_names.h"
#include "apiserver/registry/kinds/scheduling_checks.h"
#include "apiserver/registry/kinds/volume_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::size_t kRequestsMax = 32;
constexpr std::size_t kAlternativesMax = 8;
constexpr std::size_t kConstraintsMax = 32;
constexpr std::size_t kConfigMax = 32;
constexpr std::size_t kReservedMax = 256;
constexpr std::size_t kResultsMax = 32;
constexpr std::size_t kDeviceConditionsMax = 8;
constexpr std::size_t kDeviceDataMax = 10 * 1024;
constexpr std::size_t kAddressesMax = 16;
constexpr int kInterfaceMax = 256;
constexpr int kHardwareMax = 128;
constexpr std::string_view kUnknownRequest =
    "must be the name of a request in the claim or the name of a request and a subrequest "
    "separated "
    "by '/'";

// Requests by name, each with the names of its alternatives.
using RequestNames = std::map<std::string_view, std::set<std::string_view>>;

RequestNames NamesOf(const Object& devices) {
  RequestNames names;
  for (const Value& request : ArrayOf(devices, "requests")) {
    std::set<std::string_view>& alternatives = names[TextOf(request, "name")];
    for (const Value& alternative : ArrayOf(request, "firstAvailable")) {
      alternatives.insert(TextOf(alternative, "name"));
    }
  }
  return names;
}

std::string NameKey(const Value& item) { return std::string(TextOf(item, "name")); }
std::string TextKey(const Value& item) { return std::string(AsText(item)); }

void CheckCount(const Object& request, const FieldPath& path, Violations& out) {
  const std::string_view mode = TextOf(request, "allocationMode");
  const std::int64_t count = IntOf(request, "count");
  if (mode == "All") {
    if (count != 0) {
      out.Invalid(path.Child("count"), count, "must not be specified when allocationMode is 'All'");
    }
  } else if (mode == "ExactCount") {
    if (count <= 0) out.Invalid(path.Child("count"), count, "must be greater than zero");
  } else {
    out.NotSupported(path.Child("allocationMode"), mode, {"All", "ExactCount"});
  }
}

void CheckExact(const Object& request, const FieldPath& path, Violations& out) {
  const std::string_view device_class = TextOf(request, "deviceClassName");
  if (device_class.empty()) {
    out.Required(path.Child("deviceClassName"));
  } else {
    CheckDnsSubdomain(device_class, path.Child("deviceClassName"), out);
  }
  CheckDeviceSelectors(request, path, out);
  CheckCount(request, path, out);
  CheckDeviceTolerations(request, path, out);
}

void CheckRequest(const Object& request, const FieldPath& path, Violations& out) {
  CheckDnsLabel(TextOf(request, "name"), path.Child("name"), out);
  const bool is_exact = IsSet(request, "exactly");
  const bool has_alternatives = !ArrayOf(request, "firstAvailable").empty();
  constexpr std::string_view kOne = "exactly one of `exactly` or `firstAvailable` is required";
  if (!is_exact && !has_alternatives) {
    out.Required(path, kOne);
  } else if (is_exact && has_alternatives) {
    out.Invalid(path, Value(), std::string(kOne) + ", but multiple fields are set");
  } else if (is_exact) {
    CheckExact(ObjectOf(request, "exactly"), path.Child("exactly"), out);
  } else {
    CheckItems(request, "firstAvailable", kAlternativesMax, path, out,
               [&](const Value& item, const FieldPath& item_path) {
                 CheckDnsLabel(TextOf(item, "name"), item_path.Child("name"), out);
                 CheckExact(AsObject(item), item_path, out);
               });
    CheckUnique(request, "firstAvailable", kAlternativesMax, path, out, NameKey);
  }
}

void CheckRequestRef(std::string_view name, const RequestNames& names, const FieldPath& path,
                     Violations& out) {
  if (std::count(name.begin(), name.end(), '/') > 1) {
    out.Invalid(path, name, kUnknownRequest);
    return;
  }
  const std::size_t slash = name.find('/');
  const bool has_part = slash != std::string_view::npos;
  const std::string_view head = name.substr(0, slash);
  CheckDnsLabel(head, path, out);
  if (has_part) CheckDnsLabel(name.substr(slash + 1), path, out);
  const auto found = names.find(head);
  const bool is_known =
      found != names.end() && (!has_part || found->second.contains(name.substr(slash + 1)));
  if (!is_known) out.Invalid(path, name, kUnknownRequest);
}

void CheckRequestRefs(const Object& holder, const RequestNames& names, const FieldPath& path,
                      Violations& out) {
  CheckItems(holder, "requests", kRequestsMax, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckRequestRef(AsText(item), names, item_path, out);
             });
  CheckUnique(holder, "requests", kRequestsMax, path, out, TextKey);
}

void CheckConstraint(const Object& constraint, const RequestNames& names, const FieldPath& path,
                     Violations& out) {
  CheckRequestRefs(constraint, names, path, out);
  if (IsSet(constraint, "matchAttribute")) {
    CheckFullyQualifiedName(TextOf(constraint, "matchAttribute"), path.Child("matchAttribute"),
                            out);
  } else if (IsSet(constraint, "distinctAttribute")) {
    CheckFullyQualifiedName(TextOf(constraint, "distinctAttribute"),
                            path.Child("distinctAttribute"), out);
  } else {
    out.Required(path,
                 "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but "
                 "multiple fields are set");
  }
}

void CheckClaimSpecOfDevices(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& devices = ObjectOf(spec, "devices");
  const FieldPath devices_path = path.Child("devices");
  const RequestNames names = NamesOf(devices);
  CheckItems(devices, "requests", kRequestsMax, devices_path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckRequest(AsObject(item), item_path, out);
             });
  CheckUnique(devices, "requests", kRequestsMax, devices_path, out, NameKey);
  CheckItems(devices, "constraints", kConstraintsMax, devices_path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckConstraint(AsObject(item), names, item_path, out);
             });
  CheckItems(devices, "config", kConfigMax, devices_path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckRequestRefs(AsObject(item), names, item_path, out);
               CheckOpaqueConfiguration(AsObject(item), item_path, out);
             });
}

// ---- Status

// "driver/pool/device" and the share, as upstream prints a device's identity.
std::string DeviceId(const Object& device) {
  std::string id;
  for (std::string_view name : {"driver", "pool", "device"}) {
    if (!id.empty()) id += '/';
    id += TextOf(device, name);
  }
  if (IsSet(device, "shareID")) id += "/" + std::string(TextOf(device, "shareID"));
  return id;
}

void CheckResult(const Object& result, const RequestNames& names, const FieldPath& path,
                 Violations& out) {
  CheckRequestRef(TextOf(result, "request"), names, path.Child("request"), out);
  CheckCsiDriverName(TextOf(result, "driver"), path.Child("driver"), out);
  CheckPoolName(TextOf(result, "pool"), path.Child("pool"), out);
  CheckDnsLabel(TextOf(result, "device"), path.Child("device"), out);
  CheckBindingConditions(result, path, out);
  CheckShareId(result, path, out);
}

void CheckAllocation(const Object& allocation, const RequestNames& names, const FieldPath& path,
                     Violations& out) {
  const Object& devices = ObjectOf(allocation, "devices");
  const FieldPath devices_path = path.Child("devices");
  CheckItems(devices, "results", kResultsMax, devices_path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckResult(AsObject(item), names, item_path, out);
             });
  CheckItems(devices, "config", 2 * kConfigMax, devices_path, out,
             [&](const Value& item, const FieldPath& item_path) {
               const Object& config = AsObject(item);
               CheckRequiredOneOf(config, "source", {"FromClaim", "FromClass"}, item_path, out);
               CheckRequestRefs(config, names, item_path, out);
               CheckOpaqueConfiguration(config, item_path, out);
             });
  if (IsSet(allocation, "nodeSelector")) {
    CheckNodeSelector(ObjectOf(allocation, "nodeSelector"), path.Child("nodeSelector"), out);
  }
}

void CheckNetwork(const Object& network, const FieldPath& path, Violations& out) {
  if (TextOf(network, "interfaceName").size() > kInterfaceMax) {
    out.TooLong(path.Child("interfaceName"), kInterfaceMax);
  }
  if (TextOf(network, "hardwareAddress").size() > kHardwareMax) {
    out.TooLong(path.Child("hardwareAddress"), kHardwareMax);
  }
  CheckItems(network, "ips", kAddressesMax, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               const std::string_view text = AsText(item);
               const bool is_well = ParseCidr(text).has_value();
               if (!is_well) {
                 out.Invalid(item_path, text,
                             "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or "
                             "2001:db8::1/64)");
               }
             });
  CheckUnique(network, "ips", kAddressesMax, path, out, TextKey);
}

void CheckDeviceStatus(const Object& device, const std::set<std::string>& allocated,
                       const FieldPath& path, Violations& out) {
  CheckCsiDriverName(TextOf(device, "driver"), path.Child("driver"), out);
  CheckPoolName(TextOf(device, "pool"), path.Child("pool"), out);
  CheckDnsLabel(TextOf(device, "device"), path.Child("device"), out);
  CheckShareId(device, path, out);
  const std::string id = DeviceId(device);
  if (!allocated.contains(id)) {
    out.Invalid(path,
                Object{{"Driver", TextOf(device, "driver")},
                       {"Pool", TextOf(device, "pool")},
                       {"Device", TextOf(device, "device")},
                       {"ShareID", TextOf(device, "shareID")}},
                "must be an allocated device in the claim");
  }
  const std::size_t count = ArrayOf(device, "conditions").size();
  if (count > kDeviceConditionsMax) {
    out.TooMany(path.Child("conditions"), count, static_cast<int>(kDeviceConditionsMax));
  }
  CheckConditions(device, path, out);
  if (IsSet(device, "data")) CheckRawObject(device, "data", kDeviceDataMax, path, out);
  if (IsSet(device, "networkData")) {
    CheckNetwork(ObjectOf(device, "networkData"), path.Child("networkData"), out);
  }
}

void CheckReserved(const Object& object, const Object& status, const Object& old_status,
                   const FieldPath& path, Violations& out) {
  const Array& reserved = ArrayOf(status, "reservedFor");
  const FieldPath reserved_path = path.Child("reservedFor");
  if (reserved.empty()) return;
  if (!IsSet(status, "allocation")) {
    out.Forbidden(reserved_path, "may not be specified when `allocated` is not set");
    return;
  }
  if (!IsSet(ObjectOf(object, "metadata"), "deletionTimestamp")) return;
  const Array& before = ArrayOf(old_status, "reservedFor");
  const bool grows = std::any_of(reserved.begin(), reserved.end(), [&](const Value& item) {
    return std::find(before.begin(), before.end(), item) == before.end();
  });
  if (!grows) return;
  out.Forbidden(reserved_path,
                "new entries may not be added while `deallocationRequested` or `deletionTimestamp` "
                "are set");
}

}  // namespace

void ValidateResourceClaim(const Object& object, Violations& out) {
  CheckClaimSpecOfDevices(ObjectOf(object, "spec"), FieldPath("spec"), out);
}

void ValidateResourceClaimUpdate(const Object& object, const Object& old, Violations& out) {
  CheckImmutableStruct("resource.ResourceClaimSpec", object, old, "spec", FieldPath(""), out);
}

void ValidateResourceClaimStatus(const Object& object, const Object& old, Violations& out) {
  const FieldPath path("status");
  const Object& status = ObjectOf(object, "status");
  const Object& old_status = ObjectOf(old, "status");
  CheckItems(status, "reservedFor", kReservedMax, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               for (std::string_view name : {"resource", "name", "uid"}) {
                 CheckRequiredText(AsObject(item), name, item_path, out);
               }
             });
  CheckUnique(status, "reservedFor", kReservedMax, path, out,
              [](const Value& item) { return std::string(TextOf(item, "uid")); });
  std::set<std::string> allocated;
  const Object& allocation = ObjectOf(status, "allocation");
  for (const Value& result : ArrayOf(ObjectOf(allocation, "devices"), "results")) {
    allocated.insert(DeviceId(AsObject(result)));
  }
  const std::size_t count_max = ArrayOf(status, "devices").size();
  CheckItems(status, "devices", count_max, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckDeviceStatus(AsObject(item), allocated, item_path, out);
             });
  CheckUnique(status, "devices", count_max, path, out,
              [](const Value& item) { return DeviceId(AsObject(item)); });
  CheckReserved(object, status, old_status, path, out);
  if (!IsSet(status, "allocation")) return;
  if (IsSet(old_status, "allocation")) {
    CheckImmutableStruct("resource.AllocationResult", status, old_status, "allocation", path, out);
  } else {
    CheckAllocation(allocation, NamesOf(ObjectOf(ObjectOf(object, "spec"), "devices")),
                    path.Child("allocation"), out);
  }
}

void ValidateResourceClaimTemplate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckTemplateMetadata(ObjectOf(spec, "metadata"), path.Child("metadata"), out);
  CheckClaimSpecOfDevices(ObjectOf(spec, "spec"), path.Child("spec"), out);
}

void ValidateResourceClaimTemplateUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateResourceClaimTemplate(object, out);
  CheckImmutableStruct("resource.ResourceClaimTemplateSpec", object, old, "spec", FieldPath(""),
                       out);
}

void ValidateDeviceClass(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  CheckDeviceSelectors(spec, path, out);
  CheckItems(spec, "config", kConfigMax, path, out,
             [&](const Value& item, const FieldPath& item_path) {
               CheckOpaqueConfiguration(AsObject(item), item_path, out);
             });
  constexpr std::string_view kExtended = "extendedResourceName";
  if (IsSet(spec, kExtended) && !IsExtendedResource(TextOf(spec, kExtended))) {
    out.Invalid(path.Child(kExtended), TextOf(spec, kExtended),
                "must be a valid extended resource name");
  }
}

void ValidateDeviceClassUpdate(const Object& object, const Object&, Violations& out) {
  ValidateDeviceClass(object, out);
}

}  // namespace apiserver
