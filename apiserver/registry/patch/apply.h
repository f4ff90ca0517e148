// Server-side apply: a configuration that owns what it says, merged into the live object.
//
// Source of the rules: sigs.k8s.io/structured-merge-diff/merge and
// k8s.io/apimachinery/pkg/util/managedfields. Threads: any, no shared state.
#pragma once

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/registry/patch/managed_fields.h"

namespace apiserver {

struct Applied {
  Value object;               // with its new managedFields; not yet decoded, defaulted or validated
  bool is_unchanged = false;  // nothing but ownership differs from the live object
};

struct ApplyOptions {
  bool is_forced = false;
};

// `live` is the stored object in the request's version, or nullptr for a create. `config` is the
// parsed body. Errors: 400 for a configuration of another kind or with managedFields, 409 for
// conflicts with one cause per field, 500 (as upstream) for one that does not fit the schema. The
// result shares `storage`.
ApiResult<Applied> ApplyConfiguration(const Value* live, const Value& config, ApplyOptions options,
                                      const FieldManagerContext& context, JsonStorage storage = {});

}  // namespace apiserver
