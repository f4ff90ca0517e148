// Objects seen through their schema: what server-side apply validates, compares, merges and takes
// apart.
//
// Values that no schema describes follow deduced types: maps are granular, lists atomic.
// Source of the rules: sigs.k8s.io/structured-merge-diff/typed. Threads: any, no shared state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/api/json.h"
#include "apiserver/registry/patch/field_set.h"
#include "apiserver/schema/type.h"
#include "sim/result.h"

namespace apiserver {

// How apply sees one place of an object.
class TypedNode {
 public:
  enum class Shape : std::uint8_t { kScalar, kList, kMap };

  static TypedNode Of(const Type& type) { return TypedNode(&type, type.is_atomic); }
  static TypedNode Deduced() { return TypedNode(nullptr, false); }

  // What `value` is here: the type's shape, or for deduced places the value's own.
  Shape ShapeOf(const Value* value) const;
  // A map or list that apply replaces as one.
  bool IsAtomic(Shape shape) const;
  // The node of member `name`; `is_named` says whether the type declares it.
  TypedNode Member(std::string_view name, bool& is_named) const;
  // Whether the type lacks `name` and allows no others.
  bool Refuses(std::string_view name) const;
  bool Names(std::string_view name) const;
  TypedNode Item() const;
  // The path element of a list's item. Requires: the list is not atomic.
  sim::Result<PathElement> ElementOf(const Value& item) const;

  const Type* type() const { return type_; }  // nullptr when deduced

 private:
  TypedNode(const Type* type, bool is_atomic) : type_(type), is_atomic_(is_atomic) {}
  sim::Result<PathElement> KeyOf(const Value& item) const;

  const Type* type_;
  bool is_atomic_;
};

enum class Duplicates : std::uint8_t { kRefused, kAllowed };

// Errors as ValidationErrors print them: ".spec.x: expected string, got ...". "" when valid.
std::string ValidateTyped(const TypedNode& schema, const Value& value, Duplicates duplicates);

// Every leaf field and list item that `value` mentions.
FieldSet FieldSetOf(const TypedNode& schema, const Value& value);

struct Comparison {
  FieldSet added;
  FieldSet modified;
  FieldSet removed;
  // A list that changed has an item without a key: nobody's fields can be told then.
  bool has_unkeyed_items = false;
};
Comparison CompareTyped(const TypedNode& schema, const Value& before, const Value& after);

// `config` laid over `live`: nothing is removed, lists are ordered as `config` wants.
// Error: `config` repeats an item of a list.
sim::Result<Value> MergeTyped(const TypedNode& schema, const Value& live, const Value& config,
                              JsonStorage storage = {});

// `value` without the fields and items in `removed`. A container that loses all is null.
Value RemoveFields(const TypedNode& schema, const Value& value, const FieldSet& removed,
                   JsonStorage storage = {});

// `set` with the named fields on the way to its members as members.
FieldSet WithNamedParents(const TypedNode& schema, const FieldSet& set);

// `set` with what lies below atomic places replaced by those places.
bool NeedsReconciling(const TypedNode& schema, const FieldSet& set);
FieldSet ReconciledWithSchema(const TypedNode& schema, const FieldSet& set);

// structured-merge-diff's equality: 1 equals 1.0, the order of members does not count.
bool ValuesEqual(const Value& a, const Value& b);

}  // namespace apiserver
