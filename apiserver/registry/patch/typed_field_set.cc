// Which fields an object mentions, and sets of fields seen through the schema.
#include <vector>

#include "apiserver/registry/patch/typed_value.h"

namespace apiserver {
namespace {

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

// Fills `below` with the fields that `value` mentions, which is empty before. Returns whether the
// value as a whole is one.
bool Collect(const TypedNode& schema, const Value& value, FieldSet& below);

void CollectItems(const TypedNode& schema, const Array& items, FieldSet& below) {
  std::vector<PathElement> elements;
  elements.reserve(items.size());
  for (const Value& item : items) {
    sim::Result<PathElement> element = schema.ElementOf(item);
    // The live object was validated when it was written; what has no key now is nobody's.
    if (!element.ok()) return;
    elements.push_back(std::move(*element));
  }
  const TypedNode item_schema = schema.Item();
  for (std::size_t i = 0; i < items.size(); ++i) {
    FieldSet::Node& node = below.Append(std::move(elements[i]));
    node.is_member = true;
    Collect(item_schema, items[i], node.children);
  }
  below.SortAppended();
}

void CollectMembers(const TypedNode& schema, const Object& object, FieldSet& below) {
  for (const auto& member : object) {
    bool is_named = false;
    const TypedNode member_schema = schema.Member(View(member.key()), is_named);
    const Object* inner = member.value().if_object();
    const bool is_whole =
        !is_named || member.value().is_null() || (inner != nullptr && inner->empty());
    FieldSet children;
    const bool is_member = Collect(member_schema, member.value(), children) || is_whole;
    if (!is_member && children.empty()) continue;
    FieldSet::Node& node = below.Append(PathElement::Field(View(member.key())));
    node.is_member = is_member;
    node.children = std::move(children);
  }
  below.SortAppended();
}

bool Collect(const TypedNode& schema, const Value& value, FieldSet& below) {
  const TypedNode::Shape shape = schema.ShapeOf(&value);
  if (shape == TypedNode::Shape::kScalar || schema.IsAtomic(shape)) return true;
  if (shape == TypedNode::Shape::kList) {
    if (value.is_array()) CollectItems(schema, value.get_array(), below);
  } else if (value.is_object()) {
    CollectMembers(schema, value.get_object(), below);
  }
  return false;
}

TypedNode NodeOf(const TypedNode& schema, const PathElement& element, bool& is_named) {
  is_named = false;
  if (element.kind == PathElement::Kind::kField) return schema.Member(element.name, is_named);
  return schema.Item();
}

// Only places that the schema declares are reconciled: deduced ones have no markers.
bool IsAtomicPlace(const TypedNode& schema) {
  if (schema.type() == nullptr || schema.type()->kind == TypeKind::kAny) return false;
  const TypedNode::Shape shape = schema.ShapeOf(nullptr);
  return shape != TypedNode::Shape::kScalar && schema.IsAtomic(shape);
}

}  // namespace

FieldSet FieldSetOf(const TypedNode& schema, const Value& value) {
  FieldSet set;
  // The whole object is never recorded.
  Collect(schema, value, set);
  return set;
}

FieldSet WithNamedParents(const TypedNode& schema, const FieldSet& set) {
  FieldSet result;
  for (const FieldSet::Node& node : set.nodes()) {
    bool is_named = false;
    const TypedNode below = NodeOf(schema, node.element, is_named);
    FieldSet::Node& added = result.Append(node.element);
    added.is_member = node.is_member || (is_named && !node.children.empty());
    added.children = WithNamedParents(below, node.children);
  }
  return result;
}

bool NeedsReconciling(const TypedNode& schema, const FieldSet& set) {
  for (const FieldSet::Node& node : set.nodes()) {
    if (node.children.empty()) continue;
    bool is_named = false;
    const TypedNode below = NodeOf(schema, node.element, is_named);
    if (IsAtomicPlace(below) || NeedsReconciling(below, node.children)) return true;
  }
  return false;
}

FieldSet ReconciledWithSchema(const TypedNode& schema, const FieldSet& set) {
  FieldSet result;
  for (const FieldSet::Node& node : set.nodes()) {
    bool is_named = false;
    const TypedNode below = NodeOf(schema, node.element, is_named);
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
