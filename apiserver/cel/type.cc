#include "apiserver/cel/type.h"

#include <algorithm>

namespace apiserver::cel {
namespace {

TypePtr Make(TypeKind kind, std::string name, std::vector<TypePtr> parameters = {}) {
  return std::make_shared<const Type>(kind, std::move(name), std::move(parameters));
}

std::string FormatParameters(const Type& type) {
  std::string text;
  for (const TypePtr& parameter : type.parameters()) {
    if (!text.empty()) text += ", ";
    text += FormatType(*parameter);
  }
  return text;
}

}  // namespace

Type::Type(TypeKind kind, std::string name, std::vector<TypePtr> parameters)
    : kind_(kind), name_(std::move(name)), parameters_(std::move(parameters)) {
  for (const TypePtr& parameter : parameters_) weight_ += parameter->weight();
  weight_ = std::min(weight_, kWeightMax);
}

const TypePtr& DynType() {
  static const TypePtr type = Make(TypeKind::kDyn, "dyn");
  return type;
}
const TypePtr& AnyType() {
  static const TypePtr type = Make(TypeKind::kAny, "google.protobuf.Any");
  return type;
}
const TypePtr& ErrorType() {
  static const TypePtr type = Make(TypeKind::kError, "error");
  return type;
}
const TypePtr& NullType() {
  static const TypePtr type = Make(TypeKind::kNull, "null_type");
  return type;
}
const TypePtr& BoolType() {
  static const TypePtr type = Make(TypeKind::kBool, "bool");
  return type;
}
const TypePtr& IntType() {
  static const TypePtr type = Make(TypeKind::kInt, "int");
  return type;
}
const TypePtr& UintType() {
  static const TypePtr type = Make(TypeKind::kUint, "uint");
  return type;
}
const TypePtr& DoubleType() {
  static const TypePtr type = Make(TypeKind::kDouble, "double");
  return type;
}
const TypePtr& StringType() {
  static const TypePtr type = Make(TypeKind::kString, "string");
  return type;
}
const TypePtr& BytesType() {
  static const TypePtr type = Make(TypeKind::kBytes, "bytes");
  return type;
}
const TypePtr& DurationType() {
  static const TypePtr type = Make(TypeKind::kDuration, "google.protobuf.Duration");
  return type;
}
const TypePtr& TimestampType() {
  static const TypePtr type = Make(TypeKind::kTimestamp, "google.protobuf.Timestamp");
  return type;
}

TypePtr ListType(TypePtr element) { return Make(TypeKind::kList, "list", {std::move(element)}); }
TypePtr MapType(TypePtr key, TypePtr value) {
  return Make(TypeKind::kMap, "map", {std::move(key), std::move(value)});
}
TypePtr TypeType(TypePtr of) { return Make(TypeKind::kType, "type", {std::move(of)}); }
TypePtr OptionalType(TypePtr of) { return OpaqueType("optional_type", {std::move(of)}); }
TypePtr OpaqueType(std::string name, std::vector<TypePtr> parameters) {
  return Make(TypeKind::kOpaque, std::move(name), std::move(parameters));
}
TypePtr ObjectType(std::string name) { return Make(TypeKind::kObject, std::move(name)); }
TypePtr TypeParam(std::string name) { return Make(TypeKind::kTypeParam, std::move(name)); }

bool SameType(const Type& a, const Type& b) {
  if (&a == &b) return true;
  if (a.kind() != b.kind() || a.name() != b.name() ||
      a.parameters().size() != b.parameters().size()) {
    return false;
  }
  for (std::size_t index = 0; index < a.parameters().size(); ++index) {
    if (!SameType(*a.parameters()[index], *b.parameters()[index])) return false;
  }
  return true;
}

std::string FormatType(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kAny:
      return "any";
    case TypeKind::kError:
      return "!error!";
    case TypeKind::kNull:
      return "null";
    case TypeKind::kDuration:
      return "duration";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kDyn:
    case TypeKind::kBool:
    case TypeKind::kInt:
    case TypeKind::kUint:
    case TypeKind::kDouble:
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kObject:
    case TypeKind::kTypeParam:
      return type.name();
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kType:
    case TypeKind::kOpaque:
      if (type.parameters().empty()) return type.name();
      return type.name() + "(" + FormatParameters(type) + ")";
  }
  return type.name();
}

TypePtr DeclaredTypes::FieldType(std::string_view type_name, std::string_view field) const {
  const auto type = types_.find(type_name);
  if (type == types_.end()) return nullptr;
  const auto found = type->second.find(field);
  return found == type->second.end() ? nullptr : found->second;
}

}  // namespace apiserver::cel
