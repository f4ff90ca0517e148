// iSCSI volumes of pods and of PersistentVolumes, whose words differ. Source:
// kubernetes/pkg/apis/core/validation, 1.36.
#include <re2/re2.h>

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/volume_checks.h"

namespace apiserver {
namespace {

constexpr std::int64_t kLunMax = 255;
constexpr std::size_t kNameAndPortalMax = 64;
constexpr std::string_view kTooLong =
    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
    "iscsi.initiatorName is specified.";
constexpr std::string_view kBadForm = "must be valid format";
constexpr std::string_view kBadStart = "must be valid format starting with iqn, eui, or naa";

// An unnamed volume's colon counts, too.
bool IsTooLong(const Object& source, std::string_view volume_name) {
  return IsSet(source, "initiatorName") &&
         volume_name.size() + 1 + TextOf(source, "targetPortal").size() > kNameAndPortalMax;
}

// Requires: `name` starts with one of the three words.
bool IsWellFormed(std::string_view name) {
  static const RE2 kIqn(R"(iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$)");
  static const RE2 kEui("^eui.[[:alnum:]]{16}$");
  static const RE2 kNaa("^naa.[[:alnum:]]{32}$");
  const RE2& form = name.starts_with("iqn") ? kIqn : name.starts_with("eui") ? kEui : kNaa;
  return RE2::PartialMatch({name.data(), name.size()}, form);
}

void CheckName(std::string_view name, const FieldPath& path, VolumeOwner owner, Violations& out) {
  if (!name.starts_with("iqn") && !name.starts_with("eui") && !name.starts_with("naa")) {
    out.Invalid(path, name, owner == VolumeOwner::kPod ? kBadStart : kBadForm);
  } else if (!IsWellFormed(name)) {
    out.Invalid(path, name, kBadForm);
  }
}

}  // namespace

void CheckIscsi(const Object& source, VolumeOwner owner, std::string_view volume_name,
                const FieldPath& path, Violations& out) {
  CheckRequiredText(source, "targetPortal", path, out);
  const std::string_view portal = TextOf(source, "targetPortal");
  const bool has_initiator = IsSet(source, "initiatorName");
  if (owner == VolumeOwner::kPersistentVolume && IsTooLong(source, volume_name)) {
    out.Invalid(path.Child("targetportal"), portal, kTooLong);
  }
  if (CheckRequiredText(source, "iqn", path, out)) {
    CheckName(TextOf(source, "iqn"), path.Child("iqn"), owner, out);
  }
  const std::int64_t lun = IntOf(source, "lun");
  if (lun < 0 || lun > kLunMax) {
    out.Invalid(path.Child("lun"), lun, "must be between 0 and 255, inclusive");
  }
  const bool authenticates =
      FlagOf(source, "chapAuthDiscovery") || FlagOf(source, "chapAuthSession");
  if (authenticates && !IsSet(source, "secretRef")) out.Required(path.Child("secretRef"));
  if (owner == VolumeOwner::kPersistentVolume && IsSet(source, "secretRef")) {
    const FieldPath secret_path = path.Child("secretRef");
    CheckRequiredText(ObjectOf(source, "secretRef"), "name", secret_path, out);
  }
  if (has_initiator) {
    CheckName(TextOf(source, "initiatorName"), path.Child("initiatorname"), owner, out);
  }
}

void CheckIscsiVolumeName(const Object& source, std::string_view volume_name, const FieldPath& path,
                          Violations& out) {
  if (IsTooLong(source, volume_name)) out.Invalid(path, volume_name, kTooLong);
}

}  // namespace apiserver
