#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/yaml.h"
#include "apiserver/api/yaml_errors.h"
#include "apiserver/api/yaml_scalar.h"

namespace apiserver {
namespace {

// Thrown through yaml-cpp by our own handler, and caught where it began.
struct YamlRefusal {
  std::string message;
};

std::string AtLine(int line, const std::string& what) {
  return "yaml: line " + std::to_string(line) + ": " + what;
}

std::size_t CountValues(const Value& value) {
  std::size_t count = 1;
  if (const Object* object = value.if_object()) {
    for (const auto& member : *object) count += CountValues(member.value());
  } else if (const Array* array = value.if_array()) {
    for (const Value& item : *array) count += CountValues(item);
  }
  return count;
}

// YAML passes through Go's JSON, which writes whole numbers below 1e21 without a fraction.
void MakeWhole(Value& value) {
  constexpr double kTooLarge = 9223372036854775808.0;
  const double* number = value.if_double();
  if (number == nullptr || std::trunc(*number) != *number || std::fabs(*number) >= kTooLarge) {
    return;
  }
  value = static_cast<std::int64_t>(*number);
}

void MakeAllWhole(Value& value) {
  if (Object* object = value.if_object()) {
    for (auto& member : *object) MakeAllWhole(member.value());
  } else if (Array* array = value.if_array()) {
    for (Value& item : *array) MakeAllWhole(item);
  } else {
    MakeWhole(value);
  }
}

// Go's strconv.FormatFloat(key, 'g', -1, 32).
std::string FloatKey(double number) {
  if (std::isnan(number)) return ".nan";
  if (std::isinf(number)) return number > 0 ? ".inf" : "-.inf";
  return GoFloat(static_cast<double>(static_cast<float>(number)));
}

class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(JsonStorage storage) : storage_(std::move(storage)), root_(storage_) {}

  Value TakeRoot() { return std::move(root_); }
  bool has_content() const { return has_content_; }
  int first_line() const { return first_line_; }
  // Where the document began, in characters.
  int start() const { return start_; }
  int start_line() const { return start_line_; }
  std::vector<std::string>& strict_errors() { return strict_errors_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    start_ = mark.pos;
    start_line_ = mark.line + 1;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Complete({Value(nullptr, storage_), mark.line + 1, true, false}, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    const bool is_plain = tag == "?" || tag.empty();
    const int line = mark.line + 1;
    if (is_plain && text == "<<") {
      return Complete({Value("<<", storage_), line, true, true}, anchor);
    }
    Complete({Scalar(tag, text), line, is_plain, false}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    const int line = mark.line + 1;
    if (found == anchors_.end()) {
      throw YamlRefusal{"yaml: anchor value contains itself"};
    }
    aliased_values_ += CountValues(found->second);
    if (aliased_values_ > kYamlAliasedValuesMax) {
      throw YamlRefusal{"yaml: document contains excessive aliasing"};
    }
    Complete({Value(found->second, storage_), line, true, false}, YAML::NullAnchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Value(Array(storage_)), mark.line + 1, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Value(Object(storage_)), mark.line + 1, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Node {
    Value value;
    int line = 1;
    bool is_plain = true;
    bool is_merge = false;
  };
  struct Frame {
    Value value;
    int line = 1;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::optional<std::string> key;
    bool key_is_merge = false;
    std::vector<Value> merged;
  };

  Value Scalar(const std::string& tag, const std::string& text) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    std::string_view name = tag;
    if (name.starts_with(kCore)) {
      name.remove_prefix(kCore.size());
    } else if (name != "?" && !name.empty()) {
      return Text(text);
    }
    if (name == "str" || name == "binary") return Text(text);
    std::optional<Value> resolved = ResolveYamlScalar(text);
    if (name == "float" && resolved && resolved->is_int64()) {
      resolved = Value(static_cast<double>(resolved->get_int64()));
    }
    if (!resolved) {
      if (name == "int" || name == "float" || name == "bool" || name == "null") {
        throw YamlRefusal{"yaml: cannot decode !!str `" + text + "` as a !!" + std::string(name)};
      }
      return Text(text);
    }
    return Value(*resolved, storage_);
  }
  Value Text(const std::string& text) {
    return Value(IsValidUtf8(text) ? text : ReplaceInvalidUtf8(text), storage_);
  }

  // Only keys may be infinite or not a number: they become text.
  void MakeJson(Value& value) {
    if (value.is_double() && !std::isfinite(value.get_double())) {
      const double number = value.get_double();
      throw YamlRefusal{std::string("json: unsupported value: ") + (std::isnan(number) ? "NaN"
                                                                    : number > 0       ? "+Inf"
                                                                                       : "-Inf")};
    }
    MakeWhole(value);
  }

  std::string KeyText(const Node& node) {
    const Value& key = node.value;
    if (key.is_string()) return {key.get_string().data(), key.get_string().size()};
    if (key.is_bool()) return key.get_bool() ? "true" : "false";
    if (key.is_int64()) return std::to_string(key.get_int64());
    if (key.is_double()) return FloatKey(key.get_double());
    if (key.is_null()) {
      throw YamlRefusal{"unsupported map key of type: %!s(<nil>), key: <nil>"};
    }
    throw YamlRefusal{"yaml: invalid map key: " + ToJson(key)};
  }

  void Open(Value value, int line, YAML::anchor_t anchor) {
    NoteContent(line);
    if (frames_.size() >= kYamlDepthMax) throw YamlRefusal{"yaml: exceeded max depth"};
    Frame frame;
    frame.value = Value(std::move(value), storage_);
    frame.line = line;
    frame.anchor = anchor;
    frames_.push_back(std::move(frame));
  }

  void Close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    // A merge gives only what the map itself does not say; earlier maps win over later ones.
    for (const Value& merged : frame.merged) {
      for (const auto& member : merged.get_object()) {
        frame.value.get_object().emplace(member.key(), member.value());
      }
    }
    Complete({std::move(frame.value), frame.line, true, false}, frame.anchor);
  }

  void NoteContent(int line) {
    if (!has_content_) first_line_ = line;
    has_content_ = true;
  }

  void Complete(Node node, YAML::anchor_t anchor) {
    NoteContent(node.line);
    if (anchor != YAML::NullAnchor) anchors_.insert_or_assign(anchor, node.value);
    if (frames_.empty()) {
      MakeJson(node.value);
      root_ = std::move(node.value);
      return;
    }
    Frame& frame = frames_.back();
    if (Array* array = frame.value.if_array()) {
      MakeJson(node.value);
      array->push_back(std::move(node.value));
    } else if (!frame.key) {
      frame.key = KeyText(node);
      frame.key_is_merge = node.is_merge;
    } else {
      if (frame.key_is_merge) {
        Merge(frame, node);
      } else {
        MakeJson(node.value);
        Insert(frame, std::move(node.value), node.line);
      }
      frame.key.reset();
    }
  }

  // Upstream's reader names the line on which the value begins.
  void Insert(Frame& frame, Value value, int line) {
    const auto [at, is_new] =
        frame.value.get_object().insert_or_assign(*frame.key, std::move(value));
    (void)at;
    if (is_new) return;
    strict_errors_.push_back("line " + std::to_string(line) + ": key " + GoQuote(*frame.key) +
                             " already set in map");
  }

  static void Merge(Frame& frame, const Node& node) {
    const auto add = [&](const Value& value) {
      if (!value.is_object()) {
        throw YamlRefusal{"yaml: map merge requires map or sequence of maps as the value"};
      }
      frame.merged.push_back(value);
    };
    if (const Array* array = node.value.if_array()) {
      for (const Value& item : *array) add(item);
    } else {
      add(node.value);
    }
  }

  JsonStorage storage_;
  Value root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Value> anchors_;
  std::size_t aliased_values_ = 0;
  bool has_content_ = false;
  int first_line_ = 1;
  int start_ = 0;
  int start_line_ = 1;
  std::vector<std::string> strict_errors_;
};

// Runs `read` and turns what it throws into an error text about `text`.
template <class Read>
std::string Guarded(std::string_view text, Read read) {
  try {
    read();
    return "";
  } catch (const YamlRefusal& refusal) {
    return refusal.message;
  } catch (const YAML::Exception& exception) {
    YamlPlace place;
    if (!exception.mark.is_null()) {
      place = {static_cast<std::size_t>(exception.mark.pos), exception.mark.line,
               exception.mark.column};
    }
    return YamlErrorText(text, exception.msg, place);
  }
}

}  // namespace

JsonParseResult ParseYaml(std::string_view text, JsonStorage storage) {
  // Most of what is sent as YAML is JSON, which is YAML too and read twenty times faster.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (const std::size_t start = text.find_first_not_of(" \r\n");
      start != std::string_view::npos && text[start] == '\t') {
    JsonParseResult refused{Value(storage), {}, {}, {}};
    const auto line =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(start), '\n');
    const std::string where = line == 0 ? "" : "line " + std::to_string(line + 1) + ": ";
    refused.error = "yaml: " + where + "found character that cannot start any token";
    return refused;
  }
  if (first != std::string_view::npos && text[first] == '{') {
    JsonParseResult json = ParseJson(text, storage, {kYamlDepthMax});
    if (json.ok() && json.duplicate_fields.empty()) {
      MakeAllWhole(json.value);
      return json;
    }
  }
  JsonParseResult result{Value(storage), {}, {}, {}};
  std::istringstream stream{std::string(text)};
  result.error = Guarded(text, [&] {
    YAML::Parser parser(stream);
    Builder builder(storage);
    parser.HandleNextDocument(builder);
    result.value = builder.TakeRoot();
    result.strict_errors = std::move(builder.strict_errors());
  });
  if (!result.ok()) result.value = nullptr;
  return result;
}

YamlStream ParseYamlStream(std::string_view text, JsonStorage storage) {
  YamlStream result;
  std::istringstream stream{std::string(text)};
  result.error = Guarded(text, [&] {
    YAML::Parser parser(stream);
    for (int last_start = -1;;) {
      Builder builder(storage);
      if (!parser.HandleNextDocument(builder)) break;
      // The library takes what can begin no document for an empty one, again and again.
      if (builder.start() == last_start) {
        throw YamlRefusal{AtLine(builder.start_line(), "did not find expected <document start>")};
      }
      last_start = builder.start();
      if (!builder.strict_errors().empty()) {
        throw YamlRefusal{"yaml: " + builder.strict_errors().front()};
      }
      Value root = builder.TakeRoot();
      if (root.is_null()) continue;
      result.documents.push_back({std::move(root), builder.first_line()});
    }
  });
  return result;
}

}  // namespace apiserver
