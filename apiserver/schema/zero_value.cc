#include "apiserver/schema/normalize.h"
#include "sim/check.h"

namespace apiserver {
namespace {

Value ZeroStruct(const Type& type, JsonStorage storage) {
  Object object(storage);
  for (const Field& field : type.fields) {
    if (field.omit_empty) continue;
    object.emplace(field.json_name,
                   field.is_pointer ? Value(nullptr, storage) : ZeroValue(*field.type, storage));
  }
  return object;
}

}  // namespace

Value ZeroValue(const Type& type, JsonStorage storage) {
  switch (type.kind) {
    case TypeKind::kStruct:
      return ZeroStruct(type, storage);
    case TypeKind::kString:
      return Value(std::string_view(), storage);
    case TypeKind::kBool:
      return Value(false, storage);
    case TypeKind::kInt32:
    case TypeKind::kInt64:
    case TypeKind::kFloat64:
    case TypeKind::kIntOrString:
      return Value(0, storage);
    case TypeKind::kQuantity:
      return Value(std::string_view("0"), storage);
    case TypeKind::kDuration:
      return Value(std::string_view("0s"), storage);
    case TypeKind::kAny:
      if (type.proto_form == ProtoForm::kSchemaOrBool) return Value(false, storage);
      return Value(nullptr, storage);
    case TypeKind::kMap:
    case TypeKind::kList:
    case TypeKind::kBytes:
    case TypeKind::kTime:
    case TypeKind::kMicroTime:
      return Value(nullptr, storage);
  }
  SIM_CHECK(false);
}

bool IsOmitted(const Field& field, const Value& value) {
  if (!field.omit_empty) return false;
  if (value.is_null()) return true;
  if (field.is_pointer) return false;
  switch (field.type->kind) {
    case TypeKind::kString:
    case TypeKind::kBytes:
      return value.is_string() && value.get_string().empty();
    case TypeKind::kBool:
      return value.is_bool() && !value.get_bool();
    case TypeKind::kInt32:
    case TypeKind::kInt64:
    case TypeKind::kFloat64:
      return (value.is_int64() && value.get_int64() == 0) ||
             (value.is_double() && value.get_double() == 0);
    case TypeKind::kMap:
      return value.is_object() && value.get_object().empty();
    case TypeKind::kList:
      return value.is_array() && value.get_array().empty();
    case TypeKind::kStruct:
    case TypeKind::kQuantity:
    case TypeKind::kTime:
    case TypeKind::kMicroTime:
    case TypeKind::kDuration:
    case TypeKind::kIntOrString:
    case TypeKind::kAny:
      return false;
  }
  SIM_CHECK(false);
}

}  // namespace apiserver
