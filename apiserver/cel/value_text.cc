#include "apiserver/cel/value_text.h"

#include "apiserver/api/go_text.h"
#include "apiserver/cel/time_text.h"

namespace apiserver::cel {
namespace {

std::string PrintList(const List& list) {
  Arena arena;
  std::string out = "[";
  for (std::int64_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ", ";
    out += PrintValue(list.At(i, arena));
  }
  return out + "]";
}

std::string PrintMap(const Map& map) {
  Arena arena;
  std::string out = "{";
  for (std::int64_t i = 0; i < map.entry_count(); ++i) {
    if (i > 0) out += ", ";
    out += PrintValue(map.KeyAt(i, arena)) + ": " + PrintValue(map.ValueAt(i, arena));
  }
  return out + "}";
}

}  // namespace

std::string PrintValue(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "NULL_VALUE";
    case Kind::kBool:
      return value.as_bool() ? "true" : "false";
    case Kind::kInt:
      return std::to_string(value.as_int());
    case Kind::kUint:
      return std::to_string(value.as_uint());
    case Kind::kDouble:
      return GoFloat(value.as_double());
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kType:
    case Kind::kError:
      return std::string(value.as_text());
    case Kind::kDuration:
      return FormatSeconds(value.as_duration());
    case Kind::kTimestamp:
      return FormatZonedTime(value.as_timestamp(), value.zone_minutes());
    case Kind::kList:
      return PrintList(value.as_list());
    case Kind::kMap:
      return PrintMap(value.as_map());
    case Kind::kOptional:
      if (value.as_optional() == nullptr) return "optional.none()";
      return "optional(" + PrintValue(*value.as_optional()) + ")";
    case Kind::kOpaque:
      return std::string(value.as_opaque().type_name());
  }
  return "";
}

std::string_view TypeName(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "null_type";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kType:
      return "type";
    case Kind::kError:
      return "error";
    case Kind::kDuration:
      return "google.protobuf.Duration";
    case Kind::kTimestamp:
      return "google.protobuf.Timestamp";
    case Kind::kList:
      return "list";
    case Kind::kMap:
      return value.as_map().type_name();
    case Kind::kOptional:
      return "optional_type";
    case Kind::kOpaque:
      return value.as_opaque().type_name();
  }
  return "";
}

std::string_view GoTypeOf(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "types.Null";
    case Kind::kBool:
      return "types.Bool";
    case Kind::kInt:
      return "types.Int";
    case Kind::kUint:
      return "types.Uint";
    case Kind::kDouble:
      return "types.Double";
    case Kind::kString:
      return "types.String";
    case Kind::kBytes:
      return "types.Bytes";
    case Kind::kTimestamp:
      return "types.Timestamp";
    case Kind::kDuration:
      return "types.Duration";
    case Kind::kType:
      return "*types.Type";
    case Kind::kOptional:
      return "*types.Optional";
    case Kind::kList:
      return "*types.baseList";
    case Kind::kMap:
      return "*types.baseMap";
    case Kind::kOpaque:
    case Kind::kError:
      return TypeName(value);
  }
  return "";
}

}  // namespace apiserver::cel
