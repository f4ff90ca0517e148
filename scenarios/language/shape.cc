#include "scenarios/language/shape.h"

#include "apiserver/api/time_format.h"
#include "scenarios/language/nearest_name.h"

namespace scenarios {
namespace {

using Kind = Shape::Kind;
using apiserver::Array;
using apiserver::Object;
using apiserver::Value;

constexpr char kDurationPattern[] = "^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$";
constexpr char kMomentPattern[] = "^\\+?([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$";

std::string Choices(std::span<const std::string_view> names) {
  std::string text = " (have:";
  for (const std::string_view name : names) text += " " + std::string(name);
  return text + ")";
}

std::string_view KindWord(const SourceNode& node) {
  switch (node.kind) {
    case SourceNode::Kind::kMap:
      return "a map";
    case SourceNode::Kind::kList:
      return "a list";
    case SourceNode::Kind::kScalar:
      break;
  }
  return node.is_null() ? "nothing" : "a single value";
}

// Which kind of node a shape wants; scalars for all others.
SourceNode::Kind WantedKind(const Shape& shape) {
  if (shape.kind == Kind::kObject || shape.kind == Kind::kMap) return SourceNode::Kind::kMap;
  if (shape.kind == Kind::kList) return SourceNode::Kind::kList;
  return SourceNode::Kind::kScalar;
}

std::string_view WantedWord(const Shape& shape) {
  switch (WantedKind(shape)) {
    case SourceNode::Kind::kMap:
      return "a map";
    case SourceNode::Kind::kList:
      return "a list";
    case SourceNode::Kind::kScalar:
      break;
  }
  return "a single value";
}

bool IsDuration(std::string_view text) {
  const auto duration = apiserver::ParseGoDuration(text);
  return duration.ok() && *duration >= sim::Duration::zero();
}

// What is wrong with a scalar, or "".
std::string ScalarProblem(const SourceNode& node, const Shape& shape) {
  const std::string quoted = "\"" + node.text + "\"";
  switch (shape.kind) {
    case Kind::kInteger:
      if (node.scalar.is_int64() && node.scalar.get_int64() >= 0) return "";
      return "want a whole number, got " + quoted;
    case Kind::kBoolean:
      return node.scalar.is_bool() ? "" : "want true or false, got " + quoted;
    case Kind::kDuration:
      if (IsDuration(node.text)) return "";
      return "want a duration such as 90s, 5m or 1h30m, got " + quoted;
    case Kind::kMoment: {
      std::string_view text = node.text;
      if (text.starts_with('+')) text.remove_prefix(1);
      if (IsDuration(text)) return "";
      return "want a time such as +10s (after the step before) or 2m (after the start), got " +
             quoted;
    }
    default:
      break;
  }
  if (shape.words.empty()) return "";
  for (const std::string_view word : shape.words) {
    if (node.text == word) return "";
  }
  return "unknown word " + quoted + DidYouMean(node.text, shape.words) + Choices(shape.words);
}

bool CheckObject(const SourceNode& node, const Shape& shape, const std::string& field,
                 Problems& problems) {
  bool is_well = true;
  const std::string prefix = field.empty() ? "" : field + ".";
  std::vector<std::string_view> names;
  for (const ShapeField& known : shape.fields) names.push_back(known.name);
  for (const SourceNode::Member& member : node.members) {
    const ShapeField* found = nullptr;
    for (const ShapeField& known : shape.fields) {
      if (known.name == member.name) found = &known;
    }
    if (found == nullptr) {
      const std::string nearest = DidYouMean(member.name, names);
      problems.Add(member.line, prefix + member.name,
                   "unknown field" + (nearest.empty() ? Choices(names) : nearest));
      is_well = false;
    } else if (!CheckShape(member.value, *found->shape, prefix + member.name, problems)) {
      is_well = false;
    }
  }
  for (const ShapeField& known : shape.fields) {
    if (!known.is_required || node.Find(known.name) != nullptr) continue;
    problems.Add(node.line, prefix + std::string(known.name), "is missing");
    is_well = false;
  }
  return is_well;
}

bool CheckChoice(const SourceNode& node, const Shape& shape, const std::string& field,
                 Problems& problems) {
  std::string wanted;
  for (const Shape* choice : shape.choices) {
    if (choice->kind == Kind::kAnything || WantedKind(*choice) == node.kind) {
      return CheckShape(node, *choice, field, problems);
    }
    wanted += (wanted.empty() ? "" : " or ") + std::string(WantedWord(*choice));
  }
  problems.Add(node.line, field, "want " + wanted + ", got " + std::string(KindWord(node)));
  return false;
}

}  // namespace

bool CheckShape(const SourceNode& node, const Shape& shape, const std::string& field,
                Problems& problems) {
  if (shape.kind == Kind::kAnything) return true;
  if (shape.kind == Kind::kChoice) return CheckChoice(node, shape, field, problems);
  const bool is_missing_scalar = WantedKind(shape) == SourceNode::Kind::kScalar && node.is_null();
  if (node.kind != WantedKind(shape) || is_missing_scalar) {
    problems.Add(node.line, field,
                 "want " + std::string(WantedWord(shape)) + ", got " + std::string(KindWord(node)));
    return false;
  }
  bool is_well = true;
  switch (shape.kind) {
    case Kind::kObject:
      return CheckObject(node, shape, field, problems);
    case Kind::kMap:
      for (const SourceNode::Member& member : node.members) {
        is_well &= CheckShape(member.value, *shape.items, field + "." + member.name, problems);
      }
      return is_well;
    case Kind::kList:
      for (std::size_t index = 0; index < node.items.size(); ++index) {
        is_well &= CheckShape(node.items[index], *shape.items,
                              field + "[" + std::to_string(index) + "]", problems);
      }
      return is_well;
    default:
      break;
  }
  if (std::string problem = ScalarProblem(node, shape); !problem.empty()) {
    problems.Add(node.line, field, std::move(problem));
    return false;
  }
  return true;
}

Value ShapeSchema(const Shape& shape) {
  switch (shape.kind) {
    case Kind::kText: {
      if (shape.words.empty()) return Object{{"type", Array{"string", "number", "boolean"}}};
      Array words;
      for (const std::string_view word : shape.words) words.push_back(Value(word));
      return Object{{"enum", std::move(words)}};
    }
    case Kind::kInteger:
      return Object{{"type", "integer"}, {"minimum", 0}};
    case Kind::kBoolean:
      return Object{{"type", "boolean"}};
    case Kind::kDuration:
      return Object{{"type", "string"}, {"pattern", kDurationPattern}};
    case Kind::kMoment:
      return Object{{"type", "string"}, {"pattern", kMomentPattern}};
    case Kind::kObject: {
      Object properties;
      Array required;
      for (const ShapeField& field : shape.fields) {
        Value schema = ShapeSchema(*field.shape);
        if (!field.about.empty() && schema.is_object()) {
          schema.get_object()["description"] = field.about;
        }
        properties[field.name] = std::move(schema);
        if (field.is_required) required.push_back(Value(field.name));
      }
      Object schema{{"type", "object"},
                    {"additionalProperties", false},
                    {"properties", std::move(properties)}};
      if (!required.empty()) schema["required"] = std::move(required);
      return schema;
    }
    case Kind::kMap:
      return Object{{"type", "object"}, {"additionalProperties", ShapeSchema(*shape.items)}};
    case Kind::kList:
      return Object{{"type", "array"}, {"items", ShapeSchema(*shape.items)}};
    case Kind::kAnything:
      return Object{};
    case Kind::kChoice: {
      Array choices;
      for (const Shape* choice : shape.choices) choices.push_back(ShapeSchema(*choice));
      return Object{{"anyOf", std::move(choices)}};
    }
  }
  return nullptr;
}

}  // namespace scenarios
