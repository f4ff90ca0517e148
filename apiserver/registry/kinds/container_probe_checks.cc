// Probes, hooks and resources of containers.
#include <algorithm>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/container_checks.h"
#include "apiserver/registry/kinds/resource_names.h"

namespace apiserver {
namespace {

void CheckHttpGet(const Object& http, const FieldPath& path, Violations& out) {
  if (TextOf(http, "path").empty()) out.Required(path.Child("path"));
  const Value* port = http.if_contains("port");
  CheckPort(port == nullptr ? Value(0) : *port, path.Child("port"), out);
  CheckOneOf(TextOf(http, "scheme"), {"HTTP", "HTTPS"}, path.Child("scheme"), out);
  for (const Value& header : ArrayOf(http, "httpHeaders")) {
    const std::string_view name = TextOf(header, "name");
    out.InvalidEach(path.Child("httpHeaders"), name, CheckHttpHeaderName(name));
  }
}

void CheckSleep(const Object& sleep, const PodFacts& pod, const FieldPath& path, Violations& out) {
  const std::int64_t seconds = IntOf(sleep, "seconds");
  if (!pod.grace_seconds || (seconds >= 0 && seconds <= *pod.grace_seconds)) return;
  out.Invalid(path, seconds,
              "must be non-negative and less than terminationGracePeriodSeconds (" +
                  std::to_string(*pod.grace_seconds) + ")");
}

void CheckOneHandler(std::string_view kind, const Object& action, const PodFacts& pod,
                     const FieldPath& path, Violations& out) {
  if (kind == "exec") {
    if (ArrayOf(action, "command").empty()) out.Required(path.Child("command"));
  } else if (kind == "httpGet") {
    CheckHttpGet(action, path, out);
  } else if (kind == "sleep") {
    CheckSleep(action, pod, path, out);
  } else {
    const Value* port = action.if_contains("port");
    CheckPort(port == nullptr ? Value(0) : *port, path.Child("port"), out);
  }
}

void CheckHandler(const Object& handler, const PodFacts& pod, const FieldPath& path,
                  Violations& out) {
  bool found = false;
  for (std::string_view kind : {"exec", "httpGet", "tcpSocket", "grpc", "sleep"}) {
    if (!IsSet(handler, kind)) continue;
    const FieldPath kind_path = path.Child(kind);
    if (found) {
      out.Forbidden(kind_path, "may not specify more than 1 handler type");
    } else {
      found = true;
      CheckOneHandler(kind, ObjectOf(handler, kind), pod, kind_path, out);
    }
  }
  if (!found) out.Required(path, "must specify a handler type");
}

void CheckProbe(const Object& probe, const PodFacts& pod, const FieldPath& path, Violations& out) {
  CheckHandler(probe, pod, path, out);
  for (std::string_view name : {"initialDelaySeconds", "timeoutSeconds", "periodSeconds",
                                "successThreshold", "failureThreshold"}) {
    CheckNonNegative(probe, name, path, out);
  }
  if (IsSet(probe, "terminationGracePeriodSeconds") &&
      IntOf(probe, "terminationGracePeriodSeconds") <= 0) {
    out.Invalid(path.Child("terminationGracePeriodSeconds"),
                probe.at("terminationGracePeriodSeconds"), "must be greater than 0");
  }
}

// Page sizes are powers of two in bytes, as their names say.
bool IsWholePages(std::string_view name, const Quantity& amount) {
  const auto page = Quantity::Parse(name.substr(std::string_view("hugepages-").size()));
  if (!page.ok() || page->sign() <= 0) return true;
  return amount.value() % page->value() == 0;
}

void CheckHugePages(std::string_view name, const Quantity& amount, const FieldPath& path,
                    Violations& out) {
  if (IsWholePages(name, amount)) return;
  out.Invalid(path, amount.Text(),
              amount.Text() + " is not positive integer multiple of " + std::string(name));
}

void CheckRequestAgainstLimit(std::string_view name, const Quantity& amount, const Object& limits,
                              const FieldPath& path, Violations& out) {
  const Value* limit_value = limits.if_contains(name);
  if (limit_value == nullptr) {
    if (!AllowsOvercommit(name)) {
      out.Required(path.Child("limits"), "Limit must be set for non overcommitable resources");
    }
    return;
  }
  const auto limit = Quantity::FromJson(*limit_value);
  if (!limit.ok()) return;
  const std::string shown(name);
  if (amount != *limit && !AllowsOvercommit(name)) {
    out.Invalid(path.Child("requests"), amount.Text(),
                "must be equal to " + shown + " limit of " + limit->Text());
  } else if (amount > *limit) {
    out.Invalid(path.Child("requests"), amount.Text(),
                "must be less than or equal to " + shown + " limit of " + limit->Text());
  }
}

void CheckClaims(const Object& requirements, const PodFacts* pod, const FieldPath& path,
                 Violations& out) {
  const FieldPath claims_path = path.Child("claims");
  std::set<std::string> names;
  std::size_t index = 0;
  for (const Value& claim : ArrayOf(requirements, "claims")) {
    const FieldPath claim_path = claims_path.Index(index++);
    const std::string name(TextOf(claim, "name"));
    const std::string_view request = TextOf(claim, "request");
    if (name.empty()) {
      out.Required(claim_path);
      continue;
    }
    if (names.contains(name)) {
      out.Duplicate(claim_path, name);
    } else {
      if (!request.empty()) CheckDnsLabel(request, claim_path.Child("request"), out);
      const std::string key = request.empty() ? name : name + "/" + std::string(request);
      const bool covers_part =
          request.empty() && std::any_of(names.begin(), names.end(), [&](const std::string& other) {
            return other.starts_with(name + "/");
          });
      if (names.contains(key) || covers_part) out.Duplicate(claim_path, key);
      names.insert(key);
    }
    if (pod != nullptr && pod->claim_names.contains(name)) continue;
    std::string detail = "must be one of the names in pod.spec.resourceClaims";
    if (pod == nullptr || pod->claim_names.empty()) {
      detail += " which is empty";
    } else {
      detail += ": ";
      std::string list;
      for (std::string_view known : pod->claim_names) {
        if (!list.empty()) list += ", ";
        list += known;
      }
      detail += list;
    }
    FieldError error = FieldNotFound(claim_path.Text(), Value(name));
    error.text += ": " + detail;
    out.Append({std::move(error)});
  }
}

}  // namespace

void CheckProbes(const Object& container, const PodFacts& pod, const FieldPath& path,
                 Violations& out) {
  for (std::string_view name : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    if (!IsSet(container, name)) continue;
    const FieldPath probe_path = path.Child(name);
    const Object& probe = ObjectOf(container, name);
    CheckProbe(probe, pod, probe_path, out);
    if (name == "readinessProbe") {
      if (IsSet(probe, "terminationGracePeriodSeconds")) {
        out.Invalid(probe_path.Child("terminationGracePeriodSeconds"),
                    probe.at("terminationGracePeriodSeconds"),
                    "must not be set for readinessProbes");
      }
    } else if (IntOf(probe, "successThreshold") != 1) {
      out.Invalid(probe_path.Child("successThreshold"), IntOf(probe, "successThreshold"),
                  "must be 1");
    }
  }
}

void CheckLifecycle(const Object& lifecycle, const PodFacts& pod, const FieldPath& path,
                    Violations& out) {
  for (std::string_view hook : {"postStart", "preStop"}) {
    if (IsSet(lifecycle, hook)) CheckHandler(ObjectOf(lifecycle, hook), pod, path.Child(hook), out);
  }
}

void CheckResourceRequirements(const Object& requirements, const PodFacts* pod,
                               const FieldPath& path, Violations& out,
                               ResourceNameCheck check_name) {
  if (requirements.empty()) return;
  const Object& limits = ObjectOf(requirements, "limits");
  bool has_compute = false;
  bool has_pages = false;
  for (std::string_view list : {"limits", "requests"}) {
    const FieldPath list_path = path.Child(list);
    for (const auto& entry : ObjectOf(requirements, list)) {
      const std::string_view name = entry.key();
      const FieldPath entry_path = list_path.Key(name);
      check_name(name, entry_path, out);
      CheckResourceQuantity(name, entry.value(), entry_path, out);
      const auto amount = Quantity::FromJson(entry.value());
      if (!amount.ok()) continue;
      if (list == "requests") CheckRequestAgainstLimit(name, *amount, limits, path, out);
      if (IsHugePages(name)) {
        has_pages = true;
        CheckHugePages(name, *amount, entry_path, out);
      }
      if (name == "cpu" || name == "memory") has_compute = true;
    }
  }
  if (has_pages && !has_compute) out.Forbidden(path, "HugePages require cpu or memory");
  CheckClaims(requirements, pod, path, out);
}

}  // namespace apiserver
