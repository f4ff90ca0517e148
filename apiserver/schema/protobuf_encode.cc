#include <algorithm>
#include <array>
#include <cstring>

#include "apiserver/api/json_write.h"
#include "apiserver/api/time_format.h"
#include "apiserver/schema/base64.h"
#include "apiserver/schema/limits.h"
#include "apiserver/schema/normalize.h"
#include "apiserver/schema/protobuf.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::uint32_t kVarint = 0;
constexpr std::uint32_t kFixed64 = 1;
constexpr std::uint32_t kBytes = 2;

using Members = std::array<const Value*, kFieldsMax>;

void AppendVarint(std::uint64_t number, std::string& out) {
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

void AppendTag(std::uint32_t number, std::uint32_t wire, std::string& out) {
  AppendVarint(std::uint64_t{number} << 3 | wire, out);
}

void AppendText(std::uint32_t number, std::string_view text, std::string& out) {
  AppendTag(number, kBytes, out);
  AppendVarint(text.size(), out);
  out += text;
}

void AppendInteger(std::uint32_t number, std::int64_t value, std::string& out) {
  AppendTag(number, kVarint, out);
  AppendVarint(static_cast<std::uint64_t>(value), out);
}

// Writes a nested message: its length stands before what `write` appends, and most lengths take one
// byte.
template <class Write>
void AppendMessage(std::uint32_t number, std::string& out, Write write) {
  AppendTag(number, kBytes, out);
  const std::size_t start = out.size();
  out += '\0';
  write();
  std::uint64_t size = out.size() - start - 1;
  if (size < 0x80) {
    out[start] = static_cast<char>(size);
    return;
  }
  std::string length;
  AppendVarint(size, length);
  out.replace(start, 1, length);
}

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
  AppendInteger(1, time->seconds, out);
  AppendInteger(2, kind == TypeKind::kMicroTime ? time->nanos / 1000 * 1000 : 0, out);
}

void EncodeIntOrString(const Value& value, std::string& out) {
  AppendInteger(1, value.is_string() ? 1 : 0, out);
  AppendInteger(2, IntegerOf(value), out);
  AppendText(3, TextOf(value), out);
}

// The loose parts of JSONSchemaProps, each a message of alternatives.
void EncodeAny(const Type& type, const Value& value, std::string& out) {
  const auto schema = [&](std::uint32_t number, const Value& element) {
    AppendMessage(number, out, [&] { EncodeMessage(*type.element, element, out); });
  };
  switch (type.proto_form) {
    case ProtoForm::kPlain:
    case ProtoForm::kItems:
      return;
    case ProtoForm::kRaw:
      if (!value.is_null()) AppendText(1, ToJson(value), out);
      return;
    case ProtoForm::kSchemaOrArray:
      if (value.is_object()) schema(1, value);
      if (value.is_array()) {
        for (const Value& item : value.get_array()) schema(2, item);
      }
      return;
    case ProtoForm::kSchemaOrBool:
      AppendInteger(1, value.is_object() || (value.is_bool() && value.get_bool()) ? 1 : 0, out);
      if (value.is_object()) schema(2, value);
      return;
    case ProtoForm::kSchemaOrStrings:
      if (value.is_object()) schema(1, value);
      if (value.is_array()) {
        for (const Value& item : value.get_array()) AppendText(2, TextOf(item), out);
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
    AppendMessage(number, out, [&] {
      AppendText(1, {entry->key().data(), entry->key().size()}, out);
      EncodeField(*type.element, 2, entry->value(), out);
    });
  }
}

// One field that is there. Requires: `value` is not a nil pointer.
void EncodeField(const Type& type, std::uint32_t number, const Value& value, std::string& out) {
  switch (type.kind) {
    case TypeKind::kStruct:
      return AppendMessage(number, out, [&] { EncodeMessage(type, value, out); });
    case TypeKind::kMap:
      return EncodeMap(type, number, value, out);
    case TypeKind::kList: {
      const Array* items = value.if_array();
      if (items == nullptr) return;
      const auto write_items = [&](std::uint32_t item_number) {
        for (const Value& item : *items) EncodeField(*type.element, item_number, item, out);
      };
      if (type.proto_form == ProtoForm::kItems)
        return AppendMessage(number, out, [&] { write_items(1); });
      return write_items(number);
    }
    case TypeKind::kString:
      return AppendText(number, TextOf(value), out);
    case TypeKind::kBool:
      return AppendInteger(number, value.is_bool() && value.get_bool() ? 1 : 0, out);
    case TypeKind::kInt32:
    case TypeKind::kInt64:
      return AppendInteger(number, IntegerOf(value), out);
    case TypeKind::kFloat64: {
      AppendTag(number, kFixed64, out);
      const double number_value = DoubleOf(value);
      char bytes[8];
      std::memcpy(bytes, &number_value,
                  8);  // The wire is little-endian, as every machine we build for.
      out.append(bytes, 8);
      return;
    }
    case TypeKind::kBytes: {
      if (!value.is_string()) return;
      const sim::Result<std::string> bytes = DecodeBase64(TextOf(value));
      return AppendText(number, bytes.ok() ? std::string_view(*bytes) : std::string_view(), out);
    }
    case TypeKind::kQuantity:
      return AppendMessage(number, out,
                           [&] { AppendText(1, value.is_string() ? TextOf(value) : "0", out); });
    case TypeKind::kTime:
      return AppendMessage(number, out, [&] { EncodeTime(value, TypeKind::kTime, out); });
    case TypeKind::kMicroTime:
      return AppendMessage(number, out, [&] { EncodeTime(value, TypeKind::kMicroTime, out); });
    case TypeKind::kDuration:
      SIM_CHECK(false);  // No type of the table has one.
    case TypeKind::kIntOrString:
      return AppendMessage(number, out, [&] { EncodeIntOrString(value, out); });
    case TypeKind::kAny:
      return AppendMessage(number, out, [&] { EncodeAny(type, value, out); });
  }
  SIM_CHECK(false);
}

void EncodeMembers(const Type& type, std::span<const ProtoMember> rows, const Members& members,
                   std::string& out) {
  static const Value kNull;
  for (const ProtoMember& row : rows) {
    if (row.is_embedded) {
      AppendMessage(row.number, out, [&] { EncodeMembers(type, row.embedded, members, out); });
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
  AppendMessage(1, out, [&] {
    AppendText(1, TextAt(value, {"apiVersion"}), out);
    AppendText(2, TextAt(value, {"kind"}), out);
  });
  AppendMessage(2, out, [&] { EncodeMessage(type, value, out); });
  AppendText(3, "", out);
  AppendText(4, "", out);
}

void EncodeProtobufWatchFrame(std::string_view event_type, std::string_view object,
                              std::string& out) {
  std::string event;
  AppendText(1, event_type, event);
  AppendMessage(2, event, [&] { AppendText(1, object, event); });
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(event.size() >> shift & 0xFF);
  out += event;
}

}  // namespace apiserver
