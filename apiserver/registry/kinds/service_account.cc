// ServiceAccounts. Source: kubernetes/pkg/registry/core/serviceaccount, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

// References to secrets keep only their name.
void CleanSecrets(Object& object) {
  ForEachObject(object, "secrets", [](Object& secret) {
    const std::string name(TextOf(secret, "name"));
    secret.clear();
    secret["name"] = name;
  });
}

void PrepareCreate(const StrategyContext&, Object& object) { CleanSecrets(object); }
void PrepareUpdate(const StrategyContext&, Object& object, const Object&) { CleanSecrets(object); }

// Who sets the annotation anew is warned.
void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  constexpr std::string_view kEnforce = "kubernetes.io/enforce-mountable-secrets";
  const auto has = [&](const Object& account) {
    return ObjectOf(ObjectOf(account, "metadata"), "annotations").contains(kEnforce);
  };
  if (has(object) && (old == nullptr || !has(*old))) {
    out.push_back("metadata.annotations[" + std::string(kEnforce) +
                  "]: deprecated in v1.32+; prefer separate namespaces to isolate access to "
                  "mounted secrets");
  }
}

}  // namespace

const KindRules kServiceAccountRules{.group = "",
                                     .resource = "serviceaccounts",
                                     .prepare_create = PrepareCreate,
                                     .prepare_update = PrepareUpdate,
                                     .warn = Warn,
                                     .update_metadata = UpdateMetadata::kUpdateAndCreate,
                                     .answers_deleted_object = true};

}  // namespace apiserver
