// What changed between two states of an object, field by field.
#include <map>

#include "apiserver/registry/patch/typed_value.h"

namespace apiserver {
namespace {

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

class Comparer {
 public:
  Comparison Run(const TypedNode& schema, const Value& before, const Value& after) {
    Compare(schema, &before, &after);
    return std::move(result_);
  }

 private:
  // nullptr is absent. Not both are.
  void Compare(const TypedNode& schema, const Value* before, const Value* after) {
    if (before != nullptr && after != nullptr && ValuesEqual(*before, *after)) return;
    const TypedNode::Shape old_shape = schema.ShapeOf(before);
    const TypedNode::Shape new_shape = schema.ShapeOf(after);
    const TypedNode::Shape shape = after == nullptr ? old_shape : new_shape;
    // A place that changes its shape counts as changed both ways.
    if (before != nullptr && after != nullptr && old_shape != new_shape) {
      CompareAs(old_shape, schema, before, after);
    }
    const bool is_leaf = CompareAs(shape, schema, before, after);
    if (is_leaf) return;
    if (before == nullptr) result_.added.Insert(path_);
    if (after == nullptr) result_.removed.Insert(path_);
  }

  // True: the place was taken as one leaf.
  bool CompareAs(TypedNode::Shape shape, const TypedNode& schema, const Value* before,
                 const Value* after) {
    if (shape == TypedNode::Shape::kScalar || schema.IsAtomic(shape)) {
      Leaf(before, after);
      return true;
    }
    if (shape == TypedNode::Shape::kList) {
      const Array* old_items = before == nullptr ? nullptr : before->if_array();
      const Array* new_items = after == nullptr ? nullptr : after->if_array();
      if ((old_items == nullptr || old_items->empty()) &&
          (new_items == nullptr || new_items->empty())) {
        Leaf(before, after);
        return true;
      }
      Items(schema, old_items, new_items);
      return false;
    }
    const Object* old_members = before == nullptr ? nullptr : before->if_object();
    const Object* new_members = after == nullptr ? nullptr : after->if_object();
    if ((old_members == nullptr || old_members->empty()) &&
        (new_members == nullptr || new_members->empty())) {
      Leaf(before, after);
      return true;
    }
    Members(schema, old_members, new_members);
    return false;
  }

  void Leaf(const Value* before, const Value* after) {
    if (before == nullptr) {
      result_.added.Insert(path_);
    } else if (after == nullptr) {
      result_.removed.Insert(path_);
    } else if (!ValuesEqual(*before, *after)) {
      result_.modified.Insert(path_);
    }
  }

  void Members(const TypedNode& schema, const Object* before, const Object* after) {
    const auto descend = [&](boost::json::string_view key, const Value* old_value,
                             const Value* new_value) {
      if (old_value != nullptr && new_value != nullptr && ValuesEqual(*old_value, *new_value)) {
        return;
      }
      bool is_named = false;
      path_.push_back(PathElement::Field(View(key)));
      Compare(schema.Member(View(key), is_named), old_value, new_value);
      path_.pop_back();
    };
    if (before != nullptr) {
      for (const auto& member : *before) {
        descend(member.key(), &member.value(),
                after == nullptr ? nullptr : after->if_contains(member.key()));
      }
    }
    if (after == nullptr) return;
    for (const auto& member : *after) {
      if (before == nullptr || !before->contains(member.key())) {
        descend(member.key(), nullptr, &member.value());
      }
    }
  }

  using Keyed = std::map<PathElement, std::vector<const Value*>>;

  Keyed KeyedItems(const TypedNode& schema, const Array* items) {
    Keyed keyed;
    if (items == nullptr) return keyed;
    for (const Value& item : *items) {
      sim::Result<PathElement> element = schema.ElementOf(item);
      if (element.ok()) {
        keyed[std::move(*element)].push_back(&item);
      } else {
        result_.has_unkeyed_items = true;
      }
    }
    return keyed;
  }

  void Items(const TypedNode& schema, const Array* before, const Array* after) {
    const Keyed old_items = KeyedItems(schema, before);
    const Keyed new_items = KeyedItems(schema, after);
    static const std::vector<const Value*> kNone;
    const auto compare = [&](const PathElement& element, const std::vector<const Value*>& olds,
                             const std::vector<const Value*>& news) {
      path_.push_back(element);
      CompareItems(schema.Item(), olds, news);
      path_.pop_back();
    };
    for (const auto& [element, olds] : old_items) {
      const auto at = new_items.find(element);
      compare(element, olds, at == new_items.end() ? kNone : at->second);
    }
    for (const auto& [element, news] : new_items) {
      if (!old_items.contains(element)) compare(element, kNone, news);
    }
  }

  // Items with one key; repeated ones are compared and owned together.
  void CompareItems(const TypedNode& item, const std::vector<const Value*>& olds,
                    const std::vector<const Value*>& news) {
    if (olds.size() <= 1 && news.size() <= 1) {
      Compare(item, olds.empty() ? nullptr : olds[0], news.empty() ? nullptr : news[0]);
    } else if (olds.size() >= 2 && news.size() >= 2) {
      const bool are_equal =
          std::equal(olds.begin(), olds.end(), news.begin(), news.end(),
                     [](const Value* a, const Value* b) { return ValuesEqual(*a, *b); });
      if (!are_equal) result_.modified.Insert(path_);
    } else if (olds.size() >= 2) {
      if (!news.empty()) Compare(item, nullptr, news[0]);
      result_.removed.Insert(path_);
    } else {
      if (!olds.empty()) Compare(item, olds[0], nullptr);
      result_.added.Insert(path_);
    }
  }

  FieldPath path_;
  Comparison result_;
};

}  // namespace

Comparison CompareTyped(const TypedNode& schema, const Value& before, const Value& after) {
  return Comparer().Run(schema, before, after);
}

}  // namespace apiserver
