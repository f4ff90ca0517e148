// A definition's schema and objects under it: whatever is accepted as a schema can be walked by
// every object; pruning and defaulting twice is the same as once.
//
// The first line is openAPIV3Schema, each further line an object; each is an update of the one
// before.
#include <optional>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/custom/correlation.h"
#include "apiserver/registry/custom/defaults.h"
#include "apiserver/registry/custom/definition_schema.h"
#include "apiserver/registry/custom/embedded_objects.h"
#include "apiserver/registry/custom/list_types.h"
#include "apiserver/registry/custom/prune.h"
#include "apiserver/registry/custom/rule_validator.h"
#include "apiserver/registry/custom/schema_type.h"
#include "apiserver/registry/custom/value_validation.h"
#include "sim/check.h"

namespace {

using namespace apiserver;

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

bool IsAccepted(const Value& schema) {
  FieldErrors errors;
  CheckSchema({{"schema", {{"openAPIV3Schema", schema}}}}, "spec.validation",
              StatusSubresource::kNone, errors);
  return errors.empty();
}

class Objects {
 public:
  explicit Objects(const Value& schema)
      : node_(ReadSchema(schema)),
        type_(types_.MakeRoot(node_.get())),
        rules_(node_ == nullptr ? nullptr : RuleValidator::Make(*node_, SchemaPlace::kResource)) {}

  void Take(Value object) {
    if (!Prepare(object)) return;
    Value again = object;
    SIM_CHECK(Prepare(again));
    SIM_CHECK(ToJson(again) == ToJson(object));
    const Value* old = old_ ? &*old_ : nullptr;
    const Correlation correlation{node_.get(), &object, old};
    FieldErrors errors = ValidateValue(*node_, object, old == nullptr ? nullptr : &correlation);
    for (FieldErrors more : {ValidateEmbedded(*node_, object), ValidateListTypes(*node_, object)}) {
      errors.insert(errors.end(), more.begin(), more.end());
    }
    if (rules_ != nullptr && errors.empty()) (void)rules_->Validate(object, old, true);
    if (errors.empty()) old_ = std::move(object);
  }
  bool is_readable() const { return node_ != nullptr; }

 private:
  bool Prepare(Value& object) const {
    if (!NormalizeCustom(*type_, object, nullptr).empty()) return false;
    ApplySchemaDefaults(*node_, object);
    SortAllMembers(object);
    return true;
  }

  SchemaNodePtr node_;
  CustomTypes types_;
  const Type* type_;
  std::unique_ptr<const RuleValidator> rules_;
  std::optional<Value> old_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const JsonParseResult schema = ParseJson(TakeLine(text));
  if (!schema.ok() || !schema.value.is_object() || !IsAccepted(schema.value)) return 0;
  Objects objects(schema.value);
  if (!objects.is_readable()) return 0;
  for (int lines = 0; lines < 8 && !text.empty(); ++lines) {
    JsonParseResult object = ParseJson(TakeLine(text));
    if (object.ok() && object.value.is_object()) objects.Take(std::move(object.value));
  }
  return 0;
}
