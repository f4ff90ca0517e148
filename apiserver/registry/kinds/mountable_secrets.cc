#include "apiserver/registry/kinds/mountable_secrets.h"

#include <set>

#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

using Names = std::set<std::string_view>;

Names NamesIn(const Object& account, std::string_view list) {
  Names names;
  for (const Value& reference : ArrayOf(account, list)) names.insert(TextOf(reference, "name"));
  return names;
}

std::string Refusal(const std::string& what, std::string_view secret, const Object& account) {
  return what + "secret.secretName=\"" + std::string(secret) +
         "\" is not allowed because service account " +
         std::string(TextOf(ObjectOf(account, "metadata"), "name")) +
         " does not reference that secret";
}

std::string ContainerProblem(const Object& account, const Names& allowed, const Object& spec,
                             std::string_view list, const std::string& word) {
  for (const Value& container : ArrayOf(spec, list)) {
    const std::string who = word + " " + std::string(TextOf(container, "name")) + " with ";
    for (const Value& variable : ArrayOf(container, "env")) {
      const Object& from = ObjectOf(variable, "valueFrom");
      const std::string_view secret = TextOf(ObjectOf(from, "secretKeyRef"), "name");
      if (!IsSet(from, "secretKeyRef") || allowed.contains(secret)) continue;
      return Refusal(who + "envVar " + std::string(TextOf(variable, "name")) + " referencing ",
                     secret, account);
    }
    for (const Value& from : ArrayOf(container, "envFrom")) {
      const std::string_view secret = TextOf(ObjectOf(from, "secretRef"), "name");
      if (!IsSet(from, "secretRef") || allowed.contains(secret)) continue;
      return Refusal(who + "envFrom referencing ", secret, account);
    }
  }
  return {};
}

}  // namespace

bool EnforcesMountableSecrets(const Object& account) {
  const std::string_view text = TextOf(ObjectOf(ObjectOf(account, "metadata"), "annotations"),
                                       "kubernetes.io/enforce-mountable-secrets");
  // strconv.ParseBool's words for true.
  return text == "1" || text == "t" || text == "T" || text == "true" || text == "TRUE" ||
         text == "True";
}

std::string SecretReferenceProblem(const Object& account, const Object& spec) {
  const Names allowed = NamesIn(account, "secrets");
  for (const Value& volume : ArrayOf(spec, "volumes")) {
    if (!IsSet(volume, "secret")) continue;
    const std::string_view secret = TextOf(ObjectOf(volume, "secret"), "secretName");
    if (!allowed.contains(secret)) return Refusal("volume with ", secret, account);
  }
  std::string problem =
      ContainerProblem(account, allowed, spec, "initContainers", "init container");
  if (problem.empty()) {
    problem = ContainerProblem(account, allowed, spec, "containers", "container");
  }
  if (!problem.empty()) return problem;
  const Names pull_secrets = NamesIn(account, "imagePullSecrets");
  std::size_t index = 0;
  for (const Value& reference : ArrayOf(spec, "imagePullSecrets")) {
    const std::string_view name = TextOf(reference, "name");
    const std::string place = "imagePullSecrets[" + std::to_string(index++) + "].name=\"";
    if (pull_secrets.contains(name)) continue;
    return place + std::string(name) + "\" is not allowed because service account " +
           std::string(TextOf(ObjectOf(account, "metadata"), "name")) +
           " does not reference that imagePullSecret";
  }
  return {};
}

std::string EphemeralReferenceProblem(const Object& account, const Object& spec) {
  return ContainerProblem(account, NamesIn(account, "secrets"), spec, "ephemeralContainers",
                          "ephemeral container");
}

}  // namespace apiserver
