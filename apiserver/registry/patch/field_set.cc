#include "apiserver/registry/patch/field_set.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

std::string_view View(boost::json::string_view text) { return {text.data(), text.size()}; }

struct ReadElement {
  std::optional<PathElement> element;  // absent: of a kind that is skipped
  std::string error;
};

ReadElement ReadPathElement(std::string_view text) {
  if (text.size() < 2) return {std::nullopt, "key must be 2 characters long:"};
  if (text[1] != ':') return {std::nullopt, "missing colon: " + std::string(text)};
  const std::string_view rest = text.substr(2);
  if (text[0] == 'f') return {PathElement::Field(rest), ""};
  if (text[0] == 'i') {
    std::int64_t index = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (rest.empty() || read.ec != std::errc() || read.ptr != rest.data() + rest.size()) {
      return {std::nullopt, "strconv.Atoi: parsing \"" + std::string(rest) + "\": invalid syntax"};
    }
    return {PathElement{PathElement::Kind::kIndex, {}, Value(index)}, ""};
  }
  if (text[0] != 'v' && text[0] != 'k') return {};
  JsonParseResult parsed = ParseJson(rest);
  if (!parsed.ok()) return {std::nullopt, parsed.error};
  if (text[0] == 'v') return {PathElement::OfValue(parsed.value), ""};
  if (!parsed.value.is_object()) return {std::nullopt, "a key must be an object"};
  return {PathElement::Key(std::move(parsed.value.get_object())), ""};
}

// Reads what lies below one node. Sets `is_member` for the node itself.
std::string ReadSet(const Value& value, FieldSet& set, bool& is_member) {
  const Object* object = value.if_object();
  if (object == nullptr) return "fieldsV1 must be an object";
  is_member = object->empty();
  bool has_child = false;
  for (const auto& member : *object) {
    const std::string_view key = View(member.key());
    if (key == ".") {
      is_member = true;
      continue;
    }
    ReadElement read = ReadPathElement(key);
    if (!read.error.empty()) return read.error;
    if (!read.element) continue;
    FieldSet::Node& node = set.Append(std::move(*read.element));
    std::string error = ReadSet(member.value(), node.children, node.is_member);
    if (!error.empty()) return error;
    has_child = true;
  }
  // A node without anything below it stands for itself.
  if (!has_child) is_member = true;
  return "";
}

bool IsSorted(const FieldSet& set) {
  const FieldSet::Node* last = nullptr;
  for (const FieldSet::Node& node : set.nodes()) {
    if (last != nullptr && last->element >= node.element) return false;
    if (!IsSorted(node.children)) return false;
    last = &node;
  }
  return true;
}

void WriteSet(const FieldSet& set, bool includes_self, Object& out) {
  const JsonStorage storage = out.storage();
  out.reserve(set.nodes().size() + 1);
  if (includes_self && !set.nodes().empty()) out.emplace(".", Object(storage));
  for (const FieldSet::Node& node : set.nodes()) {
    Object below(storage);
    WriteSet(node.children, node.is_member, below);
    out.emplace(node.element.Serialized(), std::move(below));
  }
}

// Walks two sorted lists of nodes side by side; either pointer may be null.
template <class Visit>
void Zip(const std::vector<FieldSet::Node>& a, const std::vector<FieldSet::Node>& b, Visit visit) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size()) {
      visit(&a[i++], nullptr);
    } else if (i == a.size()) {
      visit(nullptr, &b[j++]);
    } else {
      const auto order = a[i].element <=> b[j].element;
      const FieldSet::Node* left = order <= 0 ? &a[i++] : nullptr;
      const FieldSet::Node* right = order >= 0 ? &b[j++] : nullptr;
      visit(left, right);
    }
  }
}

}  // namespace

FieldSet::FieldSet() = default;
FieldSet::~FieldSet() = default;
FieldSet::FieldSet(const FieldSet&) = default;
FieldSet::FieldSet(FieldSet&&) noexcept = default;
FieldSet& FieldSet::operator=(const FieldSet&) = default;
FieldSet& FieldSet::operator=(FieldSet&&) noexcept = default;

sim::Result<FieldSet> FieldSet::Parse(const Value& fields_v1) {
  FieldSet set;
  bool is_member = false;
  std::string error = ReadSet(fields_v1, set, is_member);
  if (!error.empty()) return sim::Error{std::move(error)};
  if (IsSorted(set)) return set;
  // What others wrote may be in another order, or repeat an element in another spelling.
  FieldSet sorted;
  set.ForEach([&](const FieldPath& path) { sorted.Insert(path); });
  return sorted;
}

Value FieldSet::ToValue(JsonStorage storage) const {
  Value value = Object(storage);
  WriteSet(*this, false, value.get_object());
  return value;
}

FieldSet::Node& FieldSet::Append(PathElement element) {
  return nodes_.emplace_back(Node{std::move(element), false, {}});
}

void FieldSet::SortAppended() {
  const auto is_before = [](const Node& a, const Node& b) { return a.element < b.element; };
  if (!std::is_sorted(nodes_.begin(), nodes_.end(), is_before)) {
    std::stable_sort(nodes_.begin(), nodes_.end(), is_before);
  }
  std::size_t kept = 0;
  for (std::size_t at = 1; at < nodes_.size(); ++at) {
    if (nodes_[kept].element == nodes_[at].element) {
      nodes_[kept].children = FieldSet();
    } else if (++kept != at) {
      nodes_[kept] = std::move(nodes_[at]);
    }
  }
  if (!nodes_.empty())
    nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(kept) + 1, nodes_.end());
}

FieldSet::Node& FieldSet::Descend(const PathElement& element) {
  if (nodes_.empty() || nodes_.back().element < element) return Append(element);
  const auto at =
      std::lower_bound(nodes_.begin(), nodes_.end(), element,
                       [](const Node& node, const PathElement& key) { return node.element < key; });
  if (at != nodes_.end() && at->element == element) return *at;
  return *nodes_.insert(at, Node{element, false, {}});
}

void FieldSet::Insert(std::span<const PathElement> path) {
  if (path.empty()) return;
  Node* node = &Descend(path[0]);
  for (const PathElement& element : path.subspan(1)) node = &node->children.Descend(element);
  node->is_member = true;
}

void FieldSet::Insert(std::initializer_list<std::string_view> names) {
  FieldPath path;
  for (std::string_view name : names) path.push_back(PathElement::Field(name));
  Insert(path);
}

bool FieldSet::empty() const { return nodes_.empty(); }

const FieldSet::Node* FieldSet::Find(const PathElement& element) const {
  const auto at =
      std::lower_bound(nodes_.begin(), nodes_.end(), element,
                       [](const Node& node, const PathElement& key) { return node.element < key; });
  return at != nodes_.end() && at->element == element ? &*at : nullptr;
}

bool FieldSet::Has(std::span<const PathElement> path) const {
  const FieldSet* set = this;
  const Node* node = nullptr;
  for (const PathElement& element : path) {
    node = set->Find(element);
    if (node == nullptr) return false;
    set = &node->children;
  }
  return node != nullptr && node->is_member;
}

const FieldSet& FieldSet::Below(const PathElement& element) const {
  static const FieldSet kEmpty;
  const Node* node = Find(element);
  return node == nullptr ? kEmpty : node->children;
}

void FieldSet::Add(FieldSet other) {
  if (other.nodes_.empty()) return;
  if (nodes_.empty()) {
    *this = std::move(other);
    return;
  }
  std::vector<Node> merged;
  merged.reserve(nodes_.size() + other.nodes_.size());
  auto ours = nodes_.begin();
  for (Node& theirs : other.nodes_) {
    while (ours != nodes_.end() && ours->element < theirs.element) {
      merged.push_back(std::move(*ours++));
    }
    if (ours == nodes_.end() || ours->element != theirs.element) {
      merged.push_back(std::move(theirs));
      continue;
    }
    ours->is_member = ours->is_member || theirs.is_member;
    ours->children.Add(std::move(theirs.children));
    merged.push_back(std::move(*ours++));
  }
  std::move(ours, nodes_.end(), std::back_inserter(merged));
  nodes_ = std::move(merged);
}

void FieldSet::Remove(const FieldSet& other) {
  bool has_empty = false;
  for (const Node& theirs : other.nodes_) {
    Node* ours = const_cast<Node*>(Find(theirs.element));
    if (ours == nullptr) continue;
    if (theirs.is_member) ours->is_member = false;
    ours->children.Remove(theirs.children);
    has_empty = has_empty || (!ours->is_member && ours->children.empty());
  }
  if (has_empty) DropEmpty();
}

void FieldSet::RemoveRecursively(const FieldSet& other) {
  bool has_empty = false;
  for (const Node& theirs : other.nodes_) {
    Node* ours = const_cast<Node*>(Find(theirs.element));
    if (ours == nullptr) continue;
    if (theirs.is_member) {
      ours->is_member = false;
      ours->children.nodes_.clear();
    } else {
      ours->children.RemoveRecursively(theirs.children);
    }
    has_empty = has_empty || (!ours->is_member && ours->children.empty());
  }
  if (has_empty) DropEmpty();
}

void FieldSet::DropEmpty() {
  std::erase_if(nodes_, [](const Node& node) { return !node.is_member && node.children.empty(); });
}

FieldSet FieldSet::Union(const FieldSet& other) const {
  FieldSet result = *this;
  result.Add(other);
  return result;
}

FieldSet FieldSet::Difference(const FieldSet& other) const {
  FieldSet result = *this;
  result.Remove(other);
  return result;
}

FieldSet FieldSet::RecursiveDifference(const FieldSet& other) const {
  FieldSet result = *this;
  result.RemoveRecursively(other);
  return result;
}

FieldSet FieldSet::Intersection(const FieldSet& other) const {
  FieldSet result;
  Zip(nodes_, other.nodes_, [&](const Node* a, const Node* b) {
    if (a == nullptr || b == nullptr) return;
    Node node{a->element, a->is_member && b->is_member, a->children.Intersection(b->children)};
    if (node.is_member || !node.children.empty()) result.nodes_.push_back(std::move(node));
  });
  return result;
}

void FieldSet::Visit(FieldPath& path, const std::function<void(const FieldPath&)>& visit) const {
  for (const Node& node : nodes_) {
    if (!node.is_member) continue;
    path.push_back(node.element);
    visit(path);
    path.pop_back();
  }
  for (const Node& node : nodes_) {
    path.push_back(node.element);
    node.children.Visit(path, visit);
    path.pop_back();
  }
}

void FieldSet::ForEach(const std::function<void(const FieldPath&)>& visit) const {
  FieldPath path;
  Visit(path, visit);
}

bool FieldSet::operator==(const FieldSet& other) const {
  return std::equal(nodes_.begin(), nodes_.end(), other.nodes_.begin(), other.nodes_.end(),
                    [](const Node& a, const Node& b) {
                      return a.is_member == b.is_member && a.element == b.element &&
                             a.children == b.children;
                    });
}

}  // namespace apiserver
