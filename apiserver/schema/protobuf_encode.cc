#include <algorithm>
#include <array>

#include "apiserver/api/base64.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/time_format.h"
#include "apiserver/schema/limits.h"
#include "apiserver/schema/normalize.h"
#include "apiserver/schema/protobuf.h"
#include "apiserver/schema/wire.h"
#include "sim/check.h"

namespace apiserver {
namespace {

using Members = std::array<const Value*, kFieldsMax>;

std::string_view TextOf(const Value& value) {
  if (!value.is_string()) return {};
  return {value.get_string().data(), value.get_string().size()};
}

std::int64_t IntegerOf(const Value& value) { return value.is_int64() ? value.get_int64() : 0; }

double DoubleOf(const Value& value) {
  if (value.is_double()) return value.get_double();
  return static_cast<double>(IntegerOf(value));
}

void EncodeMessage(const Type& type, const Value& value, std::string& out);
void EncodeField(const Type& type, std::uint32_t number, const Value& value, std::string& out);

void EncodeTime(const Value& value, TypeKind kind, std::string& out) {
  if (!value.is_string()) return;
  const sim::Result<WallTime> time =
      kind == TypeKind::kMicroTime ? ParseMicroTime(TextOf(value)) : ParseTime(TextOf(value));
  if (!time.ok() || *time == kGoZeroTime) return;
  AppendWireInteger(1, time->seconds, out);
  AppendWireInteger(2, kind == TypeKind::kMicroTime ? time->nanos / 1000 * 1000 : 0, out);
}

void EncodeIntOrString(const Value& value, std::string& out) {
  AppendWireInteger(1, value.is_string() ? 1 : 0, out);
  AppendWireInteger(2, IntegerOf(value), out);
  AppendWireText(3, TextOf(value), out);
}

// The loose parts of JSONSchemaProps, each a message of alternatives.
void EncodeAny(const Type& type, const Value& value, std::string& out) {
  const auto schema = [&](std::uint32_t number, const Value& element) {
    AppendWireMessage(number, out, [&] { EncodeMessage(*type.element, element, out); });
  };
  switch (type.proto_form) {
    case ProtoForm::kPlain:
    case ProtoForm::kItems:
      return;
    case ProtoForm::kRaw:
      if (!value.is_null()) AppendWireText(1, ToJson(value), out);
      return;
    case ProtoForm::kSchemaOrArray:
      if (value.is_object()) schema(1, value);
      if (value.is_array()) {
        for (const Value& item : value.get_array()) schema(2, item);
      }
      return;
    case ProtoForm::kSchemaOrBool:
      AppendWireInteger(1, value.is_object() || (value.is_bool() && value.get_bool()) ? 1 : 0, out);
      if (value.is_object()) schema(2, value);
      return;
    case ProtoForm::kSchemaOrStrings:
      if (value.is_object()) schema(1, value);
      if (value.is_array()) {
        for (const Value& item : value.get_array()) AppendWireText(2, TextOf(item), out);
      }
      return;
  }
  SIM_CHECK(false);
}

void EncodeMap(const Type& type, std::uint32_t number, const Value& value, std::string& out) {
  const Object* object = value.if_object();
  if (object == nullptr) return;
  std::vector<const boost::json::key_value_pair*> entries;
  entries.reserve(object->size());
  for (const auto& entry : *object) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  for (const auto* entry : entries) {
    AppendWireMessage(number, out, [&] {
      AppendWireText(1, {entry->key().data(), entry->key().size()}, out);
      EncodeField(*type.element, 2, entry->value(), out);
    });
  }
}

// One field that is there. Requires: `value` is not a nil pointer.
void EncodeField(const Type& type, std::uint32_t number, const Value& value, std::string& out) {
  switch (type.kind) {
    case TypeKind::kStruct:
      return AppendWireMessage(number, out, [&] { EncodeMessage(type, value, out); });
    case TypeKind::kMap:
      return EncodeMap(type, number, value, out);
    case TypeKind::kList: {
      const Array* items = value.if_array();
      if (items == nullptr) return;
      const auto write_items = [&](std::uint32_t item_number) {
        for (const Value& item : *items) EncodeField(*type.element, item_number, item, out);
      };
      if (type.proto_form == ProtoForm::kItems)
        return AppendWireMessage(number, out, [&] { write_items(1); });
      return write_items(number);
    }
    case TypeKind::kString:
      return AppendWireText(number, TextOf(value), out);
    case TypeKind::kBool:
      return AppendWireInteger(number, value.is_bool() && value.get_bool() ? 1 : 0, out);
    case TypeKind::kInt32:
    case TypeKind::kInt64:
      return AppendWireInteger(number, IntegerOf(value), out);
    case TypeKind::kFloat64:
      return AppendWireDouble(number, DoubleOf(value), out);
    case TypeKind::kBytes: {
      if (!value.is_string()) return;
      const sim::Result<std::string> bytes = DecodeBase64(TextOf(value));
      return AppendWireText(number, bytes.ok() ? std::string_view(*bytes) : std::string_view(),
                            out);
    }
    case TypeKind::kQuantity:
      return AppendWireMessage(
          number, out, [&] { AppendWireText(1, value.is_string() ? TextOf(value) : "0", out); });
    case TypeKind::kTime:
      return AppendWireMessage(number, out, [&] { EncodeTime(value, TypeKind::kTime, out); });
    case TypeKind::kMicroTime:
      return AppendWireMessage(number, out, [&] { EncodeTime(value, TypeKind::kMicroTime, out); });
    case TypeKind::kDuration:
      SIM_CHECK(false);  // No type of the table has one.
    case TypeKind::kIntOrString:
      return AppendWireMessage(number, out, [&] { EncodeIntOrString(value, out); });
    case TypeKind::kAny:
      return AppendWireMessage(number, out, [&] { EncodeAny(type, value, out); });
  }
  SIM_CHECK(false);
}

void EncodeMembers(const Type& type, std::span<const ProtoMember> rows, const Members& members,
                   std::string& out) {
  static const Value kNull;
  for (const ProtoMember& row : rows) {
    if (row.is_embedded) {
      AppendWireMessage(row.number, out, [&] { EncodeMembers(type, row.embedded, members, out); });
      continue;
    }
    const Field& field = type.fields[row.field];
    const Value* value = members[row.field];
    if (value == nullptr || value->is_null()) {
      if (field.is_pointer || field.type->kind == TypeKind::kMap ||
          field.type->kind == TypeKind::kList)
        continue;
      value = &kNull;
    }
    EncodeField(*field.type, row.number, *value, out);
  }
}

void EncodeMessage(const Type& type, const Value& value, std::string& out) {
  SIM_CHECK(type.fields.size() <= kFieldsMax);
  Members members;
  std::fill_n(members.begin(), type.fields.size(), nullptr);
  if (const Object* object = value.if_object()) {
    std::size_t cursor = 0;
    for (const auto& member : *object) {
      const std::string_view key(member.key().data(), member.key().size());
      for (std::size_t tried = 0; tried < type.fields.size(); ++tried, ++cursor) {
        if (cursor >= type.fields.size()) cursor = 0;
        if (type.fields[cursor].json_name != key) continue;
        members[cursor] = &member.value();
        break;
      }
    }
  }
  EncodeMembers(type, type.proto, members, out);
}

}  // namespace

void EncodeProtobuf(const Type& type, const Value& value, std::string& out) {
  EncodeMessage(type, value, out);
}

void EncodeProtobufObject(const Type& type, const Value& value, std::string& out) {
  out.append("k8s\0", 4);
  AppendWireMessage(1, out, [&] {
    AppendWireText(1, TextAt(value, {"apiVersion"}), out);
    AppendWireText(2, TextAt(value, {"kind"}), out);
  });
  AppendWireMessage(2, out, [&] { EncodeMessage(type, value, out); });
  AppendWireText(3, "", out);
  AppendWireText(4, "", out);
}

void EncodeProtobufWatchFrame(std::string_view event_type, std::string_view object,
                              std::string& out) {
  std::string event;
  AppendWireText(1, event_type, event);
  AppendWireMessage(2, event, [&] { AppendWireText(1, object, event); });
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(event.size() >> shift & 0xFF);
  out += event;
}

}  // namespace apiserver
