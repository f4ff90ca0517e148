#include "apiserver/schema/conversion_problem.h"

#include <cmath>

#include "apiserver/api/base64.h"

namespace apiserver {
namespace {

// The kind of the Go value behind `value`.
std::string_view GoKind(const Value& value) {
  if (value.is_object()) return "map";
  if (value.is_array()) return "slice";
  if (value.is_string()) return "string";
  if (value.is_bool()) return "bool";
  return value.is_double() ? "float64" : "int64";
}

std::string_view GoKind(TypeKind kind) {
  switch (kind) {
    case TypeKind::kString:
      return "string";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kInt32:
      return "int32";
    case TypeKind::kInt64:
      return "int64";
    default:
      return "float64";
  }
}

std::string SimpleProblem(const Type& type, const Value& value) {
  const bool is_number = value.is_number();
  const bool wants_number = type.kind == TypeKind::kInt32 || type.kind == TypeKind::kInt64 ||
                            type.kind == TypeKind::kFloat64;
  if (is_number && wants_number) {
    const bool is_whole = !value.is_double() || type.kind == TypeKind::kFloat64 ||
                          value.get_double() == std::trunc(value.get_double());
    if (is_whole) return {};
    return "cannot convert float64 to " + std::string(type.go_type);
  }
  if (value.is_string() && type.kind == TypeKind::kString) return {};
  if (value.is_bool() && type.kind == TypeKind::kBool) return {};
  // Go converts an integer to text, as a code point; JSON does not.
  if (is_number && !value.is_double() && type.kind == TypeKind::kString) {
    return "cannot convert int64 to " + std::string(type.go_type);
  }
  return "unrecognized type: " + std::string(GoKind(type.kind));
}

std::string BytesProblem(const Value& value) {
  if (!value.is_string()) {
    return value.is_array() ? "" : "cannot restore slice from " + std::string(GoKind(value));
  }
  const auto decoded = DecodeBase64(std::string_view(value.get_string()));
  return decoded ? "" : "error decoding from json: " + decoded.error().message;
}

std::string FirstIn(const Type& element, const Value& value) {
  if (const Object* object = value.if_object()) {
    for (const auto& member : *object) {
      std::string problem = ConversionProblem(element, member.value());
      if (!problem.empty()) return problem;
    }
    return {};
  }
  for (const Value& item : value.get_array()) {
    std::string problem = ConversionProblem(element, item);
    if (!problem.empty()) return problem;
  }
  return {};
}

}  // namespace

std::string ConversionProblem(const Type& type, const Value& value) {
  if (value.is_null()) return {};
  switch (type.kind) {
    case TypeKind::kStruct:
      if (!value.is_object()) return "cannot restore struct from: " + std::string(GoKind(value));
      for (const Field& field : type.fields) {
        const Value* member = value.get_object().if_contains(field.json_name);
        if (member == nullptr) continue;
        std::string problem = ConversionProblem(*field.type, *member);
        if (!problem.empty()) return problem;
      }
      return {};
    case TypeKind::kMap:
      if (!value.is_object()) return "cannot restore map from " + std::string(GoKind(value));
      return FirstIn(*type.element, value);
    case TypeKind::kList:
      if (!value.is_array()) return "cannot restore slice from " + std::string(GoKind(value));
      return FirstIn(*type.element, value);
    case TypeKind::kString:
    case TypeKind::kBool:
    case TypeKind::kInt32:
    case TypeKind::kInt64:
    case TypeKind::kFloat64:
      return SimpleProblem(type, value);
    case TypeKind::kBytes:
      return BytesProblem(value);
    case TypeKind::kQuantity:
    case TypeKind::kTime:
    case TypeKind::kMicroTime:
    case TypeKind::kDuration:
    case TypeKind::kIntOrString:
    case TypeKind::kAny:
      return {};
  }
  return {};
}

}  // namespace apiserver
