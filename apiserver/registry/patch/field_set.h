// Sets of fields of an object: what metadata.managedFields record in fieldsV1.
//
// Invariants:
// (1) Nodes are sorted: field names, then keys of list items, then values of set items, then
// indices. (2) A node is a member of the set or has children; a path's parents are no members by
// themselves. Source of the rules: sigs.k8s.io/structured-merge-diff/fieldpath. Threads: any, no
// shared state.
#pragma once

#include <compare>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/json.h"
#include "sim/result.h"

namespace apiserver {

// One step of a path: `.spec`, `[name="app"]`, `[="x"]`, `[3]`.
struct PathElement {
  enum class Kind : std::uint8_t { kField, kKey, kValue, kIndex };

  Kind kind = Kind::kField;
  std::string name;  // kField
  Value value;       // kKey: an object, names sorted; kValue: a scalar; kIndex: an integer

  static PathElement Field(std::string_view name);
  static PathElement Key(Object fields);  // sorts the names
  static PathElement OfValue(const Value& value);

  // As errors show it.
  std::string Text() const;
  // As fieldsV1 spells it: `f:spec`, `k:{"name":"app"}`, `v:"x"`, `i:3`.
  std::string Serialized() const;

  friend std::weak_ordering operator<=>(const PathElement& a, const PathElement& b);
  friend bool operator==(const PathElement& a, const PathElement& b) { return (a <=> b) == 0; }
};

using FieldPath = std::vector<PathElement>;
std::string FieldPathText(std::span<const PathElement> path);

// structured-merge-diff's order of values: numbers, text, booleans, lists, maps, null.
std::weak_ordering CompareValues(const Value& a, const Value& b);

class FieldSet {
 public:
  struct Node;

  FieldSet();
  ~FieldSet();
  FieldSet(const FieldSet&);
  FieldSet(FieldSet&&) noexcept;
  FieldSet& operator=(const FieldSet&);
  FieldSet& operator=(FieldSet&&) noexcept;

  // From fieldsV1. Unknown kinds of path elements are skipped, as upstream does.
  static sim::Result<FieldSet> Parse(const Value& fields_v1);
  Value ToValue(JsonStorage storage = {}) const;

  // Adds the field at `path`; the empty path, the whole object, is never recorded.
  void Insert(std::span<const PathElement> path);
  // A path of field names.
  void Insert(std::initializer_list<std::string_view> names);

  bool empty() const;
  bool Has(std::span<const PathElement> path) const;
  const Node* Find(const PathElement& element) const;
  // What lies below `element`, or the empty set.
  const FieldSet& Below(const PathElement& element) const;
  const std::vector<Node>& nodes() const { return nodes_; }

  // In place, which every write does several times.
  void Add(FieldSet other);
  // Removes members of `other`; what lies below such a member stays.
  void Remove(const FieldSet& other);
  // Removes members of `other` with all that lies below.
  void RemoveRecursively(const FieldSet& other);

  FieldSet Union(const FieldSet& other) const;
  FieldSet Intersection(const FieldSet& other) const;
  FieldSet Difference(const FieldSet& other) const;
  FieldSet RecursiveDifference(const FieldSet& other) const;
  // Calls `visit` for each member, in order, parents before children.
  void ForEach(const std::function<void(const FieldPath&)>& visit) const;

  // Appends a node; the caller keeps the order, or makes it with SortAppended. For builders of
  // sets.
  Node& Append(PathElement element);
  // Of nodes with one element the first stays, without what lies below: repeated items of a list
  // are owned together, as one.
  void SortAppended();

  bool operator==(const FieldSet& other) const;

 private:
  Node& Descend(const PathElement& element);
  void DropEmpty();
  void Visit(FieldPath& path, const std::function<void(const FieldPath&)>& visit) const;

  std::vector<Node> nodes_;
};

struct FieldSet::Node {
  PathElement element;
  bool is_member = false;
  FieldSet children;
};

}  // namespace apiserver
