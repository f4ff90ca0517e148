// Upstream's rules for metadata, alike for every kind.
//
// Source: k8s.io/apimachinery/pkg/api/validation/objectmeta.go and pkg/apis/meta/v1/validation.
// Threads: any, no shared state.
#pragma once

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/registry/strategy.h"

namespace apiserver {

// Which other rules apply beside the ones for everything.
struct MetaRules {
  bool is_namespaced = false;
  bool checks_finalizer_domains =
      false;  // kinds of the core library: "name is neither a standard finalizer name ..."
};

FieldErrors ValidateAnnotations(const Value& annotations, const std::string& path);

// `strategy` is null on an update, where names need only be path segments.
FieldErrors ValidateObjectMeta(const Value& metadata, const MetaRules& rules,
                               const Strategy* strategy);
FieldErrors ValidateObjectMetaUpdate(const Value& metadata, const Value& old_metadata,
                                     bool checks_finalizer_domains = false);

// Messages about a name under a rule; a generateName's trailing dash is forgiven.
std::vector<std::string> NameMessagesFor(NameRule rule, std::string_view name, bool is_prefix);

// Removes owner references with equal content but keeps the first; the uids that were repeated.
std::vector<std::string> RemoveRepeatedOwners(Object& metadata);

}  // namespace apiserver
