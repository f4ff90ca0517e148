// Roles and bindings as authorization needs them: parsed once, found by subject.
//
// Invariants:
// (1) What is said here is what the store holds: every commit is taken in before the next request.
// (2) A question looks only at bindings that name the user or one of its groups.
// Source: kubernetes/pkg/registry/rbac/validation/rule.go. Threads: the kernel's only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/policy_rule.h"
#include "apiserver/api/request.h"
#include "apiserver/store/store.h"

namespace apiserver {

struct RbacSubject {
  std::string kind;  // User, Group, ServiceAccount
  std::string name;
  std::string namespace_;
};

// A RoleBinding, or with namespace_ "" a ClusterRoleBinding.
struct RbacBinding {
  std::string name;
  std::string namespace_;
  std::string role_kind;
  std::string role_name;
  std::vector<RbacSubject> subjects;
};

class RbacIndex {
 public:
  // `store` outlives the index.
  explicit RbacIndex(Store& store);
  RbacIndex(const RbacIndex&) = delete;
  RbacIndex& operator=(const RbacIndex&) = delete;

  // A rule that holds for the user, with its binding and the subject in it; or what is wrong with a
  // binding.
  struct Visit {
    const RbacBinding& binding;
    const RbacSubject& subject;
    const PolicyRule* rule = nullptr;
    std::string error{};
  };
  // Visits cluster-wide rules, then those of `namespace_` if it is not "", in order of their
  // bindings' names, until `visit` returns false.
  void VisitRules(const UserInfo& user, const std::string& namespace_,
                  const std::function<bool(const Visit&)>& visit);

  // The rules of the Role (`namespace_` is its binding's) or ClusterRole, or nullptr.
  const std::vector<PolicyRule>* FindRole(std::string_view kind, const std::string& namespace_,
                                          const std::string& name);

 private:
  using Bindings = std::map<std::string, RbacBinding, std::less<>>;  // by name
  using Names = std::set<std::string, std::less<>>;
  using ByNamespace = std::map<std::string, Names, std::less<>>;

  void Load();
  void OnChange(const Change& change);
  void SetBinding(const StoredObject& object);
  void EraseBinding(const ObjectKey& key);
  bool VisitNamespace(const UserInfo& user, const std::string& namespace_,
                      const std::function<bool(const Visit&)>& visit);

  Store& store_;
  bool is_loaded_ = false;
  std::map<ObjectKey, std::vector<PolicyRule>> roles_;  // ClusterRoles have namespace ""
  std::map<std::string, Bindings, std::less<>> bindings_;
  std::map<std::string, ByNamespace, std::less<>> of_user_;  // service accounts by user name
  std::map<std::string, ByNamespace, std::less<>> of_group_;
};

// `RoleBinding "b/ns" of Role "r" to User "jane"`
std::string DescribeGrant(const RbacBinding& binding, const RbacSubject& subject);

}  // namespace apiserver
