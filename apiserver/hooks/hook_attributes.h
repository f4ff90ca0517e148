// A request as webhooks and policies see it: its objects in the group-version that a rule is about.
//
// Threads: the kernel's only.
#pragma once

#include <optional>

#include "apiserver/hooks/hook_rules.h"
#include "apiserver/registry/admission.h"
#include "apiserver/registry/call.h"

namespace apiserver {

class HookAttributes {
 public:
  // Requires: request.call is set; everything outlives this. `object` is null for deletions.
  HookAttributes(const AdmissionRequest& request, const Value* object);

  // As the client addressed it.
  const HookTarget& target() const { return target_; }
  const AdmissionRequest& request() const { return request_; }
  const Value* object() const { return object_; }  // as stored

  // One group-version in which a rule matched.
  struct Match {
    GroupVersionResource resource;
    GroupVersionKind kind;
    const ApiResource* served = nullptr;
  };
  // The version in which one of `rules` matches: the client's own before others, which count only
  // if `allows_equivalent`. Nothing: none.
  std::optional<Match> FindMatch(const std::vector<HookRule>& rules, bool allows_equivalent) const;
  // The client's own version.
  Match own() const;

  // Whether the labels of the namespace are taken; always for what lies in none.
  bool NamespaceMatches(const LabelSelector& selector) const;
  // The namespace that holds the object, or null.
  ObjectPtr FindNamespace() const;

  // `value`, which is as the request works with it, as `match` shows it; as it is when a conversion
  // webhook fails or is still to answer.
  Value Shown(const Match& match, const Value& value) const;
  // Something shown still waits for a conversion webhook: nobody may be asked about it yet.
  bool awaits_conversion() const;
  // Takes `shown` as the new state of `object`.
  void Take(const Match& match, Value shown, Value& object) const;
  // The objects of subresources such as evictions are not converted.
  bool is_own_kind(const Match& match) const;

  // CreateOptions and their like, as the client gave them.
  Value Options() const;

 private:
  GroupVersionKind KindIn(const ApiResource& served) const;
  ApiResult<Value> Converted(const Value& value, const ApiResource& target) const;

  const AdmissionRequest& request_;
  const Value* object_;
  const ApiResource& resource_;
  HookTarget target_;
};

std::string_view OperationText(Operation operation);

}  // namespace apiserver
