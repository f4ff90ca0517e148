#include <boost/container/small_vector.hpp>
#include <cstring>
#include <limits>

#include "apiserver/api/base64.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/quantity.h"
#include "apiserver/api/time_format.h"
#include "apiserver/schema/limits.h"
#include "apiserver/schema/normalize.h"
#include "apiserver/schema/protobuf.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr std::string_view kMagic("k8s\0", 4);

enum class Wire : std::uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5
};

// One field on the wire: a number (varints, fixed) or bytes.
struct WireField {
  std::uint32_t number = 0;
  Wire wire = Wire::kVarint;
  std::uint64_t value = 0;
  std::string_view bytes = {};
};

// Reads fields one after the other. After a failure it stays at the end with `error` set.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  // The next field, or false at the end and on failure.
  bool Next(WireField& field) {
    if (rest_.empty()) return false;
    const std::uint64_t tag = Varint();
    if (!error_.empty()) return false;
    field = {.number = static_cast<std::uint32_t>(tag >> 3), .wire = static_cast<Wire>(tag & 7)};
    if (field.number == 0 || tag >> 3 > 0x1FFFFFFF)
      return Fail("proto: illegal tag " + std::to_string(tag >> 3));
    switch (field.wire) {
      case Wire::kVarint:
        field.value = Varint();
        return error_.empty();
      case Wire::kFixed64:
        return Fixed(8, field);
      case Wire::kFixed32:
        return Fixed(4, field);
      case Wire::kBytes: {
        const std::uint64_t size = Varint();
        if (!error_.empty()) return false;
        if (size > rest_.size()) return Fail("unexpected EOF");
        field.bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
      }
      case Wire::kStartGroup:
      case Wire::kEndGroup:
        break;
    }
    return Fail("proto: illegal wireType " + std::to_string(tag & 7));
  }

  std::uint64_t Varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) {
        Fail("unexpected EOF");
        return 0;
      }
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return number;
    }
    Fail("proto: integer overflow");
    return 0;
  }

  const char* position() const { return rest_.data(); }
  bool at_end() const { return rest_.empty(); }
  const std::string& error() const { return error_; }

 private:
  bool Fail(std::string message) {
    error_ = std::move(message);
    rest_ = {};
    return false;
  }

  bool Fixed(std::size_t size, WireField& field) {
    if (rest_.size() < size) return Fail("unexpected EOF");
    std::memcpy(&field.value, rest_.data(), size);
    rest_.remove_prefix(size);
    return true;
  }

  std::string_view rest_;
  std::string error_;
};

// Where a struct's field lies on the wire: its last occurrence, and from its first to behind its
// last one.
struct Slot {
  WireField last;
  const char* begin = nullptr;
  const char* end = nullptr;
};
using Slots = boost::container::small_vector<Slot, 24>;

class Decoder {
 public:
  explicit Decoder(JsonStorage storage) : storage_(std::move(storage)) {}

  Value Message(const Type& type, std::string_view bytes,
                const ProtobufEnvelope* envelope = nullptr);

  std::string error;

 private:
  bool failed() const { return !error.empty(); }
  void Fail(std::string message) {
    if (error.empty()) error = std::move(message);
  }
  bool Expect(Wire want, const WireField& field, std::string_view name);

  void Scan(std::span<const ProtoMember> rows, std::string_view bytes, Slots& slots);
  Value FieldValue(const Field& field, const Slot& slot);
  Value Single(const Type& type, const WireField& field, std::string_view name);
  Value Text(std::string_view bytes);
  void AppendItem(const Type& element, const WireField& field, std::string_view name, Array& items);
  Value Items(const Type& type, std::string_view bytes, std::string_view name);
  void MapEntry(const Type& element, std::string_view bytes, std::string_view name, Object& object);
  Value Timestamp(std::string_view bytes, TypeKind kind);
  Value IntOrString(std::string_view bytes);
  Value QuantityText(std::string_view bytes);
  Value Any(const Type& type, std::string_view bytes);
  Value Json(std::string_view text);

  JsonStorage storage_;
  int depth_ = 0;
};

bool Decoder::Expect(Wire want, const WireField& field, std::string_view name) {
  if (field.wire == want) return true;
  Fail("proto: wrong wireType = " + std::to_string(static_cast<int>(field.wire)) + " for field " +
       std::string(name));
  return false;
}

void Decoder::Scan(std::span<const ProtoMember> rows, std::string_view bytes, Slots& slots) {
  WireReader reader(bytes);
  WireField field;
  std::size_t cursor = 0;
  for (const char* begin = reader.position(); reader.Next(field); begin = reader.position()) {
    std::size_t tried = 0;
    while (tried < rows.size() && rows[cursor].number != field.number) {
      cursor = cursor + 1 == rows.size() ? 0 : cursor + 1;
      ++tried;
    }
    if (tried == rows.size()) continue;  // An unknown field: of a later version.
    const ProtoMember& row = rows[cursor];
    if (row.is_embedded) {
      if (Expect(Wire::kBytes, field, "embedded")) Scan(row.embedded, field.bytes, slots);
      if (failed()) return;
      continue;
    }
    Slot& slot = slots[row.field];
    if (slot.begin == nullptr) slot.begin = begin;
    slot.last = field;
    slot.end = reader.position();
  }
  if (!reader.error().empty()) Fail(reader.error());
}

Value Decoder::Message(const Type& type, std::string_view bytes, const ProtobufEnvelope* envelope) {
  if (++depth_ > kProtobufDepthMax) Fail("proto: message nested too deeply");
  Slots slots(type.fields.size());
  if (!failed()) Scan(type.proto, bytes, slots);
  Object object(storage_);
  if (failed()) return object;
  std::size_t count = 0;
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    if (slots[i].begin != nullptr || !type.fields[i].omit_empty) ++count;
  }
  object.reserve(count + 2);
  for (std::size_t i = 0; i < type.fields.size() && !failed(); ++i) {
    const Field& field = type.fields[i];
    if (slots[i].begin != nullptr) {
      Value value = FieldValue(field, slots[i]);
      if (!IsOmitted(field, value)) object.emplace(field.json_name, std::move(value));
    } else if (envelope != nullptr && field.json_name == "kind" && !envelope->kind.empty()) {
      object.emplace("kind", Text(envelope->kind));
    } else if (envelope != nullptr && field.json_name == "apiVersion" &&
               !envelope->api_version.empty()) {
      object.emplace("apiVersion", Text(envelope->api_version));
    } else if (!field.omit_empty) {
      object.emplace(field.json_name, field.is_pointer ? Value(nullptr, storage_)
                                                       : ZeroValue(*field.type, storage_));
    }
  }
  --depth_;
  return object;
}

// Lists and maps gather all occurrences; of a single field the last one counts.
Value Decoder::FieldValue(const Field& field, const Slot& slot) {
  const Type& type = *field.type;
  const bool is_map = type.kind == TypeKind::kMap;
  const bool is_list = type.kind == TypeKind::kList && type.proto_form != ProtoForm::kItems;
  if (!is_map && !is_list) return Single(type, slot.last, field.json_name);
  Value value(storage_);
  if (is_map) {
    value.emplace_object();
  } else {
    value.emplace_array();
  }
  WireReader reader({slot.begin, static_cast<std::size_t>(slot.end - slot.begin)});
  WireField wire;
  while (!failed() && reader.Next(wire)) {
    if (wire.number != slot.last.number) continue;
    if (is_list) {
      AppendItem(*type.element, wire, field.json_name, value.get_array());
    } else if (Expect(Wire::kBytes, wire, field.json_name)) {
      MapEntry(*type.element, wire.bytes, field.json_name, value.get_object());
    }
  }
  return value;
}

void Decoder::AppendItem(const Type& element, const WireField& field, std::string_view name,
                         Array& items) {
  const bool is_integer = element.kind == TypeKind::kInt32 || element.kind == TypeKind::kInt64;
  if (is_integer &&
      field.wire == Wire::kBytes) {  // Packed: never written by Kubernetes, but readable.
    WireReader reader(field.bytes);
    while (!reader.at_end()) {
      const WireField number{.value = reader.Varint()};
      if (!reader.error().empty()) return Fail(reader.error());
      items.push_back(Single(element, number, name));
    }
    return;
  }
  items.push_back(Single(element, field, name));
}

Value Decoder::Items(const Type& type, std::string_view bytes, std::string_view name) {
  Array items(storage_);
  WireReader reader(bytes);
  WireField field;
  while (!failed() && reader.Next(field)) {
    if (field.number == 1) AppendItem(*type.element, field, name, items);
  }
  if (!reader.error().empty()) Fail(reader.error());
  return items;
}

void Decoder::MapEntry(const Type& element, std::string_view bytes, std::string_view name,
                       Object& object) {
  WireReader reader(bytes);
  WireField field;
  std::string_view key;
  Value value(storage_);
  bool has_value = false;
  while (!failed() && reader.Next(field)) {
    if (field.number == 1 && Expect(Wire::kBytes, field, name)) key = field.bytes;
    if (field.number != 2) continue;
    value = Single(element, field, name);
    has_value = true;
  }
  if (!reader.error().empty()) Fail(reader.error());
  if (failed()) return;
  if (!has_value)
    value = element.kind == TypeKind::kBytes ? Value(std::string_view(), storage_)
                                             : ZeroValue(element, storage_);
  object[IsValidUtf8(key) ? std::string(key) : ReplaceInvalidUtf8(key)] = std::move(value);
}

Value Decoder::Text(std::string_view bytes) {
  if (IsValidUtf8(bytes)) return Value(bytes, storage_);
  return Value(ReplaceInvalidUtf8(bytes), storage_);
}

Value Decoder::Single(const Type& type, const WireField& field, std::string_view name) {
  const bool is_number = type.kind == TypeKind::kBool || type.kind == TypeKind::kInt32 ||
                         type.kind == TypeKind::kInt64;
  const Wire want = is_number                         ? Wire::kVarint
                    : type.kind == TypeKind::kFloat64 ? Wire::kFixed64
                                                      : Wire::kBytes;
  if (!Expect(want, field, name)) return Value(storage_);
  switch (type.kind) {
    case TypeKind::kStruct:
      return Message(type, field.bytes);
    case TypeKind::kList:
      return Items(type, field.bytes, name);
    case TypeKind::kMap:
      SIM_CHECK(false);  // Protobuf has no map of maps.
    case TypeKind::kString:
      return Text(field.bytes);
    case TypeKind::kBool:
      return Value(field.value != 0, storage_);
    case TypeKind::kInt32:
      return Value(static_cast<std::int64_t>(static_cast<std::int32_t>(field.value)), storage_);
    case TypeKind::kInt64:
      return Value(static_cast<std::int64_t>(field.value), storage_);
    case TypeKind::kFloat64: {
      double number = 0;
      std::memcpy(&number, &field.value, sizeof number);
      return Value(number, storage_);
    }
    case TypeKind::kBytes: {
      std::string text;
      AppendBase64(field.bytes, text);
      return Value(text, storage_);
    }
    case TypeKind::kQuantity:
      return QuantityText(field.bytes);
    case TypeKind::kTime:
      return Timestamp(field.bytes, TypeKind::kTime);
    case TypeKind::kMicroTime:
      return Timestamp(field.bytes, TypeKind::kMicroTime);
    case TypeKind::kDuration:
      SIM_CHECK(false);  // No type of the table has one.
    case TypeKind::kIntOrString:
      return IntOrString(field.bytes);
    case TypeKind::kAny:
      return Any(type, field.bytes);
  }
  SIM_CHECK(false);
}

Value Decoder::Timestamp(std::string_view bytes, TypeKind kind) {
  // Years 1 to 9999, as far as JSON's text goes.
  constexpr std::int64_t kSecondsMax = 253402300799;
  if (bytes.empty()) return Value(nullptr, storage_);
  WallTime time{.seconds = 0, .nanos = 0};
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1 && Expect(Wire::kVarint, field, "seconds"))
      time.seconds = static_cast<std::int64_t>(field.value);
    if (field.number == 2 && Expect(Wire::kVarint, field, "nanos"))
      time.nanos = static_cast<std::int32_t>(field.value);
  }
  if (!reader.error().empty()) Fail(reader.error());
  if (time.seconds < kGoZeroTime.seconds || time.seconds > kSecondsMax || time.nanos < 0 ||
      time.nanos >= 1'000'000'000) {
    Fail("Time.MarshalJSON: year outside of range [0,9999]");
  }
  if (failed() || time == kGoZeroTime) return Value(nullptr, storage_);
  return Value(kind == TypeKind::kMicroTime ? FormatMicroTime(time) : FormatTime(time), storage_);
}

Value Decoder::IntOrString(std::string_view bytes) {
  std::int64_t type = 0;
  std::int32_t number = 0;
  std::string_view text;
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1 && Expect(Wire::kVarint, field, "type"))
      type = static_cast<std::int64_t>(field.value);
    if (field.number == 2 && Expect(Wire::kVarint, field, "intVal"))
      number = static_cast<std::int32_t>(field.value);
    if (field.number == 3 && Expect(Wire::kBytes, field, "strVal")) text = field.bytes;
  }
  if (!reader.error().empty()) Fail(reader.error());
  if (type == 1) return Text(text);
  if (type != 0) Fail("impossible IntOrString.Type");
  return Value(std::int64_t{number}, storage_);
}

Value Decoder::QuantityText(std::string_view bytes) {
  std::string_view text = "0";
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(field)) {
    if (field.number == 1 && Expect(Wire::kBytes, field, "string")) text = field.bytes;
  }
  if (!reader.error().empty()) Fail(reader.error());
  Value value(text.empty() ? std::string_view("0") : text, storage_);
  const sim::Result<std::string> canonical = CanonicalQuantity(value);
  if (!canonical.ok()) {
    Fail(canonical.error().message);
  } else if (*canonical != text) {
    value = *canonical;
  }
  return value;
}

Value Decoder::Json(std::string_view text) {
  if (text.empty()) return Value(nullptr, storage_);
  JsonParseResult parsed = ParseJson(text, storage_);
  if (!parsed.ok()) Fail(parsed.error);
  return std::move(parsed.value);
}

Value Decoder::Any(const Type& type, std::string_view bytes) {
  WireReader reader(bytes);
  WireField field;
  Value value(storage_);
  if (type.proto_form == ProtoForm::kSchemaOrBool) value = false;
  while (!failed() && reader.Next(field)) {
    const bool is_flag = type.proto_form == ProtoForm::kSchemaOrBool && field.number == 1;
    if (!Expect(is_flag ? Wire::kVarint : Wire::kBytes, field, "raw")) break;
    const bool is_schema = field.number == (type.proto_form == ProtoForm::kSchemaOrBool ? 2 : 1);
    if (type.proto_form == ProtoForm::kRaw) {
      if (field.number == 1) value = Json(field.bytes);
    } else if (is_flag) {
      if (!value.is_object()) value = field.value != 0;
    } else if (is_schema) {
      value = Message(*type.element, field.bytes);
    } else if (field.number == 2) {
      if (!value.is_array()) value.emplace_array();
      value.get_array().push_back(type.proto_form == ProtoForm::kSchemaOrArray
                                      ? Message(*type.element, field.bytes)
                                      : Text(field.bytes));
    }
  }
  if (!reader.error().empty()) Fail(reader.error());
  return value;
}

}  // namespace

sim::Result<Value> DecodeProtobuf(const Type& type, std::string_view message, JsonStorage storage) {
  Decoder decoder(std::move(storage));
  Value value = decoder.Message(type, message);
  if (!decoder.error.empty()) return sim::Error{decoder.error};
  return value;
}

sim::Result<ProtobufEnvelope> DecodeProtobufEnvelope(std::string_view body) {
  if (!body.starts_with(kMagic)) {
    return sim::Error{
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"};
  }
  ProtobufEnvelope envelope;
  WireReader reader(body.substr(kMagic.size()));
  WireField field;
  while (reader.Next(field)) {
    if (field.wire != Wire::kBytes && field.number <= 4)
      return sim::Error{"proto: wrong wireType in runtime.Unknown"};
    if (field.number == 2) envelope.raw = field.bytes;
    if (field.number == 3) envelope.content_encoding = field.bytes;
    if (field.number == 4) envelope.content_type = field.bytes;
    if (field.number != 1) continue;
    WireReader meta(field.bytes);
    WireField part;
    while (meta.Next(part)) {
      if (part.number == 1) envelope.api_version = part.bytes;
      if (part.number == 2) envelope.kind = part.bytes;
    }
    if (!meta.error().empty()) return sim::Error{meta.error()};
  }
  if (!reader.error().empty()) return sim::Error{reader.error()};
  return envelope;
}

sim::Result<Value> DecodeProtobufObject(const Type& type, const ProtobufEnvelope& envelope,
                                        JsonStorage storage) {
  Decoder decoder(std::move(storage));
  Value value = decoder.Message(type, envelope.raw, &envelope);
  if (!decoder.error.empty()) return sim::Error{decoder.error};
  return value;
}

}  // namespace apiserver
