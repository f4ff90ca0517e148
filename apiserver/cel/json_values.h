// JSON of API objects as CEL lists and maps, seen through a Shape or as it is.
//
// Internal to the room: the interpreter asks a Map for fields; only equality and the list styles
// need to know that JSON is below. Threads: each its Arena.
#pragma once

#include "apiserver/cel/shape.h"

namespace apiserver::cel {

class JsonList final : public List {
 public:
  JsonList(const Array* array, const Shape* shape) : array_(array), shape_(shape) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(array_->size()); }
  Value At(std::int64_t index, Arena& arena) const override;
  ListStyle style() const override {
    return shape_ == nullptr ? ListStyle::kAtomic : shape_->list_style;
  }
  const Shape* shape() const override { return shape_; }

 private:
  const Array* array_;
  const Shape* shape_;  // of the list; nullptr: dynamic
};

class JsonMap final : public Map {
 public:
  JsonMap(const Object* object, const Shape* shape) : object_(object), shape_(shape) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(object_->size()); }
  std::optional<Value> Find(const Value& key, Arena& arena) const override;
  std::int64_t entry_count() const override;
  Value KeyAt(std::int64_t index, Arena& arena) const override;
  Value ValueAt(std::int64_t index, Arena& arena) const override;

  bool has_shape() const { return shape_ != nullptr; }
  // The field as it is written, whatever the schema says of it.
  const apiserver::Value* RawField(std::string_view name) const {
    return object_->if_contains(name);
  }
  // Upstream's rules: declared fields by their schema, others by their JSON where both have them.
  Value Equals(const Map& other, Arena& arena) const;

 private:
  struct Field {
    bool is_known;
    const Shape* shape;
  };
  Field FieldOf(std::string_view name) const;
  const Object::value_type& EntryAt(std::int64_t index) const;

  const Object* object_;
  const Shape* shape_;  // of the object; nullptr: dynamic
  mutable std::int64_t known_count_ = -1;
};

// JSON without a schema of its own inside a schema: only comparable.
class PreservedJson final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "unknown";
  explicit PreservedJson(const apiserver::Value* json) : json_(json) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override;
  const apiserver::Value& json() const { return *json_; }

 private:
  const apiserver::Value* json_;
};

// Upstream's Semantic.DeepEqual for JSON: whole numbers differ from fractions, order of keys is
// nothing.
bool JsonEquals(const apiserver::Value& a, const apiserver::Value& b);

}  // namespace apiserver::cel
