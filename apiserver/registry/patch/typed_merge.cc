// Lays an applied configuration over the live object, and removes fields again.
#include <map>
#include <optional>

#include "apiserver/registry/patch/typed_value.h"

namespace apiserver {
namespace {

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

// The items of a list by path element. A repeated item has no value of its own.
struct IndexedList {
  std::vector<PathElement> elements;
  std::map<PathElement, const Value*> observed;

  const Value* Get(const PathElement& element) const {
    const auto at = observed.find(element);
    return at == observed.end() ? nullptr : at->second;
  }
};

class Merger {
 public:
  explicit Merger(JsonStorage storage) : storage_(std::move(storage)) {}

  // nullopt: nothing is left at this place.
  std::optional<Value> Merge(const TypedNode& schema, const Value* live, const Value* config) {
    const TypedNode::Shape shape = config == nullptr || (config->is_null() && live != nullptr)
                                       ? schema.ShapeOf(live)
                                       : schema.ShapeOf(config);
    if (shape == TypedNode::Shape::kScalar || schema.IsAtomic(shape)) return Leaf(live, config);
    if (shape == TypedNode::Shape::kList) {
      const Array* ours = live == nullptr ? nullptr : live->if_array();
      const Array* theirs = config == nullptr ? nullptr : config->if_array();
      if ((ours == nullptr || ours->empty()) && (theirs == nullptr || theirs->empty())) {
        return Leaf(live, config);
      }
      return Items(schema, ours, theirs);
    }
    const Object* ours = live == nullptr ? nullptr : live->if_object();
    const Object* theirs = config == nullptr ? nullptr : config->if_object();
    if ((ours == nullptr || ours->empty()) && (theirs == nullptr || theirs->empty())) {
      return Leaf(live, config);
    }
    return Members(schema, ours, theirs);
  }

  const std::string& error() const { return error_; }

 private:
  std::optional<Value> Leaf(const Value* live, const Value* config) {
    return Value(config != nullptr ? *config : *live, storage_);
  }

  std::optional<Value> Members(const TypedNode& schema, const Object* live, const Object* config) {
    Object out(storage_);
    const auto merge = [&](boost::json::string_view key, const Value* ours, const Value* theirs) {
      bool is_named = false;
      path_.push_back(PathElement::Field(View(key)));
      std::optional<Value> merged = Merge(schema.Member(View(key), is_named), ours, theirs);
      if (merged) out.emplace(key, std::move(*merged));
      path_.pop_back();
    };
    if (live != nullptr) {
      for (const auto& member : *live) {
        merge(member.key(), &member.value(),
              config == nullptr ? nullptr : config->if_contains(member.key()));
      }
    }
    if (config != nullptr) {
      for (const auto& member : *config) {
        if (live == nullptr || !live->contains(member.key())) {
          merge(member.key(), nullptr, &member.value());
        }
      }
    }
    if (out.empty()) return std::nullopt;
    return Value(std::move(out));
  }

  IndexedList Index(const TypedNode& schema, const Array* items, Duplicates duplicates) {
    static const Value kNull;
    IndexedList list;
    if (items == nullptr) return list;
    for (std::size_t i = 0; i < items->size(); ++i) {
      sim::Result<PathElement> element = schema.ElementOf((*items)[i]);
      if (!element.ok()) {
        Fail("element " + std::to_string(i) + ": " + element.error().message);
        continue;
      }
      const auto [at, is_new] = list.observed.emplace(*element, &(*items)[i]);
      if (!is_new && duplicates == Duplicates::kRefused) {
        Fail("duplicate entries for key " + element->Text());
        continue;
      }
      if (!is_new) at->second = &kNull;
      list.elements.push_back(std::move(*element));
    }
    return list;
  }

  void Fail(const std::string& message) {
    if (error_.empty()) error_ = FieldPathText(path_) + ": " + message;
  }

  // Walks both lists. Items that both have come in the configuration's order; items of ours alone
  // stay before the shared item that they preceded.
  std::optional<Value> Items(const TypedNode& schema, const Array* live, const Array* config) {
    const IndexedList theirs = Index(schema, config, Duplicates::kRefused);
    const IndexedList ours = Index(schema, live, Duplicates::kAllowed);
    if (!error_.empty()) return std::nullopt;
    Array out(storage_);
    const auto merge = [&](const PathElement& element, const Value* mine, const Value* applied) {
      path_.push_back(element);
      std::optional<Value> merged = Merge(schema.Item(), mine, applied);
      if (merged) out.push_back(std::move(*merged));
      path_.pop_back();
    };
    std::vector<const PathElement*> shared;
    for (const PathElement& element : theirs.elements) {
      if (ours.Get(element) != nullptr) shared.push_back(&element);
    }
    std::size_t next_shared = 0;
    std::set<PathElement> merged_theirs;
    std::size_t l = 0;
    std::size_t r = 0;
    while (l < ours.elements.size() || r < theirs.elements.size()) {
      const bool has_both = l < ours.elements.size() && r < theirs.elements.size();
      if (has_both) {
        const PathElement& element = ours.elements[l];
        if (element == theirs.elements[r]) {
          merged_theirs.insert(element);
          merge(element, ours.Get(element), theirs.Get(element));
          ++l;
          ++r;
          if (next_shared < shared.size()) ++next_shared;
          continue;
        }
        if (theirs.Get(element) != nullptr && next_shared < shared.size() &&
            *shared[next_shared] != element) {
          // Shared, but its turn comes with the configuration's order.
          ++l;
          continue;
        }
      }
      if (l < ours.elements.size()) {
        const PathElement& element = ours.elements[l];
        if (theirs.Get(element) == nullptr) {
          merge(element, &(*live)[l], nullptr);
          ++l;
          continue;
        }
        if (merged_theirs.contains(element)) ++l;
      }
      if (r < theirs.elements.size()) {
        const PathElement& element = theirs.elements[r];
        merged_theirs.insert(element);
        merge(element, ours.Get(element), theirs.Get(element));
        ++r;
        if (next_shared < shared.size() && *shared[next_shared] == element) ++next_shared;
      }
    }
    if (out.empty()) return std::nullopt;
    return Value(std::move(out));
  }

  JsonStorage storage_;
  FieldPath path_;
  std::string error_;
};

// null when nothing is left.
Value Remove(const TypedNode& schema, const Value& value, const FieldSet& removed,
             const JsonStorage& storage) {
  const TypedNode::Shape shape = schema.ShapeOf(&value);
  if (shape == TypedNode::Shape::kScalar) return Value(value, storage);
  if (schema.IsAtomic(shape)) return Value(nullptr, storage);
  if (shape == TypedNode::Shape::kList) {
    const Array* items = value.if_array();
    if (items == nullptr) return Value(nullptr, storage);
    Array out(storage);
    for (const Value& item : *items) {
      const sim::Result<PathElement> element = schema.ElementOf(item);
      const FieldSet::Node* node = element.ok() ? removed.Find(*element) : nullptr;
      if (node == nullptr) {
        out.push_back(item);
      } else if (!node->is_member) {
        out.push_back(Remove(schema.Item(), item, node->children, storage));
      }
    }
    return out.empty() ? Value(nullptr, storage) : Value(std::move(out));
  }
  const Object* members = value.if_object();
  if (members == nullptr) return Value(nullptr, storage);
  Object out(storage);
  for (const auto& member : *members) {
    const FieldSet::Node* node = removed.Find(PathElement::Field(View(member.key())));
    if (node == nullptr) {
      out.emplace(member.key(), member.value());
    } else if (!node->is_member) {
      bool is_named = false;
      out.emplace(member.key(), Remove(schema.Member(View(member.key()), is_named), member.value(),
                                       node->children, storage));
    }
  }
  return out.empty() ? Value(nullptr, storage) : Value(std::move(out));
}

}  // namespace

sim::Result<Value> MergeTyped(const TypedNode& schema, const Value& live, const Value& config,
                              JsonStorage storage) {
  Merger merger(storage);
  std::optional<Value> merged = merger.Merge(schema, &live, &config);
  if (!merger.error().empty()) return sim::Error{merger.error()};
  return merged ? std::move(*merged) : Value(nullptr, storage);
}

Value RemoveFields(const TypedNode& schema, const Value& value, const FieldSet& removed,
                   JsonStorage storage) {
  return Remove(schema, value, removed, storage);
}

}  // namespace apiserver
