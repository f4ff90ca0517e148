// JSON to values by their schema, with the sentences of upstream's UnstructuredToVal.
#include <string>

#include "apiserver/api/base64.h"
#include "apiserver/api/go_text.h"
#include "apiserver/cel/json_values.h"
#include "apiserver/cel/time_text.h"

namespace apiserver::cel {
namespace {

Value Expected(Arena& arena, std::string_view what, const apiserver::Value& json) {
  return NewError(arena,
                  "invalid data, expected " + std::string(what) + ", got " + GoTypeName(json));
}

Value Dynamic(const apiserver::Value& json, Arena& arena) {
  switch (json.kind()) {
    case boost::json::kind::null:
      return {};
    case boost::json::kind::bool_:
      return Value::Bool(json.get_bool());
    case boost::json::kind::int64:
      return Value::Int(json.get_int64());
    case boost::json::kind::uint64:
      return Value::Double(static_cast<double>(json.get_uint64()));
    case boost::json::kind::double_:
      return Value::Double(json.get_double());
    case boost::json::kind::string:
      return Value::String(json.get_string());
    case boost::json::kind::array:
      return Value::Of(static_cast<const List*>(arena.New<JsonList>(&json.get_array(), nullptr)));
    case boost::json::kind::object:
      return Value::Of(static_cast<const Map*>(arena.New<JsonMap>(&json.get_object(), nullptr)));
  }
  return {};
}

Value Base64Bytes(std::string_view text, Arena& arena) {
  std::string standard(text);  // strfmt reads the alphabet of URLs
  for (char& c : standard) {
    if (c == '-')
      c = '+';
    else if (c == '_')
      c = '/';
  }
  const auto bytes = DecodeBase64(standard);
  if (!bytes.ok()) {
    return NewError(
        arena, "Invalid byte formatted string " + std::string(text) + ": " + bytes.error().message);
  }
  return NewBytes(arena, *bytes);
}

Value FromText(std::string_view text, const Shape& shape, Arena& arena) {
  switch (shape.kind) {
    case Shape::Kind::kDuration: {
      const auto nanos = ParseSchemaDuration(text);
      if (nanos) return Value::Duration(*nanos);
      return NewError(arena, "Invalid duration " + std::string(text) + ": unable to parse " +
                                 std::string(text) + " as duration");
    }
    case Shape::Kind::kDate: {
      const auto time = ParseTime(std::string(text) + "T00:00:00Z");
      if (time.ok()) return Value::Timestamp(*time);
      return NewError(arena, "Invalid date formatted string " + std::string(text) + ": " +
                                 time.error().message);
    }
    case Shape::Kind::kDateTime: {
      if (text.empty()) return Value::Timestamp({});
      const auto time = ParseZonedTime(text);
      if (time.ok()) return Value::Timestamp(time->time, time->zone_minutes);
      const auto local = ParseTime(std::string(text) + "Z");  // ISO 8601 without a zone
      if (local.ok()) return Value::Timestamp(*local);
      return NewError(arena, "Invalid date-time formatted string " + std::string(text) + ": " +
                                 time.error().message);
    }
    case Shape::Kind::kByte:
      return Base64Bytes(text, arena);
    default:
      return Value::String(text);
  }
}

}  // namespace

Value FromJson(const apiserver::Value& json, const Shape* shape, Arena& arena) {
  if (shape == nullptr) return Dynamic(json, arena);
  if (json.is_null()) {
    if (shape->is_nullable) return {};
    return Value::Error("invalid data, got null for schema with nullable=false");
  }
  switch (shape->kind) {
    case Shape::Kind::kObject:
    case Shape::Kind::kMap:
    case Shape::Kind::kUntyped:
      if (!json.is_object()) {
        return Value::Error(
            "invalid data, expected a map for the provided schema with type=object");
      }
      return Value::Of(static_cast<const Map*>(arena.New<JsonMap>(&json.get_object(), shape)));
    case Shape::Kind::kList:
      if (!json.is_array()) {
        return Value::Error(
            "invalid data, expected an array for the provided schema with type=array");
      }
      return Value::Of(static_cast<const List*>(arena.New<JsonList>(&json.get_array(), shape)));
    case Shape::Kind::kString:
      if (json.is_string()) return Value::String(json.get_string());
      return Expected(arena, "string", json);
    case Shape::Kind::kDuration:
    case Shape::Kind::kDate:
    case Shape::Kind::kDateTime:
    case Shape::Kind::kByte:
      if (json.is_string()) return FromText(json.get_string(), *shape, arena);
      return Expected(arena, "string", json);
    case Shape::Kind::kInteger:
      if (json.is_int64()) return Value::Int(json.get_int64());
      return Expected(arena, "int", json);
    case Shape::Kind::kNumber:
      if (json.is_int64()) return Value::Double(static_cast<double>(json.get_int64()));
      if (json.is_uint64()) return Value::Double(static_cast<double>(json.get_uint64()));
      if (json.is_double()) return Value::Double(json.get_double());
      return Expected(arena, "float", json);
    case Shape::Kind::kBoolean:
      if (json.is_bool()) return Value::Bool(json.get_bool());
      return Expected(arena, "bool", json);
    case Shape::Kind::kIntOrString:
      if (json.is_string()) return Value::String(json.get_string());
      if (json.is_int64()) return Value::Int(json.get_int64());
      return Value::Error(
          "invalid data, expected XIntOrString value to be either a string or integer");
    case Shape::Kind::kPreserved:
      return Value::Of(static_cast<const Opaque*>(arena.New<PreservedJson>(&json)));
  }
  return {};
}

}  // namespace apiserver::cel
