#include "apiserver/schema/normalize.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "apiserver/api/base64.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/quantity.h"
#include "apiserver/api/time_format.h"
#include "apiserver/schema/limits.h"
#include "sim/check.h"

namespace apiserver {
namespace {

// Where the walk is: frames live on the stack of the recursion, texts are made only for errors.
struct Frame {
  enum class Step : std::uint8_t { kField, kKey, kIndex };
  const Frame* parent = nullptr;
  Step step = Step::kField;
  std::string_view name = {};
  std::size_t index = 0;
  const Type* owner = nullptr;        // kField: the struct
  std::string_view embedded_in = {};  // kField: as the field's
};

std::string_view Text(const Value& value) {
  return {value.get_string().data(), value.get_string().size()};
}

// "spec.containers[0]", as strict errors name places.
void AppendPath(const Frame* frame, std::string& out) {
  if (frame == nullptr) return;
  AppendPath(frame->parent, out);
  if (frame->step == Frame::Step::kIndex) {
    out += '[' + std::to_string(frame->index) + ']';
    return;
  }
  if (!out.empty()) out += '.';
  out += frame->name;
}

// "spec.ports.port", as type errors name places: names of fields and of the structs that embed
// them.
void AppendFieldPath(const Frame* frame, std::string& out) {
  if (frame == nullptr) return;
  AppendFieldPath(frame->parent, out);
  if (frame->step != Frame::Step::kField) return;
  if (!out.empty()) out += '.';
  if (!frame->embedded_in.empty()) (out += frame->embedded_in) += '.';
  out += frame->name;
}

// "2026-01-01T00:00:00Z" as Go would print it; false also for the few dates that need a calendar.
bool IsPlainTime(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != kShape[i]) return false;
  }
  const auto number = [text](std::size_t at) {
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
  };
  const int month = number(5);
  const int day = number(8);
  return text[0] != '0' && month >= 1 && month <= 12 && day >= 1 && day <= 28 && number(11) < 24 &&
         number(14) < 60 && number(17) < 60;
}

std::string_view GoKind(const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::object:
      return "object";
    case boost::json::kind::array:
      return "array";
    case boost::json::kind::string:
      return "string";
    case boost::json::kind::bool_:
      return "bool";
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_:
      return "number";
  }
  SIM_CHECK(false);
}

// Upstream's own structs hold label selectors with their JSON tags: no rule and no error sees what
// is empty in them.
bool HidesEmpties(const Type& type) {
  return type.go_name == "LabelSelector" || type.go_name == "LabelSelectorRequirement";
}

class Normalizer {
 public:
  Normalizer(UnknownFields unknown, EmptyLists empty_lists)
      : unknown_(unknown),
        is_stored_(empty_lists == EmptyLists::kAsStored),
        keeps_empties_(empty_lists == EmptyLists::kKept) {}

  // Requires: `value` is not null.
  void Visit(const Type& type, Value& value, const Frame* frame);
  bool failed() const { return !result.error.empty(); }

  NormalizeResult result;

 private:
  void Struct(const Type& type, Value& value, const Frame* frame);
  void Map(const Type& type, Value& value, const Frame* frame);
  void List(const Type& type, Value& value, const Frame* frame);
  void Integer(const Type& type, Value& value, std::int64_t min, std::int64_t max,
               const Frame* frame);
  void Double(const Type& type, Value& value, const Frame* frame);
  void Bytes(const Type& type, Value& value, const Frame* frame);
  void QuantityText(Value& value);
  void Timestamp(const Type& type, Value& value, const Frame* frame);
  void IntOrString(Value& value, const Frame* frame);
  void Schema(const Type& type, Value& value, const Frame* frame);

  void ReportUnknown(const Frame* parent, std::string_view name);
  void WrongType(std::string_view go_type, const Value& value, const Frame* frame,
                 bool quote_number = false);

  UnknownFields unknown_;
  const bool is_stored_;
  const bool keeps_empties_;
};

void Normalizer::ReportUnknown(const Frame* parent, std::string_view name) {
  if (unknown_ == UnknownFields::kIgnore || result.unknown_fields.size() >= kUnknownFieldsMax)
    return;
  const Frame frame{.parent = parent, .name = name};
  AppendPath(&frame, result.unknown_fields.emplace_back());
}

void Normalizer::WrongType(std::string_view go_type, const Value& value, const Frame* frame,
                           bool quote_number) {
  result.error = "json: cannot unmarshal " + std::string(GoKind(value));
  if (quote_number) result.error += ' ' + ToJson(value);
  const Frame* field = frame;
  while (field != nullptr && field->step != Frame::Step::kField) field = field->parent;
  if (field == nullptr) {
    result.error += " into Go value of type ";
  } else {
    std::string path;
    AppendFieldPath(field, path);
    result.error +=
        " into Go struct field " + std::string(field->owner->go_name) + '.' + path + " of type ";
  }
  result.error += go_type;
}

void Normalizer::Struct(const Type& type, Value& value, const Frame* frame) {
  Object* object = value.if_object();
  if (object == nullptr) return WrongType(type.go_type, value, frame);
  const std::size_t count = type.fields.size();
  SIM_CHECK(count <= kFieldsMax);
  std::array<Value*, kFieldsMax> found;
  std::fill_n(found.begin(), count, nullptr);
  bool is_exact = true;  // The members are already those that Go would write.
  std::size_t cursor = 0;
  for (auto& member : *object) {
    const std::string_view key(member.key().data(), member.key().size());
    std::size_t index = cursor;
    while (index < count && type.fields[index].json_name != key) ++index;
    if (index == count) {
      index = 0;
      while (index < cursor && type.fields[index].json_name != key) ++index;
      is_exact = false;
      if (index == cursor) {
        ReportUnknown(frame, key);
        continue;
      }
    }
    cursor = index + 1;
    const Field& field = type.fields[index];
    Value& child = member.value();
    if (!child.is_null()) {
      const Frame here{
          .parent = frame, .name = key, .owner = &type, .embedded_in = field.embedded_in};
      Visit(*field.type, child, &here);
      if (failed()) return;
      const bool is_written = !field.omit_empty && !field.is_pointer;
      if (is_stored_ && is_written && child.is_array() && child.get_array().empty()) {
        child = nullptr;
      }
    } else if (!field.is_pointer && !field.omit_empty) {
      child = ZeroValue(*field.type, child.storage());
    }
    const bool is_omitted = IsOmitted(field, child);
    const bool is_kept =
        is_omitted && keeps_empties_ && child.is_structured() && !HidesEmpties(type);
    if (is_kept) result.has_empties = true;
    if (is_omitted && !is_kept) {
      is_exact = false;
    } else {
      found[index] = &child;
    }
  }
  std::size_t written = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (found[i] == nullptr && type.fields[i].omit_empty) continue;
    ++written;
    if (found[i] == nullptr) is_exact = false;
  }
  if (is_exact) return;
  Object rebuilt(object->storage());
  rebuilt.reserve(written);
  for (std::size_t i = 0; i < count; ++i) {
    const Field& field = type.fields[i];
    if (found[i] != nullptr) {
      rebuilt.emplace(field.json_name, std::move(*found[i]));
    } else if (!field.omit_empty) {
      rebuilt.emplace(field.json_name, field.is_pointer
                                           ? Value(nullptr, object->storage())
                                           : ZeroValue(*field.type, object->storage()));
    }
  }
  *object = std::move(rebuilt);
}

void Normalizer::Map(const Type& type, Value& value, const Frame* frame) {
  Object* object = value.if_object();
  if (object == nullptr) return WrongType(type.go_type, value, frame);
  for (auto& member : *object) {
    if (member.value().is_null()) {
      const bool is_bytes = is_stored_ && type.element->kind == TypeKind::kBytes;
      member.value() =
          is_bytes ? Value("", object->storage()) : ZeroValue(*type.element, object->storage());
      continue;
    }
    const Frame here{.parent = frame,
                     .step = Frame::Step::kKey,
                     .name = {member.key().data(), member.key().size()}};
    Visit(*type.element, member.value(), &here);
    if (failed()) return;
  }
  SortMembers(*object);
}

void Normalizer::List(const Type& type, Value& value, const Frame* frame) {
  Array* array = value.if_array();
  if (array == nullptr) return WrongType(type.go_type, value, frame);
  for (std::size_t i = 0; i < array->size(); ++i) {
    Value& item = (*array)[i];
    if (item.is_null()) {
      if (!type.element_is_pointer) item = ZeroValue(*type.element, array->storage());
      continue;
    }
    const Frame here{.parent = frame, .step = Frame::Step::kIndex, .index = i};
    Visit(*type.element, item, &here);
    if (failed()) return;
  }
}

void Normalizer::Integer(const Type& type, Value& value, std::int64_t min, std::int64_t max,
                         const Frame* frame) {
  if (!value.is_number()) return WrongType(type.go_type, value, frame);
  const bool fits = value.is_int64() && value.get_int64() >= min && value.get_int64() <= max;
  if (!fits) WrongType(type.go_type, value, frame, true);
}

void Normalizer::Double(const Type& type, Value& value, const Frame* frame) {
  // Integers beyond this lose digits as a double, and must look it.
  constexpr std::int64_t kExactMax = std::int64_t{1} << 53;
  if (!value.is_number()) return WrongType(type.go_type, value, frame);
  if (!value.is_int64()) return;
  const std::int64_t number = value.get_int64();
  if (number > kExactMax || number < -kExactMax) value = static_cast<double>(number);
}

void Normalizer::Bytes(const Type& type, Value& value, const Frame* frame) {
  if (!value.is_string()) return WrongType(type.go_type, value, frame);
  const sim::Result<std::string> bytes = DecodeBase64(Text(value));
  if (!bytes.ok()) {
    result.error = bytes.error().message;
    return;
  }
  std::string text;
  AppendBase64(*bytes, text);
  if (text != Text(value)) value.get_string().assign(text);
}

void Normalizer::QuantityText(Value& value) {
  const sim::Result<std::string> text = CanonicalQuantity(value);
  if (!text.ok()) {
    result.error = text.error().message;
  } else if (!value.is_string() || Text(value) != *text) {
    value = *text;
  }
}

void Normalizer::Timestamp(const Type& type, Value& value, const Frame* frame) {
  if (!value.is_string()) return WrongType("string", value, frame);
  const bool is_micro = type.kind == TypeKind::kMicroTime;
  if (!is_micro && IsPlainTime(Text(value))) return;
  const sim::Result<WallTime> time =
      is_micro ? ParseMicroTime(Text(value)) : ParseTime(Text(value));
  if (!time.ok()) {
    result.error = time.error().message;
    return;
  }
  if (*time == kGoZeroTime) {
    value = nullptr;
    return;
  }
  const std::string text = is_micro ? FormatMicroTime(*time) : FormatTime(*time);
  if (text != Text(value)) value.get_string().assign(text);
}

void Normalizer::IntOrString(Value& value, const Frame* frame) {
  if (value.is_string()) return;
  if (!value.is_number()) return WrongType("int32", value, frame);
  const bool fits = value.is_int64() &&
                    value.get_int64() >= std::numeric_limits<std::int32_t>::min() &&
                    value.get_int64() <= std::numeric_limits<std::int32_t>::max();
  if (!fits) WrongType("int32", value, frame, true);
}

// The loose parts of JSONSchemaProps decode their schemas without strictness.
void Normalizer::Schema(const Type& type, Value& value, const Frame* frame) {
  const UnknownFields outer = std::exchange(unknown_, UnknownFields::kIgnore);
  if (value.is_object()) {
    Visit(*type.element, value, frame);
  } else if (type.proto_form == ProtoForm::kSchemaOrBool) {
    if (!value.is_bool()) result.error = "boolean or JSON schema expected";
  } else if (!value.is_array()) {
    value = nullptr;
  } else if (type.proto_form == ProtoForm::kSchemaOrArray) {
    for (Value& item : value.get_array()) {
      if (item.is_null()) item = ZeroValue(*type.element, item.storage());
      Visit(*type.element, item, frame);
      if (failed()) break;
    }
    if (value.get_array().empty()) value = nullptr;
  } else if (value.get_array().empty()) {
    value = nullptr;
  }
  unknown_ = outer;
}

void Normalizer::Visit(const Type& type, Value& value, const Frame* frame) {
  switch (type.kind) {
    case TypeKind::kStruct:
      return Struct(type, value, frame);
    case TypeKind::kMap:
      return Map(type, value, frame);
    case TypeKind::kList:
      return List(type, value, frame);
    case TypeKind::kString:
      return value.is_string() ? void() : WrongType(type.go_type, value, frame);
    case TypeKind::kBool:
      return value.is_bool() ? void() : WrongType(type.go_type, value, frame);
    case TypeKind::kInt32:
      return Integer(type, value, std::numeric_limits<std::int32_t>::min(),
                     std::numeric_limits<std::int32_t>::max(), frame);
    case TypeKind::kInt64:
      return Integer(type, value, std::numeric_limits<std::int64_t>::min(),
                     std::numeric_limits<std::int64_t>::max(), frame);
    case TypeKind::kFloat64:
      return Double(type, value, frame);
    case TypeKind::kBytes:
      return Bytes(type, value, frame);
    case TypeKind::kQuantity:
      return QuantityText(value);
    case TypeKind::kTime:
    case TypeKind::kMicroTime:
      return Timestamp(type, value, frame);
    case TypeKind::kDuration:
      return value.is_string() ? void() : WrongType("string", value, frame);
    case TypeKind::kIntOrString:
      return IntOrString(value, frame);
    case TypeKind::kAny:
      if (type.proto_form != ProtoForm::kPlain && type.proto_form != ProtoForm::kRaw)
        Schema(type, value, frame);
      return;
  }
  SIM_CHECK(false);
}

}  // namespace

NormalizeResult Normalize(const Type& type, Value& value, UnknownFields unknown,
                          EmptyLists empty_lists) {
  Normalizer normalizer(unknown, empty_lists);
  if (value.is_null()) {
    value = ZeroValue(type, value.storage());
  } else {
    normalizer.Visit(type, value, nullptr);
  }
  return std::move(normalizer.result);
}

}  // namespace apiserver
