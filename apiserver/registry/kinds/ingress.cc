// Ingresses and IngressClasses. Source: kubernetes/pkg/apis/networking and
// pkg/registry/networking, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/ip_checks.h"
#include "apiserver/registry/kinds/load_balancer_status.h"

namespace apiserver {
namespace {

constexpr std::string_view kClassAnnotation = "kubernetes.io/ingress.class";
constexpr int kControllerMax = 250;

void CheckBackend(const Object& backend, const FieldPath& path, Violations& out) {
  const bool has_service = IsSet(backend, "service");
  const bool has_resource = IsSet(backend, "resource");
  if (has_service && has_resource) {
    out.Invalid(path, "", "cannot set both resource and service backends");
  } else if (has_resource) {
    const Object& resource = ObjectOf(backend, "resource");
    const FieldPath resource_path = path.Child("resource");
    CheckRequiredText(resource, "kind", resource_path, out);
    CheckRequiredText(resource, "name", resource_path, out);
  } else if (has_service) {
    const Object& service = ObjectOf(backend, "service");
    const FieldPath service_path = path.Child("service");
    const std::string_view name = TextOf(service, "name");
    if (CheckRequiredText(service, "name", service_path, out)) {
      out.InvalidEach(service_path.Child("name"), name, CheckDns1123Label(name));
    }
    const Object& port = ObjectOf(service, "port");
    const FieldPath port_path = service_path.Child("port");
    const std::string_view port_name = TextOf(port, "name");
    const std::int64_t number = IntOf(port, "number");
    if (!port_name.empty() && number != 0) {
      out.Invalid(path, "", "cannot set both port name & port number");
    } else if (!port_name.empty()) {
      out.InvalidEach(port_path.Child("name"), port_name, CheckPortName(port_name));
    } else if (number != 0) {
      out.InvalidEach(port_path.Child("number"), number, CheckPortNumber(number));
    } else {
      out.Required(path, "port name or number is required");
    }
  } else {
    out.Invalid(path, "", "resource or service backend is required");
  }
}

void CheckPath(const Object& entry, const FieldPath& path, Violations& out) {
  const std::string_view text = TextOf(entry, "path");
  const FieldPath text_path = path.Child("path");
  if (!IsSet(entry, "pathType")) {
    out.Required(path.Child("pathType"), "pathType must be specified");
    return;
  }
  const std::string_view type = TextOf(entry, "pathType");
  if (type == "Exact" || type == "Prefix") {
    if (!text.starts_with('/')) out.Invalid(text_path, text, "must be an absolute path");
    if (!text.empty()) {
      for (std::string_view sequence : {"//", "/./", "/../", "%2f", "%2F"}) {
        if (text.find(sequence) != std::string_view::npos) {
          out.Invalid(text_path, text, "must not contain '" + std::string(sequence) + "'");
        }
      }
      for (std::string_view suffix : {"/..", "/."}) {
        if (text.ends_with(suffix)) {
          out.Invalid(text_path, text, "cannot end with '" + std::string(suffix) + "'");
        }
      }
    }
  } else if (type == "ImplementationSpecific") {
    if (!text.empty() && !text.starts_with('/')) {
      out.Invalid(text_path, text, "must be an absolute path");
    }
  } else {
    out.NotSupported(path.Child("pathType"), type, {"Exact", "ImplementationSpecific", "Prefix"});
  }
  CheckBackend(ObjectOf(entry, "backend"), path.Child("backend"), out);
}

void CheckHost(std::string_view host, const FieldPath& path, Violations& out) {
  if (host.find('*') != std::string_view::npos) {
    out.InvalidEach(path, host, CheckWildcardDns1123Subdomain(host));
  } else {
    CheckDnsSubdomain(host, path, out);
  }
}

void CheckRules(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath rules_path = path.Child("rules");
  std::size_t index = 0;
  for (const Value& rule : ArrayOf(spec, "rules")) {
    const FieldPath rule_path = rules_path.Index(index++);
    const std::string_view host = TextOf(rule, "host");
    if (!host.empty()) {
      const bool is_ip = IsIp(host);
      if (is_ip) {
        out.Invalid(rule_path.Child("host"), host, "must be a DNS name, not an IP address");
      } else {
        CheckHost(host, rule_path.Child("host"), out);
      }
    }
    if (!IsSet(rule, "http")) continue;
    const Array& paths = ArrayOf(ObjectOf(rule, "http"), "paths");
    const FieldPath paths_path = rule_path.Child("http.paths");
    if (paths.empty()) out.Required(paths_path);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      CheckPath(AsObject(paths[i]), paths_path.Index(i), out);
    }
  }
}

void CheckTls(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath tls_path = path.Child("tls");
  std::size_t index = 0;
  for (const Value& entry : ArrayOf(spec, "tls")) {
    const FieldPath entry_path = tls_path.Index(index++);
    const FieldPath hosts_path = entry_path.Child("hosts");
    std::size_t i = 0;
    for (const Value& host : ArrayOf(entry, "hosts")) {
      CheckHost(AsText(host), hosts_path.Index(i++), out);
    }
    const std::string_view secret = TextOf(entry, "secretName");
    if (!secret.empty()) CheckDnsSubdomain(secret, entry_path.Child("secretName"), out);
  }
}

void CheckSpec(const Object& spec, Violations& out) {
  const FieldPath path("spec");
  const bool has_backend = IsSet(spec, "defaultBackend");
  if (ArrayOf(spec, "rules").empty() && !has_backend) {
    out.Invalid(path, IsSet(spec, "rules") ? Value(Array()) : Value(),
                "either `defaultBackend` or `rules` must be specified");
  }
  if (has_backend) {
    CheckBackend(ObjectOf(spec, "defaultBackend"), path.Child("defaultBackend"), out);
  }
  CheckRules(spec, path, out);
  CheckTls(spec, path, out);
  if (IsSet(spec, "ingressClassName")) {
    CheckDnsSubdomain(TextOf(spec, "ingressClassName"), path.Child("ingressClassName"), out);
  }
}

void Validate(const Object& object, Violations& out) {
  const Object& spec = ObjectOf(object, "spec");
  CheckSpec(spec, out);
  const Object& annotations = ObjectOf(ObjectOf(object, "metadata"), "annotations");
  const std::string_view annotated = TextOf(annotations, kClassAnnotation);
  if (annotations.contains(kClassAnnotation) && IsSet(spec, "ingressClassName") &&
      annotated != TextOf(spec, "ingressClassName")) {
    const FieldPath path("annotations");
    out.Invalid(path.Child(kClassAnnotation), annotated,
                "must match `ingressClassName` when both are specified");
  }
}

void ValidateUpdate(const Object& object, const Object&, Violations& out) {
  CheckSpec(ObjectOf(object, "spec"), out);
}

void ValidateStatusUpdate(const Object& object, const Object&, Violations& out) {
  CheckLoadBalancerStatus(ObjectOf(ObjectOf(object, "status"), "loadBalancer"), false,
                          FieldPath("status.loadBalancer"), out);
}

void Warn(const Object& object, const Object* old, std::vector<std::string>& out) {
  const Object& annotations = ObjectOf(ObjectOf(object, "metadata"), "annotations");
  const bool has_class = IsSet(ObjectOf(object, "spec"), "ingressClassName");
  if (old == nullptr && annotations.contains(kClassAnnotation) && !has_class) {
    out.push_back("annotation \"" + std::string(kClassAnnotation) +
                  "\" is deprecated, please use 'spec.ingressClassName' instead");
  }
}

const KindRules kStatus{.group = "networking.k8s.io",
                        .resource = "ingresses",
                        .subresource = "status",
                        .validate_update = ValidateStatusUpdate};
constexpr const KindRules* kParts[] = {&kStatus};

void DefaultClass(Object& object) {
  if (Object* spec = IfObjectOf(object, "spec")) {
    if (Object* parameters = IfObjectOf(*spec, "parameters")) {
      FillPointer(*parameters, "scope", "Cluster");
    }
  }
}

void CheckParameters(const Object& parameters, const FieldPath& path, Violations& out) {
  if (IsSet(parameters, "apiGroup")) {
    CheckDnsSubdomain(TextOf(parameters, "apiGroup"), path.Child("apiGroup"), out);
  }
  for (std::string_view name : {"kind", "name"}) {
    if (!CheckRequiredText(parameters, name, path, out)) continue;
    const std::string_view text = TextOf(parameters, name);
    out.InvalidEach(path.Child(name), text, CheckPathSegmentName(text));
  }
  if (!IsSet(parameters, "scope")) {
    out.Required(path.Child("scope"));
    return;
  }
  const std::string_view scope = TextOf(parameters, "scope");
  CheckOneOf(scope, {"Cluster", "Namespace"}, path.Child("scope"), out);
  const std::string_view parameters_namespace = TextOf(parameters, "namespace");
  if (scope == "Namespace") {
    if (!IsSet(parameters, "namespace")) {
      out.Required(path.Child("namespace"), "`parameters.scope` is set to 'Namespace'");
    } else {
      CheckDnsLabel(parameters_namespace, path.Child("namespace"), out);
    }
  }
  if (scope == "Cluster" && IsSet(parameters, "namespace")) {
    out.Forbidden(path.Child("namespace"), "`parameters.scope` is set to 'Cluster'");
  }
}

void ValidateClass(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  const std::string_view controller = TextOf(spec, "controller");
  if (controller.size() > kControllerMax) {
    out.TooLong(path.Child("controller"), kControllerMax);
  }
  CheckDomainPrefixedPath(controller, path.Child("controller"), out);
  if (IsSet(spec, "parameters")) {
    CheckParameters(ObjectOf(spec, "parameters"), path.Child("parameters"), out);
  }
}

void ValidateClassUpdate(const Object& object, const Object& old, Violations& out) {
  CheckImmutableText(ObjectOf(object, "spec"), ObjectOf(old, "spec"), "controller",
                     FieldPath("spec"), out);
  ValidateClass(object, out);
}

}  // namespace

const KindRules kIngressRules{.group = "networking.k8s.io",
                              .resource = "ingresses",
                              .has_status = true,
                              .generation = GenerationRule::kSpec,
                              .validate = Validate,
                              .validate_update = ValidateUpdate,
                              .warn = Warn,
                              .update_metadata = UpdateMetadata::kUpdateAndCreate,
                              .subresources = kParts};
const KindRules kIngressClassRules{.group = "networking.k8s.io",
                                   .resource = "ingressclasses",
                                   .defaults = DefaultClass,
                                   .generation = GenerationRule::kSpec,
                                   .validate = ValidateClass,
                                   .validate_update = ValidateClassUpdate,
                                   .update_metadata = UpdateMetadata::kUpdateAndCreate};

}  // namespace apiserver
