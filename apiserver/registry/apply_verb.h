// Server-side apply: a patch that says what its manager wants to own.
#pragma once

#include "apiserver/registry/call.h"

namespace apiserver {

// Requires: the request's content type is application/apply-patch+yaml and its options are checked.
Response HandleApply(Call& call, const WriteOptions& options);

struct Configuration {
  Value value;
  std::vector<std::string> repeated_keys;  // a sentence each
};

// The configuration in the body. Errors: 400 for what is no YAML or no map.
ApiResult<Configuration> ReadConfiguration(Call& call);

// Repeated keys are refused or warned of once the configuration could be applied: whatever that
// refuses comes first.
std::optional<ApiError> TreatRepeatedKeys(Call& call, const Configuration& configuration,
                                          FieldValidation validation);

}  // namespace apiserver
