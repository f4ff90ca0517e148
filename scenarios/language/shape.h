// What a part of a scenario file may look like, as data: the checker and the JSON Schema both read
// it, so that they cannot differ.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "scenarios/language/problems.h"
#include "scenarios/language/source_tree.h"

namespace scenarios {

struct Shape;

struct ShapeField {
  std::string_view name;
  const Shape* shape = nullptr;
  std::string_view about{};  // one sentence, for the schema
  bool is_required = false;
};

struct Shape {
  enum class Kind : std::uint8_t {
    kText,     // any scalar, as written
    kInteger,  // not negative
    kBoolean,
    kDuration,  // "90s", "1h30m", "250ms"
    kMoment,    // "+10s" after the step before, "2m" after the start
    kObject,    // exactly `fields`
    kMap,       // any names, each with a value of `items`
    kList,      // of `items`
    kAnything,  // a part of a manifest
    kChoice,    // one of `choices`, told apart by scalar, map and list
  };

  Kind kind = Kind::kText;
  std::vector<ShapeField> fields{};
  const Shape* items = nullptr;
  std::vector<std::string_view> words{};  // of a text: the only ones allowed, when not empty
  std::vector<const Shape*> choices{};
};

inline const Shape kTextShape{.kind = Shape::Kind::kText};
inline const Shape kIntegerShape{.kind = Shape::Kind::kInteger};
inline const Shape kBooleanShape{.kind = Shape::Kind::kBoolean};
inline const Shape kDurationShape{.kind = Shape::Kind::kDuration};
inline const Shape kMomentShape{.kind = Shape::Kind::kMoment};
inline const Shape kAnythingShape{.kind = Shape::Kind::kAnything};
inline const Shape kTextListShape{.kind = Shape::Kind::kList, .items = &kTextShape};
inline const Shape kTextMapShape{.kind = Shape::Kind::kMap, .items = &kTextShape};

// Reports where `node` is not of `shape`; `field` names it ("steps[0].apply"). True if all is well.
bool CheckShape(const SourceNode& node, const Shape& shape, const std::string& field,
                Problems& problems);

// The JSON Schema (2020-12) of `shape`.
apiserver::Value ShapeSchema(const Shape& shape);

}  // namespace scenarios
