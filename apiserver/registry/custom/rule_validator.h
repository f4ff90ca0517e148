// Runs the rules of a schema on values.
//
// Invariants: (1) immutable once made; the schema outlives it; (2) all rules of one object share
// one budget of cost. Source: apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
// Threads: any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/registry/custom/correlation.h"
#include "apiserver/registry/custom/rule_compiler.h"

namespace apiserver {

struct RuleFindings {
  FieldErrors errors;
  // What is wrong with unchanged parts of an update, as warnings say it.
  std::vector<std::string> warnings;
};

// One part of a schema with its rules, or with parts below that have some.
struct RuleNode;

class RuleValidator {
 public:
  // Null when the schema has no rules.
  static std::unique_ptr<const RuleValidator> Make(const SchemaNode& schema, SchemaPlace place);
  ~RuleValidator();

  // `old` is null on a create; `ratchets` says whether what an update left alone may stay wrong.
  // `path` is where the value lies, "" for an object of its own.
  RuleFindings Validate(const Value& value, const Value* old, bool ratchets,
                        const std::string& path = {}) const;

 private:
  RuleValidator();

  std::vector<std::unique_ptr<const RuleTypes>> types_;
  std::unique_ptr<const RuleNode> root_;
};

}  // namespace apiserver
