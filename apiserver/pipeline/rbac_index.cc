#include "apiserver/pipeline/rbac_index.h"

#include "apiserver/api/go_text.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";
constexpr std::string_view kAccountPrefix = "system:serviceaccount:";

bool IsRole(const GroupResource& resource) {
  return resource.resource == "roles" || resource.resource == "clusterroles";
}

bool IsBinding(const GroupResource& resource) {
  return resource.resource == "rolebindings" || resource.resource == "clusterrolebindings";
}

RbacBinding ReadBinding(const StoredObject& object) {
  const std::shared_ptr<const Value> value = object.Peek();
  RbacBinding binding{object.meta().name,
                      object.meta().namespace_,
                      std::string(TextAt(*value, {"roleRef", "kind"})),
                      std::string(TextAt(*value, {"roleRef", "name"})),
                      {}};
  const Value* subjects = Find(*value, "subjects");
  if (subjects == nullptr || !subjects->is_array()) return binding;
  for (const Value& subject : subjects->get_array()) {
    binding.subjects.push_back({std::string(TextAt(subject, {"kind"})),
                                std::string(TextAt(subject, {"name"})),
                                std::string(TextAt(subject, {"namespace"}))});
  }
  return binding;
}

// The user that a subject of kind ServiceAccount means: without a namespace the binding's.
std::string AccountUser(const RbacBinding& binding, const RbacSubject& subject) {
  const std::string& space = subject.namespace_.empty() ? binding.namespace_ : subject.namespace_;
  if (space.empty()) return {};
  return std::string(kAccountPrefix) + space + ":" + subject.name;
}

bool Applies(const UserInfo& user, const RbacBinding& binding, const RbacSubject& subject) {
  if (subject.kind == "User") return user.name == subject.name;
  if (subject.kind == "Group") return user.Is(subject.name);
  return subject.kind == "ServiceAccount" && user.name.starts_with(kAccountPrefix) &&
         user.name == AccountUser(binding, subject);
}

}  // namespace

RbacIndex::RbacIndex(Store& store) : store_(store) {
  store_.AddObserver([this](const ChangePtr& change) {
    if (is_loaded_ && change->resource.group == kGroup) OnChange(*change);
  });
}

// At the first question, for what was restored from a file was never committed.
void RbacIndex::Load() {
  if (is_loaded_) return;
  is_loaded_ = true;
  for (const char* resource : {"roles", "clusterroles"}) {
    store_.Visit({std::string(kGroup), resource}, {}, [&](const ObjectPtr& object) {
      roles_[object->key()] = ReadPolicyRules(*object->Peek());
      return true;
    });
  }
  for (const char* resource : {"rolebindings", "clusterrolebindings"}) {
    store_.Visit({std::string(kGroup), resource}, {}, [&](const ObjectPtr& object) {
      SetBinding(*object);
      return true;
    });
  }
}

void RbacIndex::OnChange(const Change& change) {
  const ObjectKey key = change.object->key();
  const bool is_gone = change.type == ChangeType::kDeleted;
  if (IsRole(change.resource)) {
    if (is_gone) {
      roles_.erase(key);
    } else {
      roles_[key] = ReadPolicyRules(*change.object->Peek());
    }
  } else if (IsBinding(change.resource)) {
    EraseBinding(key);
    if (!is_gone) SetBinding(*change.object);
  }
}

void RbacIndex::SetBinding(const StoredObject& object) {
  RbacBinding binding = ReadBinding(object);
  for (const RbacSubject& subject : binding.subjects) {
    const bool is_group = subject.kind == "Group";
    const std::string name =
        subject.kind == "ServiceAccount" ? AccountUser(binding, subject) : subject.name;
    (is_group ? of_group_ : of_user_)[name][binding.namespace_].insert(binding.name);
  }
  bindings_[binding.namespace_][object.meta().name] = std::move(binding);
}

void RbacIndex::EraseBinding(const ObjectKey& key) {
  const auto space = bindings_.find(key.namespace_);
  if (space == bindings_.end()) return;
  const auto found = space->second.find(key.name);
  if (found == space->second.end()) return;
  const RbacBinding& binding = found->second;
  for (const RbacSubject& subject : binding.subjects) {
    auto& index = subject.kind == "Group" ? of_group_ : of_user_;
    const auto entry =
        index.find(subject.kind == "ServiceAccount" ? AccountUser(binding, subject) : subject.name);
    if (entry == index.end()) continue;
    const auto names = entry->second.find(key.namespace_);
    if (names == entry->second.end()) continue;
    names->second.erase(key.name);
    if (names->second.empty()) entry->second.erase(names);
    if (entry->second.empty()) index.erase(entry);
  }
  space->second.erase(found);
}

const std::vector<PolicyRule>* RbacIndex::FindRole(std::string_view kind,
                                                   const std::string& namespace_,
                                                   const std::string& name) {
  Load();
  const auto found = roles_.find({kind == "Role" ? namespace_ : std::string(), name});
  return found == roles_.end() ? nullptr : &found->second;
}

bool RbacIndex::VisitNamespace(const UserInfo& user, const std::string& namespace_,
                               const std::function<bool(const Visit&)>& visit) {
  const auto space = bindings_.find(namespace_);
  if (space == bindings_.end()) return true;
  std::set<std::string_view> names;
  const auto collect = [&](const std::map<std::string, ByNamespace, std::less<>>& index,
                           const std::string& subject) {
    const auto entry = index.find(subject);
    if (entry == index.end()) return;
    const auto found = entry->second.find(namespace_);
    if (found != entry->second.end()) names.insert(found->second.begin(), found->second.end());
  };
  collect(of_user_, user.name);
  for (const std::string& group : user.groups) collect(of_group_, group);
  for (const std::string_view name : names) {
    const RbacBinding& binding = space->second.find(name)->second;
    const RbacSubject* subject = nullptr;
    for (const RbacSubject& each : binding.subjects) {
      if (subject == nullptr && Applies(user, binding, each)) subject = &each;
    }
    if (subject == nullptr) continue;
    const auto* rules = FindRole(binding.role_kind, namespace_, binding.role_name);
    if (rules == nullptr) {
      const std::string kind = binding.role_kind == "Role" ? "role" : "clusterrole";
      const ApiError missing = NotFoundError({std::string(kGroup), kind}, binding.role_name);
      if (!visit({binding, *subject, nullptr, missing.message})) return false;
      continue;
    }
    for (const PolicyRule& rule : *rules) {
      if (!visit({binding, *subject, &rule})) return false;
    }
  }
  return true;
}

void RbacIndex::VisitRules(const UserInfo& user, const std::string& namespace_,
                           const std::function<bool(const Visit&)>& visit) {
  Load();
  if (!VisitNamespace(user, "", visit) || namespace_.empty()) return;
  VisitNamespace(user, namespace_, visit);
}

std::string DescribeGrant(const RbacBinding& binding, const RbacSubject& subject) {
  const bool is_cluster = binding.namespace_.empty();
  std::string name = binding.name;
  if (!is_cluster) name += "/" + binding.namespace_;
  std::string who = subject.name;
  if (subject.kind == "ServiceAccount") {
    who += "/" + (subject.namespace_.empty() ? binding.namespace_ : subject.namespace_);
  }
  return std::string(is_cluster ? "ClusterRoleBinding " : "RoleBinding ") + GoQuote(name) + " of " +
         binding.role_kind + " " + GoQuote(binding.role_name) + " to " + subject.kind + " " +
         GoQuote(who);
}

}  // namespace apiserver
