#include "apiserver/registry/kinds/device_checks.h"

#include <set>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/scheduling_checks.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr int kRequestsMax = 32;
constexpr int kReservedMax = 256;
constexpr int kDevicesMax = 128;
constexpr std::size_t kAttributeTextMax = 64;

void CheckTolerationsOf(const Object& request, const FieldPath& path, Violations& out) {
  const FieldPath list_path = path.Child("tolerations");
  std::size_t index = 0;
  for (const Value& value : ArrayOf(request, "tolerations")) {
    const FieldPath item_path = list_path.Index(index++);
    const Object& toleration = AsObject(value);
    const std::string_view key = TextOf(toleration, "key");
    const std::string_view op = TextOf(toleration, "operator");
    if (!key.empty()) CheckQualified(key, item_path.Child("key"), out);
    if (op == "Exists") {
      if (!TextOf(toleration, "value").empty()) {
        out.Invalid(item_path.Child("value"), TextOf(toleration, "value"),
                    "must be empty for operator `Exists`");
      }
    } else if (op == "Equal") {
      const std::string_view text = TextOf(toleration, "value");
      out.InvalidEach(item_path.Child("value"), text, CheckLabelValue(text));
    } else if (op.empty()) {
      out.Required(item_path.Child("operator"));
    } else {
      out.NotSupported(item_path.Child("operator"), op, {"Equal", "Exists"});
    }
    if (const std::string_view effect = TextOf(toleration, "effect"); !effect.empty()) {
      CheckOneOf(effect, {"NoExecute", "NoSchedule", "None"}, item_path.Child("effect"), out);
    }
  }
}

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
  CheckCount(request, path, out);
  CheckTolerationsOf(request, path, out);
}

// Names of requests and "request/subrequest", as constraints may refer to them.
using RequestNames = std::set<std::string>;

RequestNames CheckRequests(const Object& devices, const FieldPath& path, Violations& out) {
  RequestNames names;
  const Array& requests = ArrayOf(devices, "requests");
  const FieldPath list_path = path.Child("requests");
  if (requests.size() > kRequestsMax) out.TooMany(list_path, requests.size(), kRequestsMax);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const FieldPath item_path = list_path.Index(i);
    const Object& request = AsObject(requests[i]);
    const std::string name(TextOf(request, "name"));
    const bool exactly = IsSet(request, "exactly");
    const Array& available = ArrayOf(request, "firstAvailable");
    CheckDnsLabel(name, item_path.Child("name"), out);
    if (!exactly && available.empty()) {
      out.Required(item_path, "exactly one of `exactly` or `firstAvailable` is required");
    } else if (exactly && !available.empty()) {
      out.Invalid(item_path, Value(),
                  "exactly one of `exactly` or `firstAvailable` is required, but multiple fields "
                  "are set");
    } else if (exactly) {
      CheckExact(ObjectOf(request, "exactly"), item_path.Child("exactly"), out);
    } else {
      const FieldPath parts_path = item_path.Child("firstAvailable");
      for (std::size_t j = 0; j < available.size(); ++j) {
        const FieldPath part_path = parts_path.Index(j);
        CheckDnsLabel(TextOf(available[j], "name"), part_path.Child("name"), out);
        CheckExact(AsObject(available[j]), part_path, out);
        names.insert(name + "/" + std::string(TextOf(available[j], "name")));
      }
    }
    if (!names.insert(name).second) out.Duplicate(item_path, name);
  }
  return names;
}

void CheckRequestRefs(const Object& holder, const RequestNames& names, const FieldPath& path,
                      Violations& out) {
  const FieldPath list_path = path.Child("requests");
  std::set<std::string_view> seen;
  std::size_t index = 0;
  for (const Value& request : ArrayOf(holder, "requests")) {
    const FieldPath item_path = list_path.Index(index++);
    const std::string_view name = AsText(request);
    if (!names.contains(std::string(name))) {
      out.Invalid(item_path, name,
                  "must be the name of a request in the claim or the name of a request and a "
                  "subrequest separated by '/'");
    }
    if (!seen.insert(name).second) out.Duplicate(item_path, name);
  }
}

void CheckFullName(std::string_view name, const FieldPath& path, Violations& out) {
  const std::size_t slash = name.find('/');
  if (name.empty()) {
    out.Required(path, "name required");
  } else if (slash == std::string_view::npos) {
    out.Invalid(path, name,
                "a fully qualified name must be a domain and a name separated by a slash");
  } else {
    CheckDnsSubdomain(name.substr(0, slash), path, out);
    out.InvalidEach(path, name.substr(slash + 1), CheckCIdentifier(name.substr(slash + 1)));
  }
}

void CheckConstraints(const Object& devices, const RequestNames& names, const FieldPath& path,
                      Violations& out) {
  const FieldPath list_path = path.Child("constraints");
  std::size_t index = 0;
  for (const Value& value : ArrayOf(devices, "constraints")) {
    const FieldPath item_path = list_path.Index(index++);
    const Object& constraint = AsObject(value);
    CheckRequestRefs(constraint, names, item_path, out);
    const bool match = IsSet(constraint, "matchAttribute");
    const bool distinct = IsSet(constraint, "distinctAttribute");
    constexpr std::string_view kDetail =
        "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required";
    if (match && distinct) {
      out.Required(item_path, std::string(kDetail) + ", but multiple fields are set");
    } else if (match) {
      CheckFullName(TextOf(constraint, "matchAttribute"), item_path.Child("matchAttribute"), out);
    } else if (distinct) {
      CheckFullName(TextOf(constraint, "distinctAttribute"), item_path.Child("distinctAttribute"),
                    out);
    } else {
      out.Required(item_path, kDetail);
    }
  }
}

void CheckConfig(const Object& holder, const RequestNames* names, const FieldPath& path,
                 Violations& out) {
  const FieldPath list_path = path.Child("config");
  std::size_t index = 0;
  for (const Value& value : ArrayOf(holder, "config")) {
    const FieldPath item_path = list_path.Index(index++);
    const Object& config = AsObject(value);
    if (names != nullptr) CheckRequestRefs(config, *names, item_path, out);
    if (!IsSet(config, "opaque")) {
      out.Required(item_path.Child("opaque"));
      continue;
    }
    const Object& opaque = ObjectOf(config, "opaque");
    const FieldPath opaque_path = item_path.Child("opaque");
    if (CheckRequiredText(opaque, "driver", opaque_path, out)) {
      CheckDnsSubdomain(TextOf(opaque, "driver"), opaque_path.Child("driver"), out);
    }
    if (!IsSet(opaque, "parameters")) out.Required(opaque_path.Child("parameters"));
  }
}

void CheckClaimSpecOfDevices(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& devices = ObjectOf(spec, "devices");
  const FieldPath devices_path = path.Child("devices");
  const RequestNames names = CheckRequests(devices, devices_path, out);
  CheckConstraints(devices, names, devices_path, out);
  CheckConfig(devices, &names, devices_path, out);
}

void CheckAttribute(const Object& attribute, const FieldPath& path, Violations& out) {
  int values = 0;
  for (std::string_view name : {"int", "bool", "string", "version"}) {
    if (IsSet(attribute, name)) ++values;
  }
  if (values == 0) {
    out.Invalid(path, "", "exactly one value must be specified");
    return;
  }
  if (values > 1) {
    out.Invalid(path, InternalForm("resource.DeviceAttribute", attribute),
                "exactly one value must be specified");
    return;
  }
  for (std::string_view name : {"string", "version"}) {
    if (TextOf(attribute, name).size() > kAttributeTextMax) {
      out.TooLong(path.Child(name), kAttributeTextMax);
    }
  }
  if (IsSet(attribute, "version")) {
    const std::string_view text = TextOf(attribute, "version");
    const std::string_view core = text.substr(0, text.find_first_of("-+"));
    int dots = 0;
    bool digits = !core.empty() && core.front() != '.' && core.back() != '.';
    for (char c : core) {
      if (c == '.') {
        ++dots;
      } else if (c < '0' || c > '9') {
        digits = false;
      }
    }
    if (!digits || dots != 2) {
      out.Invalid(path.Child("version"), text,
                  "must be a string compatible with semver.org spec 2.0.0");
    }
  }
}

void CheckDevice(const Object& device, const FieldPath& path, Violations& out) {
  CheckDnsLabel(TextOf(device, "name"), path.Child("name"), out);
  for (std::string_view map : {"attributes", "capacity"}) {
    const FieldPath map_path = path.Child(map);
    for (const auto& entry : ObjectOf(device, map)) {
      const std::string_view key = entry.key();
      const std::size_t slash = key.find('/');
      if (slash == std::string_view::npos) {
        out.InvalidEach(map_path, key, CheckCIdentifier(key));
      } else {
        CheckDnsSubdomain(key.substr(0, slash), map_path, out);
        out.InvalidEach(map_path, key.substr(slash + 1), CheckCIdentifier(key.substr(slash + 1)));
      }
      if (map == "attributes") CheckAttribute(AsObject(entry.value()), map_path.Key(key), out);
    }
  }
}

void CheckNodeFields(const Object& spec, const FieldPath& path, Violations& out) {
  std::vector<std::string> set;
  for (std::string_view name : {"nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection"}) {
    if (!IsSet(spec, name)) continue;
    if (name == "nodeName" && TextOf(spec, name).empty()) continue;
    if ((name == "allNodes" || name == "perDeviceNodeSelection") && !FlagOf(spec, name)) continue;
    set.push_back("`" + std::string(name) + "`");
  }
  constexpr std::string_view kDetail =
      "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
  if (set.empty()) {
    out.Required(path, kDetail);
  } else if (set.size() > 1) {
    out.Invalid(path, "{" + Join(set, ", ") + "}",
                std::string(kDetail) + ", but multiple fields are set");
  }
  if (const std::string_view name = TextOf(spec, "nodeName"); !name.empty()) {
    CheckDnsSubdomain(name, path.Child("nodeName"), out);
  }
  if (IsSet(spec, "nodeSelector")) {
    const Object& selector = ObjectOf(spec, "nodeSelector");
    const FieldPath selector_path = path.Child("nodeSelector");
    CheckNodeSelector(selector, selector_path, out);
    const Array& terms = ArrayOf(selector, "nodeSelectorTerms");
    if (terms.size() != 1) {
      out.Invalid(selector_path.Child("nodeSelectorTerms"), terms,
                  "must have exactly one node selector term");
    }
  }
}

void CheckPool(const Object& spec, const FieldPath& path, Violations& out) {
  const Object& pool = ObjectOf(spec, "pool");
  const FieldPath pool_path = path.Child("pool");
  const std::string_view name = TextOf(pool, "name");
  if (name.empty()) {
    out.Required(pool_path.Child("name"));
  } else {
    for (std::size_t start = 0; start <= name.size();) {
      const std::size_t end = std::min(name.find('/', start), name.size());
      CheckDnsSubdomain(name.substr(start, end - start), pool_path.Child("name"), out);
      start = end + 1;
    }
  }
  if (IntOf(pool, "resourceSliceCount") <= 0) {
    out.Invalid(pool_path.Child("resourceSliceCount"), IntOf(pool, "resourceSliceCount"),
                "must be greater than zero");
  }
  if (IntOf(pool, "generation") < 0) {
    out.Invalid(pool_path.Child("generation"), IntOf(pool, "generation"),
                "must be greater than or equal to zero");
  }
}

}  // namespace

void ValidateResourceClaim(const Object& object, Violations& out) {
  CheckClaimSpecOfDevices(ObjectOf(object, "spec"), FieldPath("spec"), out);
}

void ValidateResourceClaimUpdate(const Object& object, const Object& old, Violations& out) {
  CheckImmutableStruct("resource.ResourceClaimSpec", object, old, "spec", FieldPath(""), out);
}

void ValidateResourceClaimStatus(const Object& object, const Object&, Violations& out) {
  const FieldPath path("status");
  const Object& status = ObjectOf(object, "status");
  const Array& reserved = ArrayOf(status, "reservedFor");
  const FieldPath reserved_path = path.Child("reservedFor");
  if (reserved.size() > kReservedMax) out.TooMany(reserved_path, reserved.size(), kReservedMax);
  std::set<std::string_view> uids;
  for (std::size_t i = 0; i < reserved.size(); ++i) {
    const FieldPath item_path = reserved_path.Index(i);
    const Object& consumer = AsObject(reserved[i]);
    CheckRequiredText(consumer, "resource", item_path, out);
    CheckRequiredText(consumer, "name", item_path, out);
    if (CheckRequiredText(consumer, "uid", item_path, out) &&
        !uids.insert(TextOf(consumer, "uid")).second) {
      out.Duplicate(item_path, TextOf(consumer, "uid"));
    }
  }
  if (!IsSet(status, "allocation") && !reserved.empty()) {
    out.Forbidden(reserved_path, "may not be specified when `allocated` is not set");
  }
}

void ValidateResourceClaimTemplate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  const Object& meta = ObjectOf(spec, "metadata");
  const FieldPath meta_path = path.Child("metadata");
  CheckAnnotationMap(ObjectOf(meta, "annotations"), meta_path.Child("annotations"), out);
  CheckLabelMap(meta, "labels", meta_path, out);
  for (const auto& member : meta) {
    if (member.key() == "annotations" || member.key() == "labels" || member.value().is_null()) {
      continue;
    }
    out.Forbidden(meta_path.Child(member.key()), "cannot be set");
  }
  CheckClaimSpecOfDevices(ObjectOf(spec, "spec"), path.Child("spec"), out);
}

void ValidateResourceClaimTemplateUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateResourceClaimTemplate(object, out);
  CheckImmutableStruct("resource.ResourceClaimTemplateSpec", object, old, "spec", FieldPath(""),
                       out);
}

void ValidateDeviceClass(const Object& object, Violations& out) {
  CheckConfig(ObjectOf(object, "spec"), nullptr, FieldPath("spec"), out);
}

void ValidateDeviceClassUpdate(const Object& object, const Object&, Violations& out) {
  ValidateDeviceClass(object, out);
}

void ValidateResourceSlice(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  if (CheckRequiredText(spec, "driver", path, out)) {
    CheckDnsSubdomain(TextOf(spec, "driver"), path.Child("driver"), out);
  }
  CheckPool(spec, path, out);
  CheckNodeFields(spec, path, out);
  const Array& devices = ArrayOf(spec, "devices");
  const FieldPath devices_path = path.Child("devices");
  if (devices.size() > kDevicesMax) {
    out.TooMany(devices_path, devices.size(), kDevicesMax);
    return;
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    CheckDevice(AsObject(devices[i]), devices_path.Index(i), out);
    const std::string_view name = TextOf(devices[i], "name");
    if (!names.insert(name).second) out.Duplicate(devices_path.Index(i), name);
  }
}

void ValidateResourceSliceUpdate(const Object& object, const Object& old, Violations& out) {
  ValidateResourceSlice(object, out);
  const Object& spec = ObjectOf(object, "spec");
  const Object& old_spec = ObjectOf(old, "spec");
  const FieldPath path("spec");
  CheckImmutable(spec, old_spec, "driver", path, out);
  CheckImmutable(ObjectOf(spec, "pool"), ObjectOf(old_spec, "pool"), "name", path.Child("pool"),
                 out);
  CheckImmutable(spec, old_spec, "nodeName", path, out);
}

}  // namespace apiserver
