// The checks of one value against the keywords of one schema, without what lies below it.
//
// Source of rules and words: k8s.io/kube-openapi/pkg/validation/{validate,errors}. Threads: any, no
// shared state.
#pragma once

#include <string>

#include "apiserver/registry/custom/schema_node.h"
#include "apiserver/registry/custom/validation_result.h"

namespace apiserver {

// How one run of the validator differs from another.
struct ValueRules {
  std::string prefix;  // the field of the whole value, "" for an object of its own
  // Defaults are checked against schemas in which int-or-string means nothing.
  bool knows_int_or_string = true;
};

class ValueChecks {
 public:
  ValueChecks(const SchemaNode& schema, const ValueRules& rules, const ValuePath& path,
              ValidationResult& result)
      : schema_(schema), rules_(rules), path_(path), result_(result) {}

  // What applies to `value`'s kind, in upstream's order; the callbacks in between walk on.
  void CheckType(const Value& value);
  void CheckString(const Value& value);
  void CheckNumber(const Value& value);
  void CheckItemCount(std::size_t count);
  void CheckEnum(const Value& value);
  void CheckMemberCount(std::size_t count);
  void CheckMembersAllowed(const Object& object);
  void CheckRequired(const Object& object);

  // An error without a field of its own: `"PATH" WHAT`.
  void AddPlain(std::string message);
  std::string PathText() const { return path_.Text(); }

 private:
  void CheckFormat(const Value& value);
  void CheckRange(const Value& value, std::string_view what, bool& fits);
  void CheckMultiple(const Value& value);
  void CheckBound(const Value& value, bool is_maximum);
  std::string Field(const std::string& name) const;
  void Invalid(const Value& value, const std::string& what);
  void WrongType(std::string_view want, std::string_view got, const Value& shown);
  std::string_view WantedTypes() const;

  const SchemaNode& schema_;
  const ValueRules& rules_;
  const ValuePath& path_;
  ValidationResult& result_;
};

}  // namespace apiserver
