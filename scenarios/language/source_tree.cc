#include "scenarios/language/source_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <sstream>

#include "apiserver/api/yaml_scalar.h"

namespace scenarios {
namespace {

// Leaves yaml-cpp's parser, which has no other way to be stopped; caught in ParseSource.
struct Refusal {
  SourceError error;
};

std::size_t CountNodes(const SourceNode& node) {
  std::size_t count = 1;
  for (const SourceNode::Member& member : node.members) count += CountNodes(member.value);
  for (const SourceNode& item : node.items) count += CountNodes(item);
  return count;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  std::vector<SourceNode> TakeDocuments() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // The library takes what can begin no document for an empty one, again and again.
    if (mark.pos == last_start_) Refuse(mark, "want the start of a document (---)");
    last_start_ = mark.pos;
    anchors_.clear();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Finish(NewNode(SourceNode::Kind::kScalar, mark), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) Refuse(mark, "an alias of what is not complete yet");
    Count(CountNodes(found->second), mark);
    Attach(found->second, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    SourceNode node = NewNode(SourceNode::Kind::kScalar, mark);
    node.text = text;
    node.scalar = apiserver::Value(text);
    // yaml-cpp gives plain scalars the tag "?" and quoted ones "!".
    if (tag == "?") {
      if (auto resolved = apiserver::ResolveYamlScalar(text)) node.scalar = std::move(*resolved);
    }
    Finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(NewNode(SourceNode::Kind::kList, mark), anchor, mark);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(NewNode(SourceNode::Kind::kMap, mark), anchor, mark);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct OpenNode {
    SourceNode node;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> key;  // of the member whose value comes next
    int key_line = 1;
  };

  [[noreturn]] static void Refuse(const YAML::Mark& mark, std::string message) {
    throw Refusal{{mark.line + 1, std::move(message)}};
  }
  void Count(std::size_t count, const YAML::Mark& mark) {
    nodes_count_ += count;
    if (nodes_count_ > kSourceNodesMax) {
      Refuse(mark, "more than " + std::to_string(kSourceNodesMax) + " values");
    }
  }
  SourceNode NewNode(SourceNode::Kind kind, const YAML::Mark& mark) {
    Count(1, mark);
    SourceNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    return node;
  }
  void Open(SourceNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (open_.size() >= kSourceDepthMax) {
      Refuse(mark, "nested deeper than " + std::to_string(kSourceDepthMax));
    }
    open_.push_back({std::move(node), anchor, std::nullopt, 1});
  }
  void Close() {
    OpenNode closed = std::move(open_.back());
    open_.pop_back();
    Finish(std::move(closed.node), closed.anchor);
  }
  void Finish(SourceNode node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    const int line = node.line - 1;
    YAML::Mark mark;
    mark.line = line;
    Attach(std::move(node), mark);
  }
  void Attach(SourceNode node, const YAML::Mark& mark) {
    if (open_.empty()) {
      if (!node.is_null()) documents_.push_back(std::move(node));
      return;
    }
    OpenNode& parent = open_.back();
    if (parent.node.kind == SourceNode::Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
      parent.node.members.push_back({std::move(*parent.key), parent.key_line, std::move(node)});
      parent.key.reset();
    } else {
      SetKey(parent, node, mark);
    }
  }
  static void SetKey(OpenNode& parent, const SourceNode& node, const YAML::Mark& mark) {
    if (node.kind != SourceNode::Kind::kScalar) Refuse(mark, "a key that is no text");
    if (node.text == "<<") Refuse(mark, "merge keys (<<) are not supported");
    if (parent.node.Find(node.text) != nullptr) {
      Refuse(mark, "the key \"" + node.text + "\" is there twice");
    }
    parent.key = node.text;
    parent.key_line = node.line;
  }

  std::vector<SourceNode> documents_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, SourceNode> anchors_;
  std::size_t nodes_count_ = 0;
  int last_start_ = -1;
};

}  // namespace

const SourceNode* SourceNode::Find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::string SourceNode::TextAt(std::string_view name) const {
  const SourceNode* node = Find(name);
  return node == nullptr ? "" : node->text;
}

sim::Result<std::vector<SourceNode>, SourceError> ParseSource(const std::string& text) {
  TreeBuilder builder;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    return SourceError{error.mark.is_null() ? 1 : error.mark.line + 1, error.msg};
  } catch (const Refusal& refusal) {
    return refusal.error;
  }
  return builder.TakeDocuments();
}

apiserver::Value ToValue(const SourceNode& node) {
  switch (node.kind) {
    case SourceNode::Kind::kScalar:
      return node.scalar;
    case SourceNode::Kind::kMap: {
      apiserver::Object object;
      for (const SourceNode::Member& member : node.members) {
        object[member.name] = ToValue(member.value);
      }
      return object;
    }
    case SourceNode::Kind::kList: {
      apiserver::Array array;
      for (const SourceNode& item : node.items) array.push_back(ToValue(item));
      return array;
    }
  }
  return nullptr;
}

}  // namespace scenarios
