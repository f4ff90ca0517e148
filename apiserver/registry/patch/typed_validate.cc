// Checks an object against its schema, with the errors that a refused apply shows.
#include <set>
#include <vector>

#include "apiserver/api/go_text.h"
#include "apiserver/registry/patch/go_print.h"
#include "apiserver/registry/patch/typed_value.h"

namespace apiserver {
namespace {

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

// Go's %#v of a value.
std::string GoSyntax(const Value& value) {
  if (value.is_null()) return "interface {}(nil)";
  if (value.is_string()) return GoQuote(View(value.get_string()));
  std::string text;
  if (const Array* array = value.if_array()) {
    for (const Value& item : *array) text += (text.empty() ? "" : ", ") + GoSyntax(item);
    return "[]interface {}{" + text + "}";
  }
  if (const Object* object = value.if_object()) {
    for (const auto& member : *object) {
      text +=
          (text.empty() ? "" : ", ") + GoQuote(View(member.key())) + ":" + GoSyntax(member.value());
    }
    return "map[string]interface {}{" + text + "}";
  }
  return GoPrint(value);
}

class Validator {
 public:
  explicit Validator(Duplicates duplicates) : duplicates_(duplicates) {}

  void Check(const TypedNode& schema, const Value& value) {
    switch (schema.ShapeOf(&value)) {
      case TypedNode::Shape::kScalar:
        Scalar(schema.type(), value);
        return;
      case TypedNode::Shape::kList:
        List(schema, value);
        return;
      case TypedNode::Shape::kMap:
        Map(schema, value);
        return;
    }
  }

  std::string Errors() const {
    if (errors_.empty()) return "";
    if (errors_.size() == 1) return errors_[0];
    std::string text = "errors:";
    for (const std::string& error : errors_) text += "\n  " + error;
    return text;
  }

 private:
  void Fail(const std::string& message) {
    const std::string path = FieldPathText(path_);
    errors_.push_back(path.empty() ? message : path + ": " + message);
  }

  void Scalar(const Type* type, const Value& value) {
    if (type == nullptr || value.is_null()) return;
    const std::string got = "&{" + GoPrint(value) + "}";
    switch (type->kind) {
      case TypeKind::kInt32:
      case TypeKind::kInt64:
      case TypeKind::kFloat64:
        if (!value.is_number()) Fail("expected numeric (int or float), got " + GoTypeName(value));
        return;
      case TypeKind::kBool:
        if (!value.is_bool()) Fail("expected boolean, got " + got);
        return;
      case TypeKind::kString:
      case TypeKind::kBytes:
      case TypeKind::kTime:
      case TypeKind::kMicroTime:
      case TypeKind::kDuration:
        if (!value.is_string()) {
          Fail("expected string, got &value.valueUnstructured{Value:" + GoSyntax(value) + "}");
        }
        return;
      case TypeKind::kQuantity:
      case TypeKind::kIntOrString:
        if (value.is_structured()) Fail("expected any scalar, got " + got);
        return;
      case TypeKind::kStruct:
      case TypeKind::kMap:
      case TypeKind::kList:
      case TypeKind::kAny:
        return;
    }
  }

  void List(const TypedNode& schema, const Value& value) {
    if (value.is_null()) return;
    if (!value.is_array()) return Fail("expected list, got &{" + GoPrint(value) + "}");
    const bool is_atomic = schema.IsAtomic(TypedNode::Shape::kList);
    std::set<PathElement> seen;
    const Array& items = value.get_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      PathElement element{PathElement::Kind::kIndex, {}, Value(static_cast<std::int64_t>(i))};
      if (!is_atomic) {
        sim::Result<PathElement> keyed = schema.ElementOf(items[i]);
        if (!keyed.ok()) {
          return Fail("element " + std::to_string(i) + ": " + keyed.error().message);
        }
        element = std::move(*keyed);
        if (!seen.insert(element).second && duplicates_ == Duplicates::kRefused) {
          Fail("duplicate entries for key " + element.Text());
        }
      }
      path_.push_back(std::move(element));
      Check(schema.Item(), items[i]);
      path_.pop_back();
    }
  }

  void Map(const TypedNode& schema, const Value& value) {
    if (value.is_null()) return;
    if (!value.is_object()) return Fail("expected map, got &{" + GoPrint(value) + "}");
    for (const auto& member : value.get_object()) {
      path_.push_back(PathElement::Field(View(member.key())));
      if (schema.Refuses(View(member.key()))) {
        Fail("field not declared in schema");
        path_.pop_back();
        return;
      }
      bool is_named = false;
      Check(schema.Member(View(member.key()), is_named), member.value());
      path_.pop_back();
    }
  }

  Duplicates duplicates_;
  FieldPath path_;
  std::vector<std::string> errors_;
};

}  // namespace

std::string ValidateTyped(const TypedNode& schema, const Value& value, Duplicates duplicates) {
  Validator validator(duplicates);
  validator.Check(schema, value);
  return validator.Errors();
}

}  // namespace apiserver
