#include "apiserver/discovery/gnostic.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>

#include "apiserver/api/json_write.h"
#include "apiserver/schema/wire.h"

namespace apiserver {
namespace {

struct Message;

// How a JSON member becomes protobuf.
enum class Form : std::uint8_t {
  kText,        // string
  kTexts,       // repeated string, also from a single string
  kBool,        // bool; false is left out
  kInteger,     // int64
  kDouble,      // double
  kAny,         // Any{yaml}
  kAnys,        // repeated Any
  kMessage,     // `message`
  kMessages,    // repeated `message`
  kNamed,       // a map: message of repeated {name = 1, value = 2 `message`}
  kTextList,    // message {repeated string value = 1}, also from a single string
  kItems,       // ItemsItem {repeated Schema = 1}
  kOneOf1,      // message whose field 1 is `message`
  kProperties,  // AdditionalPropertiesItem {schema = 1, boolean = 2}
  kParameters,  // repeated ParametersItem
};

struct GnosticField {
  std::string_view json_name;
  std::uint32_t number;
  Form form = Form::kText;
  const Message* message = nullptr;
};

struct Message {
  std::span<const GnosticField> fields;
  std::uint32_t extensions = 0;  // repeated NamedAny of the members that start with "x-"
};

extern const Message kSchema;
extern const Message kPathItem;
extern const Message kParameter;
extern const Message kResponseValue;
extern const Message kSecurityDefinition;
extern const Message kStringArray;

constexpr GnosticField kInfoFields[] = {{"title", 1}, {"version", 2}, {"description", 3}};
constexpr Message kInfo{kInfoFields, 7};
constexpr GnosticField kExternalDocsFields[] = {{"description", 1}, {"url", 2}};
constexpr Message kExternalDocs{kExternalDocsFields, 3};

constexpr GnosticField kSchemaFields[] = {{"$ref", 1},
                                          {"format", 2},
                                          {"title", 3},
                                          {"description", 4},
                                          {"default", 5, Form::kAny},
                                          {"multipleOf", 6, Form::kDouble},
                                          {"maximum", 7, Form::kDouble},
                                          {"exclusiveMaximum", 8, Form::kBool},
                                          {"minimum", 9, Form::kDouble},
                                          {"exclusiveMinimum", 10, Form::kBool},
                                          {"maxLength", 11, Form::kInteger},
                                          {"minLength", 12, Form::kInteger},
                                          {"pattern", 13},
                                          {"maxItems", 14, Form::kInteger},
                                          {"minItems", 15, Form::kInteger},
                                          {"uniqueItems", 16, Form::kBool},
                                          {"maxProperties", 17, Form::kInteger},
                                          {"minProperties", 18, Form::kInteger},
                                          {"required", 19, Form::kTexts},
                                          {"enum", 20, Form::kAnys},
                                          {"additionalProperties", 21, Form::kProperties},
                                          {"type", 22, Form::kTextList},
                                          {"items", 23, Form::kItems},
                                          {"allOf", 24, Form::kMessages, &kSchema},
                                          {"properties", 25, Form::kNamed, &kSchema},
                                          {"discriminator", 26},
                                          {"readOnly", 27, Form::kBool},
                                          {"externalDocs", 29, Form::kMessage, &kExternalDocs},
                                          {"example", 30, Form::kAny}};
const Message kSchema{kSchemaFields, 31};

constexpr GnosticField kBodyFields[] = {{"description", 1},
                                        {"name", 2},
                                        {"in", 3},
                                        {"required", 4, Form::kBool},
                                        {"schema", 5, Form::kMessage, &kSchema}};
constexpr Message kBody{kBodyFields, 6};
constexpr GnosticField kQueryFields[] = {{"required", 1, Form::kBool},
                                         {"in", 2},
                                         {"description", 3},
                                         {"name", 4},
                                         {"type", 6},
                                         {"format", 7},
                                         {"uniqueItems", 20, Form::kBool}};
constexpr Message kQuery{kQueryFields, 23};
constexpr GnosticField kPathParameterFields[] = {{"required", 1, Form::kBool},
                                                 {"in", 2},
                                                 {"description", 3},
                                                 {"name", 4},
                                                 {"type", 5},
                                                 {"format", 6},
                                                 {"uniqueItems", 19, Form::kBool}};
constexpr Message kPathParameter{kPathParameterFields, 22};
constexpr GnosticField kReferenceFields[] = {{"$ref", 1}, {"description", 2}};
constexpr Message kReference{kReferenceFields};

constexpr GnosticField kResponseFields[] = {{"description", 1},
                                            {"schema", 2, Form::kOneOf1, &kSchema}};
constexpr Message kResponse{kResponseFields, 5};
constexpr GnosticField kSecurityFields[] = {
    {"type", 1}, {"name", 2}, {"in", 3}, {"description", 4}};
constexpr Message kApiKey{kSecurityFields, 5};

constexpr GnosticField kOperationFields[] = {{"tags", 1, Form::kTexts},
                                             {"summary", 2},
                                             {"description", 3},
                                             {"operationId", 5},
                                             {"produces", 6, Form::kTexts},
                                             {"consumes", 7, Form::kTexts},
                                             {"parameters", 8, Form::kParameters},
                                             {"responses", 9, Form::kNamed, &kResponseValue},
                                             {"schemes", 10, Form::kTexts},
                                             {"deprecated", 11, Form::kBool}};
constexpr Message kOperation{kOperationFields, 13};
constexpr GnosticField kPathItemFields[] = {
    {"get", 2, Form::kMessage, &kOperation},     {"put", 3, Form::kMessage, &kOperation},
    {"post", 4, Form::kMessage, &kOperation},    {"delete", 5, Form::kMessage, &kOperation},
    {"options", 6, Form::kMessage, &kOperation}, {"head", 7, Form::kMessage, &kOperation},
    {"patch", 8, Form::kMessage, &kOperation},   {"parameters", 9, Form::kParameters}};
const Message kPathItem{kPathItemFields, 10};

void AppendMessage(const Message& message, const Value& value, std::string& out);

std::string_view Text(const Value& value) {
  if (!value.is_string()) return {};
  return {value.get_string().data(), value.get_string().size()};
}

void AppendAny(std::uint32_t number, const Value& value, std::string& out) {
  AppendWireMessage(number, out, [&] { AppendWireText(2, ToJson(value) + '\n', out); });
}

// A parameter: of the body, the query or the path.
void AppendParameter(const Value& value, std::string& out) {
  const std::string_view in = TextAt(value, {"in"});
  if (in == "body") return AppendWireMessage(1, out, [&] { AppendMessage(kBody, value, out); });
  AppendWireMessage(2, out, [&] {
    const bool is_path = in == "path";
    AppendWireMessage(is_path ? 4 : 3, out,
                      [&] { AppendMessage(is_path ? kPathParameter : kQuery, value, out); });
  });
}

void AppendParametersItem(std::uint32_t number, const Value& value, std::string& out) {
  AppendWireMessage(number, out, [&] {
    if (Find(value, "$ref") != nullptr)
      return AppendWireMessage(2, out, [&] { AppendMessage(kReference, value, out); });
    AppendWireMessage(1, out, [&] { AppendParameter(value, out); });
  });
}

template <class Write>
void ForEach(const Value& value, Write write) {
  if (const Array* array = value.if_array()) {
    for (const Value& item : *array) write(item);
  } else {
    write(value);
  }
}

template <class Write>
void AppendNamed(std::uint32_t number, const Value& value, std::string& out, Write write) {
  if (!value.is_object()) return;
  for (const auto& member : value.get_object()) {
    AppendWireMessage(number, out, [&] {
      AppendWireText(1, {member.key().data(), member.key().size()}, out);
      AppendWireMessage(2, out, [&] { write(member.value()); });
    });
  }
}

double Number(const Value& value) {
  if (value.is_double()) return value.get_double();
  return value.is_int64() ? static_cast<double>(value.get_int64()) : 0;
}

void AppendField(const GnosticField& field, const Value& value, std::string& out) {
  const auto message = [&](std::uint32_t number, const Message& of, const Value& item) {
    AppendWireMessage(number, out, [&] { AppendMessage(of, item, out); });
  };
  switch (field.form) {
    case Form::kText:
      if (!Text(value).empty()) AppendWireText(field.number, Text(value), out);
      return;
    case Form::kTexts:
      return ForEach(value,
                     [&](const Value& item) { AppendWireText(field.number, Text(item), out); });
    case Form::kBool:
      if (value.is_bool() && value.get_bool()) AppendWireInteger(field.number, 1, out);
      return;
    case Form::kInteger:
      return AppendWireInteger(field.number, static_cast<std::int64_t>(Number(value)), out);
    case Form::kDouble:
      return AppendWireDouble(field.number, Number(value), out);
    case Form::kAny:
      return AppendAny(field.number, value, out);
    case Form::kAnys:
      return ForEach(value, [&](const Value& item) { AppendAny(field.number, item, out); });
    case Form::kMessage:
      return message(field.number, *field.message, value);
    case Form::kMessages:
      return ForEach(value,
                     [&](const Value& item) { message(field.number, *field.message, item); });
    case Form::kNamed:
      return AppendWireMessage(field.number, out, [&] {
        AppendNamed(1, value, out, [&](const Value& item) {
          if (field.message == &kResponseValue) return message(1, kResponse, item);
          if (field.message == &kSecurityDefinition) return message(2, kApiKey, item);
          if (field.message == &kParameter) return AppendParameter(item, out);
          if (field.message == &kStringArray)
            return ForEach(item, [&](const Value& text) { AppendWireText(1, Text(text), out); });
          AppendMessage(*field.message, item, out);
        });
      });
    case Form::kTextList:
      return AppendWireMessage(field.number, out, [&] {
        ForEach(value, [&](const Value& item) { AppendWireText(1, Text(item), out); });
      });
    case Form::kItems:
      return AppendWireMessage(field.number, out, [&] {
        ForEach(value, [&](const Value& item) { message(1, kSchema, item); });
      });
    case Form::kOneOf1:
      return AppendWireMessage(field.number, out, [&] { message(1, *field.message, value); });
    case Form::kProperties:
      return AppendWireMessage(field.number, out, [&] {
        if (value.is_object()) return message(1, kSchema, value);
        AppendWireInteger(2, value.is_bool() && value.get_bool() ? 1 : 0, out);
      });
    case Form::kParameters:
      return ForEach(value,
                     [&](const Value& item) { AppendParametersItem(field.number, item, out); });
  }
}

void AppendMessage(const Message& message, const Value& value, std::string& out) {
  const Object* object = value.if_object();
  if (object == nullptr) return;
  for (const GnosticField& field : message.fields) {
    if (const Value* member = object->if_contains(field.json_name))
      AppendField(field, *member, out);
  }
  if (message.extensions == 0) return;
  for (const auto& member : *object) {
    if (!member.key().starts_with("x-")) continue;
    AppendWireMessage(message.extensions, out, [&] {
      AppendWireText(1, {member.key().data(), member.key().size()}, out);
      AppendAny(2, member.value(), out);
    });
  }
}

// Only their addresses count: values of maps that are alternatives.
const Message kParameter{{}};
const Message kResponseValue{{}};
const Message kSecurityDefinition{{}};
const Message kStringArray{{}};

constexpr GnosticField kDocumentFields[] = {
    {"swagger", 1},
    {"info", 2, Form::kMessage, &kInfo},
    {"definitions", 9, Form::kNamed, &kSchema},
    {"parameters", 10, Form::kNamed, &kParameter},
    {"securityDefinitions", 13, Form::kNamed, &kSecurityDefinition}};
constexpr Message kDocument{kDocumentFields, 16};

}  // namespace

void AppendGnostic(const Value& document, std::string& out) {
  AppendMessage(kDocument, document, out);
  if (const Value* paths = Find(document, "paths")) {
    AppendWireMessage(8, out, [&] {
      AppendNamed(2, *paths, out, [&](const Value& item) { AppendMessage(kPathItem, item, out); });
    });
  }
  const Value* security = Find(document, "security");
  if (security == nullptr || !security->is_array()) return;
  for (const Value& requirement : security->get_array()) {
    const GnosticField field{"", 12, Form::kNamed, &kStringArray};
    AppendField(field, requirement, out);
  }
}

}  // namespace apiserver
