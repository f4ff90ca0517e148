// matchConditions of webhooks and policies: expressions over the request that must all be true.
//
// One that is false decides whatever else fails. Source:
// k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions. Threads: the kernel's only.
#pragma once

#include <map>
#include <string>

#include "apiserver/cel/program.h"
#include "apiserver/hooks/admission_review.h"

namespace apiserver {

class MatchConditions {
 public:
  // Whether all `conditions` hold. Errors: those of expressions, as the 403 shows them.
  sim::Result<bool> Match(const Array& conditions, const ReviewedObjects& objects);

 private:
  const cel::CompileOutcome& Compiled(const std::string& expression);

  std::map<std::string, cel::CompileOutcome> programs_;  // by expression
  cel::Evaluator evaluator_;
};

}  // namespace apiserver
