// Which fields an object mentions, and sets of fields seen through the schema.
#include <map>

#include "apiserver/registry/patch/typed_value.h"

namespace apiserver {
namespace {

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

class Collector {
 public:
  FieldSet Run(const SchemaNode& schema, const Value& value) {
    Collect(schema, value);
    return std::move(set_);
  }

 private:
  void Collect(const SchemaNode& schema, const Value& value) {
    const SchemaNode::Shape shape = schema.ShapeOf(&value);
    if (shape == SchemaNode::Shape::kScalar || schema.IsAtomic(shape)) {
      set_.Insert(path_);
    } else if (shape == SchemaNode::Shape::kList) {
      if (value.is_array()) Items(schema, value.get_array());
    } else if (value.is_object()) {
      Members(schema, value.get_object());
    }
  }

  void Items(const SchemaNode& schema, const Array& items) {
    std::vector<PathElement> elements;
    std::map<PathElement, int> counts;
    for (const Value& item : items) {
      sim::Result<PathElement> element = schema.ElementOf(item);
      // The live object was validated when it was written; what has no key now is nobody's.
      if (!element.ok()) continue;
      ++counts[*element];
      elements.push_back(std::move(*element));
    }
    if (elements.size() != items.size()) return;
    for (std::size_t i = 0; i < items.size(); ++i) {
      path_.push_back(elements[i]);
      // Repeated items are owned together, as one.
      if (counts[elements[i]] == 1) Collect(schema.Item(), items[i]);
      set_.Insert(path_);
      path_.pop_back();
    }
  }

  void Members(const SchemaNode& schema, const Object& object) {
    for (const auto& member : object) {
      path_.push_back(PathElement::Field(View(member.key())));
      bool is_named = false;
      Collect(schema.Member(View(member.key()), is_named), member.value());
      const Object* below = member.value().if_object();
      if (!is_named || member.value().is_null() || (below != nullptr && below->empty())) {
        set_.Insert(path_);
      }
      path_.pop_back();
    }
  }

  FieldPath path_;
  FieldSet set_;
};

SchemaNode NodeOf(const SchemaNode& schema, const PathElement& element, bool& is_named) {
  is_named = false;
  if (element.kind == PathElement::Kind::kField) return schema.Member(element.name, is_named);
  return schema.Item();
}

// Only places that the schema declares are reconciled: deduced ones have no markers.
bool IsAtomicPlace(const SchemaNode& schema) {
  if (schema.type() == nullptr || schema.type()->kind == TypeKind::kAny) return false;
  const SchemaNode::Shape shape = schema.ShapeOf(nullptr);
  return shape != SchemaNode::Shape::kScalar && schema.IsAtomic(shape);
}

}  // namespace

FieldSet FieldSetOf(const SchemaNode& schema, const Value& value) {
  return Collector().Run(schema, value);
}

FieldSet WithNamedParents(const SchemaNode& schema, const FieldSet& set) {
  FieldSet result;
  for (const FieldSet::Node& node : set.nodes()) {
    bool is_named = false;
    const SchemaNode below = NodeOf(schema, node.element, is_named);
    FieldSet::Node& added = result.Append(node.element);
    added.is_member = node.is_member || (is_named && !node.children.empty());
    added.children = WithNamedParents(below, node.children);
  }
  return result;
}

bool NeedsReconciling(const SchemaNode& schema, const FieldSet& set) {
  for (const FieldSet::Node& node : set.nodes()) {
    if (node.children.empty()) continue;
    bool is_named = false;
    const SchemaNode below = NodeOf(schema, node.element, is_named);
    if (IsAtomicPlace(below) || NeedsReconciling(below, node.children)) return true;
  }
  return false;
}

FieldSet ReconciledWithSchema(const SchemaNode& schema, const FieldSet& set) {
  FieldSet result;
  for (const FieldSet::Node& node : set.nodes()) {
    bool is_named = false;
    const SchemaNode below = NodeOf(schema, node.element, is_named);
    FieldSet::Node& added = result.Append(node.element);
    if (IsAtomicPlace(below) && !node.children.empty()) {
      added.is_member = true;
      continue;
    }
    added.is_member = node.is_member;
    added.children = ReconciledWithSchema(below, node.children);
  }
  return result;
}

}  // namespace apiserver
