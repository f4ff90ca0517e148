// ServiceAccount: every pod runs as one, and mounts its token unless told not to.
// Source: kubernetes/plugin/pkg/admission/serviceaccount, 1.36.
#include <set>

#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/mountable_secrets.h"
#include "sim/random.h"

namespace apiserver {
namespace {

constexpr std::string_view kMirror = "kubernetes.io/config.mirror";
constexpr std::string_view kVolumePrefix = "kube-api-access-";
constexpr std::string_view kMountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
// An hour and a bit, so that a refresh at 80 % never sees an expired token.
constexpr std::int64_t kTokenSeconds = 3607;
constexpr std::size_t kSuffixLength = 5;

bool ShouldMount(const Object& spec, const Object& account) {
  constexpr std::string_view kName = "automountServiceAccountToken";
  if (IsSet(spec, kName)) return FlagOf(spec, kName);
  if (IsSet(account, kName)) return FlagOf(account, kName);
  return true;
}

Value TokenVolume(std::string_view name) {
  return {
      {"name", name},
      {"projected",
       {{"sources",
         Array{{{"serviceAccountToken", {{"expirationSeconds", kTokenSeconds}, {"path", "token"}}}},
               {{"configMap",
                 {{"name", "kube-root-ca.crt"},
                  {"items", Array{{{"key", "ca.crt"}, {"path", "ca.crt"}}}}}}},
               {{"downwardAPI",
                 {{"items",
                   Array{{{"path", "namespace"},
                          {"fieldRef",
                           {{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}}}}}}}}}}},
        {"defaultMode", 420}}}};
}

// Whether any container lacked the mount.
bool MountEverywhere(Object& spec, std::string_view volume) {
  bool added = false;
  for (std::string_view list : {"initContainers", "containers"}) {
    ForEachObject(spec, list, [&](Object& container) {
      for (const Value& mount : ArrayOf(container, "volumeMounts")) {
        if (TextOf(mount, "mountPath") == kMountPath) return;
      }
      Value& mounts = container["volumeMounts"];
      if (!mounts.is_array()) mounts.emplace_array();
      mounts.get_array().push_back(
          {{"name", volume}, {"readOnly", true}, {"mountPath", kMountPath}});
      added = true;
    });
  }
  return added;
}

void MountToken(const StrategyContext& context, Object& spec) {
  std::set<std::string_view> names;
  for (const Value& volume : ArrayOf(spec, "volumes")) {
    const std::string_view name = TextOf(volume, "name");
    names.insert(name);
    if (name.starts_with(kVolumePrefix)) {
      const std::string kept(name);
      MountEverywhere(spec, kept);
      return;
    }
  }
  std::string name;
  do {
    name = std::string(kVolumePrefix) + context.random.Name(kSuffixLength);
  } while (names.contains(name));
  if (!MountEverywhere(spec, name)) return;
  Value& volumes = spec["volumes"];
  if (!volumes.is_array()) volumes.emplace_array();
  volumes.get_array().push_back(TokenVolume(name));
}

std::string_view MirrorProblem(const Object& spec) {
  if (!TextOf(spec, "serviceAccountName").empty()) {
    return "a mirror pod may not reference service accounts";
  }
  for (const Value& volume : ArrayOf(spec, "volumes")) {
    if (IsSet(volume, "secret")) return "a mirror pod may not reference secrets";
    for (const Value& source : ArrayOf(ObjectOf(volume, "projected"), "sources")) {
      if (IsSet(source, "serviceAccountToken")) {
        return "a mirror pod may not use ServiceAccountToken volume projections";
      }
    }
  }
  return {};
}

class ServiceAccountAdmission final : public AdmissionPlugin {
 public:
  std::optional<ApiError> Admit(const AdmissionRequest& request, Value* object) override {
    if (!IsWriteOf(request, "", "pods") || request.operation != Operation::kCreate) {
      return std::nullopt;
    }
    Object& pod = object->get_object();
    Object& spec = EnsureObject(pod, "spec");
    if (ObjectOf(ObjectOf(pod, "metadata"), "annotations").contains(kMirror)) {
      const std::string_view problem = MirrorProblem(spec);
      if (problem.empty()) return std::nullopt;
      return AdmissionForbidden(request, object, problem);
    }
    FillText(spec, "serviceAccountName", "default");
    const std::string name(TextOf(spec, "serviceAccountName"));
    spec["serviceAccount"] = name;
    const std::string owner(request.namespace_);
    const auto account = FindObject(request, {"", "serviceaccounts"}, {owner, name});
    if (account == nullptr) {
      return AdmissionForbidden(request, object,
                                "error looking up service account " + owner + "/" + name +
                                    ": serviceaccount \"" + name + "\" not found");
    }
    if (ShouldMount(spec, AsObject(*account))) MountToken(request.context, spec);
    if (ArrayOf(spec, "imagePullSecrets").empty()) {
      const Array& secrets = ArrayOf(*account, "imagePullSecrets");
      if (!secrets.empty()) spec["imagePullSecrets"] = secrets;
    }
    return std::nullopt;
  }

  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override {
    const bool is_pod = request.resource == GroupResource{"", "pods"};
    const bool is_creation =
        is_pod && IsWriteOf(request, "", "pods") && request.operation == Operation::kCreate;
    const bool is_ephemeral = is_pod && request.operation == Operation::kUpdate &&
                              request.context.info.subresource == "ephemeralcontainers";
    if (!is_creation && !is_ephemeral) return std::nullopt;
    const Object& spec = ObjectOf(*object, "spec");
    const auto account = FindObject(
        request, {"", "serviceaccounts"},
        {std::string(request.namespace_), std::string(TextOf(spec, "serviceAccountName"))});
    if (account == nullptr || !EnforcesMountableSecrets(AsObject(*account))) return std::nullopt;
    const std::string problem = is_ephemeral ? EphemeralReferenceProblem(AsObject(*account), spec)
                                             : SecretReferenceProblem(AsObject(*account), spec);
    if (problem.empty()) return std::nullopt;
    return AdmissionForbidden(request, object, problem);
  }
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakeServiceAccountAdmission() {
  return std::make_unique<ServiceAccountAdmission>();
}

}  // namespace apiserver
