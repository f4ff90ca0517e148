#include "apiserver/registry/custom/rule_types.h"

#include <algorithm>

namespace apiserver {
namespace {

constexpr std::int64_t kRequestBytesMax = 3 * 1024 * 1024;
constexpr std::int64_t kDurationBytesMax = 32;
constexpr std::int64_t kDateTimeBytesMax = 32;
constexpr std::int64_t kDurationBytesMin = 3;
constexpr std::int64_t kDateBytes = 12;
constexpr std::int64_t kDateTimeBytesMin = 21;
constexpr std::int64_t kStringBytesMin = 2;
constexpr std::int64_t kBoolBytesMin = 4;
constexpr std::int64_t kNumberBytesMin = 1;
constexpr std::int64_t kContainerBytesMin = 2;
constexpr std::int64_t kBytesPerCharacter = 4;
constexpr std::int64_t kQuotes = 2;

std::int64_t AtLeastZero(std::int64_t number) { return std::max<std::int64_t>(number, 0); }

std::unique_ptr<RuleType> Simple(cel::TypePtr type, std::int64_t min_size,
                                 std::int64_t max_elements = 0) {
  auto made = std::make_unique<RuleType>();
  made->type = std::move(type);
  made->min_serialized_size = min_size;
  made->max_elements = max_elements;
  return made;
}

std::int64_t LongestEnumValue(const Array& values) {
  std::int64_t longest = 0;
  for (const Value& value : values) {
    if (value.is_string())
      longest = std::max(longest, static_cast<std::int64_t>(value.get_string().size()));
  }
  return longest;
}

std::unique_ptr<RuleType> TextType(const SchemaNode& schema) {
  constexpr std::int64_t kTextBytesMax = kRequestBytesMax - kQuotes;
  if (schema.format == "byte") {
    return Simple(cel::BytesType(), kStringBytesMin,
                  schema.max_length ? AtLeastZero(*schema.max_length) : kTextBytesMax);
  }
  if (schema.format == "duration")
    return Simple(cel::DurationType(), kDurationBytesMin, kDurationBytesMax);
  if (schema.format == "date") return Simple(cel::TimestampType(), kDateBytes, kDateBytes);
  if (schema.format == "date-time")
    return Simple(cel::TimestampType(), kDateTimeBytesMin, kDateTimeBytesMax);
  std::int64_t length = kTextBytesMax;
  if (schema.max_length) {
    length = AtLeastZero(*schema.max_length) * kBytesPerCharacter;
  } else if (schema.enum_values != nullptr) {
    length = LongestEnumValue(*schema.enum_values);
  }
  return Simple(cel::StringType(), kStringBytesMin, length);
}

// What every whole object has for rules: apiVersion, kind, metadata.name and generateName.
const SchemaNode& TextSchema() {
  static const SchemaNode* const kNode = [] {
    static const Value kSource = {{"type", "string"}};
    return ReadSchema(kSource).release();
  }();
  return *kNode;
}

const SchemaNode& MetadataSchema() {
  static const SchemaNode* const kNode = [] {
    static const Value kSource = {
        {"type", "object"},
        {"properties", {{"name", {{"type", "string"}}}, {"generateName", {{"type", "string"}}}}}};
    return ReadSchema(kSource).release();
  }();
  return *kNode;
}

bool HasTextProperty(const SchemaNode* schema, std::string_view name) {
  const SchemaNode* found = schema == nullptr ? nullptr : schema->FindProperty(name);
  return found != nullptr && found->type == SchemaType::kString;
}

bool DescribesItself(const SchemaNode& schema) {
  const SchemaNode* metadata = schema.FindProperty("metadata");
  return HasTextProperty(&schema, "kind") && HasTextProperty(&schema, "apiVersion") &&
         metadata != nullptr && metadata->type == SchemaType::kObject &&
         HasTextProperty(metadata, "name") && HasTextProperty(metadata, "generateName");
}

// Calls `visit(name, schema)` for the members that rules see.
template <class Visit>
void ForEachMember(const SchemaNode& schema, SchemaPlace place, Visit visit) {
  const bool adds_meta = place == SchemaPlace::kResource && !DescribesItself(schema);
  for (const SchemaProperty& property : schema.properties) {
    const bool is_replaced =
        adds_meta &&
        (property.name == "kind" || property.name == "apiVersion" || property.name == "metadata");
    if (!is_replaced) visit(property.name, *property.schema);
  }
  if (!adds_meta) return;
  visit("apiVersion", TextSchema());
  visit("kind", TextSchema());
  visit("metadata", MetadataSchema());
}

SchemaPlace PlaceOf(const SchemaNode& schema) {
  return schema.is_embedded_resource ? SchemaPlace::kResource : SchemaPlace::kPart;
}

cel::Shape::Kind TextKind(std::string_view format) {
  if (format == "duration") return cel::Shape::Kind::kDuration;
  if (format == "date") return cel::Shape::Kind::kDate;
  if (format == "date-time") return cel::Shape::Kind::kDateTime;
  if (format == "byte") return cel::Shape::Kind::kByte;
  return cel::Shape::Kind::kString;
}

std::unique_ptr<cel::Shape> MakeShape(const SchemaNode& schema, SchemaPlace place);

void FillObjectShape(const SchemaNode& schema, SchemaPlace place, cel::Shape& shape) {
  if (!schema.properties.empty() || place == SchemaPlace::kResource) {
    shape.kind = cel::Shape::Kind::kObject;
    ForEachMember(schema, place, [&](std::string_view name, const SchemaNode& member) {
      shape.AddProperty(std::string(name), MakeShape(member, PlaceOf(member)));
    });
  } else if (schema.additional != nullptr) {
    shape.kind = cel::Shape::Kind::kMap;
    shape.items = MakeShape(*schema.additional, PlaceOf(*schema.additional));
  } else {
    shape.kind = cel::Shape::Kind::kUntyped;
  }
}

void FillListShape(const SchemaNode& schema, cel::Shape& shape) {
  shape.kind = cel::Shape::Kind::kList;
  if (schema.items != nullptr) shape.items = MakeShape(*schema.items, PlaceOf(*schema.items));
  shape.list_style = schema.list_type == SchemaListType::kMap   ? cel::ListStyle::kMap
                     : schema.list_type == SchemaListType::kSet ? cel::ListStyle::kSet
                                                                : cel::ListStyle::kAtomic;
  for (const std::string_view key : schema.list_map_keys) {
    if (auto escaped = cel::EscapeIdentifier(key)) shape.map_keys.push_back(std::move(*escaped));
  }
}

std::unique_ptr<cel::Shape> MakeShape(const SchemaNode& schema, SchemaPlace place) {
  auto shape = std::make_unique<cel::Shape>();
  shape->is_nullable = schema.is_nullable;
  if (schema.is_int_or_string) {
    shape->kind = cel::Shape::Kind::kIntOrString;
    return shape;
  }
  switch (schema.type) {
    case SchemaType::kObject:
      FillObjectShape(schema, place, *shape);
      break;
    case SchemaType::kArray:
      FillListShape(schema, *shape);
      break;
    case SchemaType::kString:
      shape->kind = TextKind(schema.format);
      break;
    case SchemaType::kInteger:
      shape->kind = cel::Shape::Kind::kInteger;
      break;
    case SchemaType::kNumber:
      shape->kind = cel::Shape::Kind::kNumber;
      break;
    case SchemaType::kBoolean:
      shape->kind = cel::Shape::Kind::kBoolean;
      break;
    case SchemaType::kNone:
    case SchemaType::kOther:
      shape->kind = cel::Shape::Kind::kPreserved;
      break;
  }
  return shape;
}

}  // namespace

const RuleType* RuleType::Field(std::string_view cel_name) const {
  const auto found = fields.find(cel_name);
  return found == fields.end() ? nullptr : found->second.get();
}

std::unique_ptr<const RuleTypes> RuleTypes::Make(const SchemaNode& schema, SchemaPlace place) {
  auto made = std::make_unique<RuleTypes>();
  made->root_ = made->MakeType(schema, place, "selfType");
  if (made->root_ == nullptr) return nullptr;
  made->shape_ = MakeShape(schema, place);
  return made;
}

RuleTypePtr RuleTypes::MakeType(const SchemaNode& schema, SchemaPlace place,
                                const std::string& name) {
  if (schema.is_int_or_string) {
    return Simple(cel::DynType(), kNumberBytesMin,
                  schema.max_length ? AtLeastZero(*schema.max_length) * kBytesPerCharacter
                                    : kRequestBytesMax - kQuotes);
  }
  switch (schema.type) {
    case SchemaType::kArray: {
      if (schema.items == nullptr) return nullptr;
      RuleTypePtr items = MakeType(*schema.items, PlaceOf(*schema.items), name + ".@idx");
      if (items == nullptr) return nullptr;
      const std::int64_t max_items = schema.max_items ? AtLeastZero(*schema.max_items)
                                                      : (kRequestBytesMax - kContainerBytesMin) /
                                                            (items->min_serialized_size + 1);
      auto list = Simple(cel::ListType(items->type), kContainerBytesMin, max_items);
      list->element = std::move(items);
      return list;
    }
    case SchemaType::kObject:
      return MakeObject(schema, place, name);
    case SchemaType::kString:
      return TextType(schema);
    case SchemaType::kBoolean:
      return Simple(cel::BoolType(), kBoolBytesMin);
    case SchemaType::kNumber:
      return Simple(cel::DoubleType(), kNumberBytesMin);
    case SchemaType::kInteger:
      return Simple(cel::IntType(), kNumberBytesMin);
    case SchemaType::kNone:
    case SchemaType::kOther:
      break;
  }
  return nullptr;
}

RuleTypePtr RuleTypes::MakeObject(const SchemaNode& schema, SchemaPlace place,
                                  const std::string& name) {
  if (schema.additional != nullptr) {
    RuleTypePtr values = MakeType(*schema.additional, PlaceOf(*schema.additional), name + ".@elem");
    if (values == nullptr) return nullptr;
    // An entry has at least a quoted key, a colon and a comma.
    constexpr std::int64_t kEntryBytesMin = 6;
    const std::int64_t max_entries = schema.max_properties
                                         ? AtLeastZero(*schema.max_properties)
                                         : (kRequestBytesMax - kContainerBytesMin) /
                                               (values->min_serialized_size + kEntryBytesMin);
    auto map =
        Simple(cel::MapType(cel::StringType(), values->type), kContainerBytesMin, max_entries);
    map->element = std::move(values);
    return map;
  }
  auto object = Simple(cel::ObjectType(name), kContainerBytesMin);
  object->is_object = true;
  cel::DeclaredTypes::Fields declared;
  ForEachMember(schema, place, [&](std::string_view member_name, const SchemaNode& member) {
    const auto escaped = cel::EscapeIdentifier(member_name);
    RuleTypePtr type =
        MakeType(member, PlaceOf(member), name + "." + escaped.value_or(std::string(member_name)));
    if (type == nullptr) return;
    const bool is_required = std::find(schema.required.begin(), schema.required.end(),
                                       member_name) != schema.required.end();
    // A required member adds its name in quotes, a colon and a comma.
    if (is_required && member.default_value == nullptr) {
      object->min_serialized_size +=
          static_cast<std::int64_t>(member_name.size()) + type->min_serialized_size + 4;
    }
    if (!escaped) return;
    declared.emplace(*escaped, type->type);
    // Words that CEL reserves may stand after a dot as they are.
    if (*escaped == "__" + std::string(member_name) + "__")
      declared.emplace(std::string(member_name), type->type);
    object->fields.emplace(*escaped, std::move(type));
  });
  declared_.Declare(name, std::move(declared));
  return object;
}

std::uint64_t MaxCardinality(std::int64_t min_serialized_size) {
  return static_cast<std::uint64_t>(kRequestBytesMax / (min_serialized_size + 1));
}

}  // namespace apiserver
