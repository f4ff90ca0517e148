// The webhooks of all configurations, parsed once, in the order in which they are called.
//
// Invariant: configurations in order of their names, webhooks in the order of their configuration.
// Source: k8s.io/apiserver/pkg/admission/configuration. Threads: the kernel's only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apiserver/hooks/admission_activation.h"
#include "apiserver/store/store.h"

namespace apiserver {

struct Webhook {
  std::string name;
  std::string configuration;
  std::vector<HookRule> rules;
  LabelSelector namespace_selector;
  LabelSelector object_selector;
  bool is_exact = false;
  bool ignores_failure = false;
  bool reinvokes = false;  // mutating ones: again, when others changed the object since
  std::string side_effects;
  std::int64_t timeout_seconds = 10;
  std::vector<std::string> review_versions;
  std::vector<AdmissionExpression> match_conditions{};
  // Where it is: a URL, or a Service.
  std::string url;
  std::string service_namespace;
  std::string service_name;
  std::string service_path;
  std::int64_t service_port = 443;
  std::string authorities_pem;

  bool is_service() const { return url.empty(); }
};

// Pure: the webhooks of one configuration object.
std::vector<Webhook> ReadWebhooks(const Value& configuration);

class WebhookList {
 public:
  // `store` outlives the list.
  explicit WebhookList(Store& store);
  WebhookList(const WebhookList&) = delete;
  WebhookList& operator=(const WebhookList&) = delete;

  const std::vector<Webhook>& mutating();
  const std::vector<Webhook>& validating();
  bool is_empty() { return mutating().empty() && validating().empty(); }

 private:
  struct Part {
    GroupResource resource;
    bool is_stale = true;
    std::vector<Webhook> webhooks;
  };
  const std::vector<Webhook>& Fresh(Part& part);

  Store& store_;
  Part mutating_{{"admissionregistration.k8s.io", "mutatingwebhookconfigurations"}, true, {}};
  Part validating_{{"admissionregistration.k8s.io", "validatingwebhookconfigurations"}, true, {}};
};

}  // namespace apiserver
