#include "apiserver/registry/kinds/pod_template.h"

#include "apiserver/api/label_selector.h"
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_defaults.h"
#include "apiserver/registry/kinds/pod_spec.h"
#include "apiserver/registry/kinds/pod_warnings.h"

namespace apiserver {

void CheckPodTemplate(const Object& pod_template, const FieldPath& path, Violations& out) {
  const Object& meta = ObjectOf(pod_template, "metadata");
  const Object& spec = ObjectOf(pod_template, "spec");
  const Object& annotations = ObjectOf(meta, "annotations");
  CheckLabelMap(meta, "labels", path, out);
  const FieldPath annotations_path = path.Child("annotations");
  CheckAnnotationMap(annotations, annotations_path, out);
  CheckPodAnnotations(annotations, spec, annotations_path, out);
  const FieldPath spec_path = path.Child("spec");
  CheckPodSpec(spec, nullptr, spec_path, out);
  CheckAppArmorMatch(annotations, spec, spec_path, out);
  if (!ArrayOf(spec, "ephemeralContainers").empty()) {
    out.Forbidden(spec_path.Child("ephemeralContainers"),
                  "ephemeral containers not allowed in pod template");
  }
}

bool CheckWorkloadSelector(const Object& spec, const FieldPath& path, std::string_view kind,
                           Violations& out) {
  if (!IsSet(spec, "selector")) {
    out.Required(path.Child("selector"));
    return true;
  }
  CheckSelector(spec, "selector", path, out);
  const Object& selector = ObjectOf(spec, "selector");
  if (ObjectOf(selector, "matchLabels").empty() && ArrayOf(selector, "matchExpressions").empty()) {
    out.Invalid(path.Child("selector"), selector,
                "empty selector is invalid for " + std::string(kind));
  }
  return LabelSelector::FromObject(spec.if_contains("selector")).ok();
}

void CheckServiceTemplate(const Object& spec, const FieldPath& path, std::string_view kind,
                          Violations& out) {
  CheckSelectsTemplate(spec, path, out);
  CheckPodTemplate(ObjectOf(spec, "template"), path.Child("template"), out);
  CheckServicePods(spec, path, kind, out);
}

void CheckServicePods(const Object& spec, const FieldPath& path, std::string_view kind,
                      Violations& out) {
  const Object& pod_spec = ObjectOf(ObjectOf(spec, "template"), "spec");
  const std::string_view policy = TextOf(pod_spec, "restartPolicy");
  if (policy != "Always") {
    out.NotSupported(path.Child("template.spec.restartPolicy"), policy, {"Always"});
  }
  if (IsSet(pod_spec, "activeDeadlineSeconds")) {
    out.Forbidden(path.Child("template.spec.activeDeadlineSeconds"),
                  "activeDeadlineSeconds in " + std::string(kind) + " is not Supported");
  }
}

void WarnOfPodHostName(const Object& object, std::vector<std::string>& out) {
  const NameMessages messages = CheckDns1123Label(TextOf(ObjectOf(object, "metadata"), "name"));
  if (messages.empty()) return;
  out.push_back(
      "metadata.name: this is used in Pod names and hostnames, which can result in surprising "
      "behavior; a DNS label is recommended: [" +
      JoinTexts(messages, " ") + "]");
}

void WarnOfPodTemplate(const Object& pod_template, std::string_view path,
                       std::vector<std::string>& out) {
  WarnOfPod(ObjectOf(pod_template, "metadata"), ObjectOf(pod_template, "spec"), path, true, out);
}

namespace {

void Default(Object& object) { DefaultPodTemplate(object); }

void Validate(const Object& object, Violations& out) {
  CheckPodTemplate(ObjectOf(object, "template"), FieldPath("template"), out);
}

void ValidateUpdate(const Object& object, const Object&, Violations& out) { Validate(object, out); }

void Warn(const Object& object, const Object*, std::vector<std::string>& out) {
  WarnOfPodTemplate(ObjectOf(object, "template"), "template", out);
}

}  // namespace

const KindRules kPodTemplateRules{.group = "",
                                  .resource = "podtemplates",
                                  .defaults = Default,
                                  .generation = GenerationRule::kRoot,
                                  .validate = Validate,
                                  .validate_update = ValidateUpdate,
                                  .warn = Warn,
                                  .answers_deleted_object = true};

}  // namespace apiserver
