// LimitRanger: fills what LimitRanges give by default, and refuses what lies outside their bounds.
// Source: kubernetes/plugin/pkg/admission/limitranger, 1.36.
#include <algorithm>
#include <cstdio>
#include <map>

#include "apiserver/api/quantity.h"
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/store/store.h"

namespace apiserver {
namespace {

constexpr std::string_view kAnnotation = "kubernetes.io/limit-ranger";
using Amounts = std::map<std::string, Quantity>;

Amounts Read(const Object& list) {
  Amounts amounts;
  for (const auto& entry : list) {
    const auto parsed = Quantity::FromJson(entry.value());
    if (parsed.ok()) amounts[std::string(entry.key())] = *parsed;
  }
  return amounts;
}

void Add(Amounts& to, const Amounts& from) {
  for (const auto& [name, amount] : from) {
    const auto [entry, added] = to.emplace(name, amount);
    if (!added) entry->second += amount;
  }
}

void Raise(Amounts& to, const Amounts& from) {
  for (const auto& [name, amount] : from) {
    const auto [entry, added] = to.emplace(name, amount);
    if (!added) entry->second = std::max(entry->second, amount);
  }
}

// What a pod needs in all: the running containers, or the largest init container.
Amounts PodAmounts(const Object& spec, std::string_view list) {
  Amounts sum;
  for (const Value& container : ArrayOf(spec, "containers")) {
    Add(sum, Read(ObjectOf(ObjectOf(container, "resources"), list)));
  }
  Amounts sidecars;
  Amounts largest;
  for (const Value& container : ArrayOf(spec, "initContainers")) {
    Amounts own = Read(ObjectOf(ObjectOf(container, "resources"), list));
    if (TextOf(container, "restartPolicy") == "Always") {
      Add(sum, own);
      Add(sidecars, own);
      own = sidecars;
    } else {
      Add(own, sidecars);
    }
    Raise(largest, own);
  }
  Raise(sum, largest);
  for (const auto& [name, amount] : Read(ObjectOf(ObjectOf(spec, "resources"), list))) {
    sum[name] = amount;
  }
  return sum;
}

class Bounds {
 public:
  Bounds(std::string_view type, const Object& item) : type_(type), item_(item) {}

  // The sentences of all broken bounds.
  void Check(const Amounts& requests, const Amounts& limits, std::vector<std::string>& out) const {
    for (const auto& [name, enforced] : Read(ObjectOf(item_, "min"))) {
      CheckMin(name, enforced, requests, limits, out);
    }
    for (const auto& [name, enforced] : Read(ObjectOf(item_, "max"))) {
      CheckMax(name, enforced, requests, limits, out);
    }
    for (const auto& [name, enforced] : Read(ObjectOf(item_, "maxLimitRequestRatio"))) {
      CheckRatio(name, enforced, requests, limits, out);
    }
  }

  // Claims have requests only.
  void CheckRequests(const Amounts& requests, std::vector<std::string>& out) const {
    for (const auto& [name, enforced] : Read(ObjectOf(item_, "min"))) {
      CheckMin(name, enforced, requests, {}, out);
    }
    for (const auto& [name, enforced] : Read(ObjectOf(item_, "max"))) {
      const std::string head = Head("maximum", name, enforced);
      const auto request = requests.find(name);
      if (request == requests.end()) {
        out.push_back(head + ".  No request is specified");
      } else if (request->second > enforced) {
        out.push_back(head + ", but request is " + request->second.Text());
      }
    }
  }

 private:
  std::string Head(std::string_view which, const std::string& name,
                   const Quantity& enforced) const {
    return std::string(which) + " " + name + " usage per " + type_ + " is " + enforced.Text();
  }

  void CheckMin(const std::string& name, const Quantity& enforced, const Amounts& requests,
                const Amounts& limits, std::vector<std::string>& out) const {
    const std::string head = Head("minimum", name, enforced);
    const auto request = requests.find(name);
    const auto limit = limits.find(name);
    if (request == requests.end()) {
      out.push_back(head + ".  No request is specified");
    } else if (request->second < enforced) {
      out.push_back(head + ", but request is " + request->second.Text());
    } else if (limit != limits.end() && limit->second < enforced) {
      out.push_back(head + ", but limit is " + limit->second.Text());
    }
  }

  void CheckMax(const std::string& name, const Quantity& enforced, const Amounts& requests,
                const Amounts& limits, std::vector<std::string>& out) const {
    const std::string head = Head("maximum", name, enforced);
    const auto request = requests.find(name);
    const auto limit = limits.find(name);
    if (limit == limits.end()) {
      out.push_back(head + ".  No limit is specified");
    } else if (limit->second > enforced) {
      out.push_back(head + ", but limit is " + limit->second.Text());
    } else if (request != requests.end() && request->second > enforced) {
      out.push_back(head + ", but request is " + request->second.Text());
    }
  }

  void CheckRatio(const std::string& name, const Quantity& enforced, const Amounts& requests,
                  const Amounts& limits, std::vector<std::string>& out) const {
    const std::string head =
        name + " max limit to request ratio per " + type_ + " is " + enforced.Text();
    const auto request = requests.find(name);
    const auto limit = limits.find(name);
    if (request == requests.end() || request->second.is_zero()) {
      out.push_back(head + ", but no request is specified or request is 0");
    } else if (limit == limits.end() || limit->second.is_zero()) {
      out.push_back(head + ", but no limit is specified or limit is 0");
    } else {
      const double ratio = limit->second.AsDouble() / request->second.AsDouble();
      if (ratio <= enforced.AsDouble()) return;
      char text[64];
      std::snprintf(text, sizeof text, "%f", ratio);
      out.push_back(head + ", but provided ratio is " + text);
    }
  }

  std::string type_;
  const Object& item_;
};

void FillList(Object& resources, std::string_view list, const Object& defaults,
              std::vector<std::string>& filled) {
  for (const auto& entry : defaults) {
    Object& amounts = EnsureObject(resources, list);
    if (amounts.contains(entry.key())) continue;
    amounts[entry.key()] = entry.value();
    filled.emplace_back(entry.key());
  }
  std::sort(filled.begin(), filled.end());
}

void FillPod(Object& pod, const Object& limits, const Object& requests) {
  std::vector<std::string> notes;
  Object& spec = EnsureObject(pod, "spec");
  for (const auto& [list, what] :
       {std::pair{"containers", "container"}, std::pair{"initContainers", "init container"}}) {
    ForEachObject(spec, list, [&, what = what](Object& container) {
      Object& resources = EnsureObject(container, "resources");
      std::vector<std::string> set_limits;
      std::vector<std::string> set_requests;
      FillList(resources, "limits", limits, set_limits);
      FillList(resources, "requests", requests, set_requests);
      const std::string tail =
          std::string(" for ") + what + " " + std::string(TextOf(container, "name"));
      if (!set_requests.empty()) notes.push_back(JoinTexts(set_requests, ", ") + " request" + tail);
      if (!set_limits.empty()) notes.push_back(JoinTexts(set_limits, ", ") + " limit" + tail);
    });
  }
  if (notes.empty()) return;
  EnsureObject(EnsureObject(pod, "metadata"), "annotations")[kAnnotation] =
      "LimitRanger plugin set: " + JoinTexts(notes, "; ");
}

// Upstream shows one message plainly and several in brackets.
std::string Aggregate(const std::vector<std::string>& messages) {
  return messages.size() == 1 ? messages[0] : "[" + JoinTexts(messages, ", ") + "]";
}

class LimitRanger final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "", "pods") || request.operation != Operation::kCreate) {
      return std::nullopt;
    }
    VisitItems(request, [&](const Value& range) {
      Object limits;
      Object requests;
      for (const Value& item : ArrayOf(ObjectOf(range, "spec"), "limits")) {
        if (TextOf(item, "type") != "Container") continue;
        for (const auto& entry : ObjectOf(item, "default")) limits[entry.key()] = entry.value();
        for (const auto& entry : ObjectOf(item, "defaultRequest")) {
          requests[entry.key()] = entry.value();
        }
      }
      if (!limits.empty() || !requests.empty()) FillPod(object->get_object(), limits, requests);
    });
    return std::nullopt;
  }

  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override {
    const bool is_pod = IsWriteOf(request, "", "pods") && request.operation == Operation::kCreate;
    const bool is_claim = IsWriteOf(request, "", "persistentvolumeclaims");
    if (!is_pod && !is_claim) return std::nullopt;
    std::optional<ApiError> refused;
    VisitItems(request, [&](const Value& range) {
      if (refused) return;
      std::vector<std::string> problems;
      for (const Value& item : ArrayOf(ObjectOf(range, "spec"), "limits")) {
        CheckItem(AsObject(item), is_pod, ObjectOf(*object, "spec"), problems);
      }
      if (!problems.empty()) refused = AdmissionForbidden(request, object, Aggregate(problems));
    });
    return refused;
  }

 private:
  template <class Visit>
  static void VisitItems(const AdmissionRequest& request, Visit visit) {
    StoreRange range;
    range.namespace_ = request.namespace_;
    request.context.store.Visit({"", "limitranges"}, range, [&](const ObjectPtr& object) {
      visit(*object->Peek());
      return true;
    });
  }

  static void CheckItem(const Object& item, bool is_pod, const Object& spec,
                        std::vector<std::string>& out) {
    const std::string_view type = TextOf(item, "type");
    const Bounds bounds(type, item);
    if (!is_pod) {
      if (type == "PersistentVolumeClaim") {
        bounds.CheckRequests(Read(ObjectOf(ObjectOf(spec, "resources"), "requests")), out);
      }
      return;
    }
    if (type == "Container") {
      for (std::string_view list : {"containers", "initContainers"}) {
        for (const Value& container : ArrayOf(spec, list)) {
          const Object& resources = ObjectOf(container, "resources");
          bounds.Check(Read(ObjectOf(resources, "requests")), Read(ObjectOf(resources, "limits")),
                       out);
        }
      }
    } else if (type == "Pod") {
      bounds.Check(PodAmounts(spec, "requests"), PodAmounts(spec, "limits"), out);
    }
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakeLimitRanger() { return std::make_unique<LimitRanger>(); }

}  // namespace apiserver
