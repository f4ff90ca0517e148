// Who may do what: asked by the pipeline for every request, and by whoever must know more (reviews,
// the check against escalation, admission). Implemented in apiserver/pipeline.
//
// Threads: the kernel's only.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/policy_rule.h"
#include "apiserver/api/request.h"

namespace apiserver {

struct Decision {
  bool is_allowed = false;
  std::string reason;  // of whoever allowed it, or what each of those who did not had to say
};

// All that somebody may do, as far as rules say it.
struct HeldRules {
  std::vector<PolicyRule> rules;
  std::vector<std::string> errors;  // roles that are bound and missing
  bool is_incomplete = false;
};

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  virtual Decision Decide(const UserInfo& user, const AccessAttributes& access) = 0;
  // The rules that hold everywhere, and those of `namespace_` when it is not "".
  virtual HeldRules RulesOf(const UserInfo& user, const std::string& namespace_) = 0;
};

}  // namespace apiserver
