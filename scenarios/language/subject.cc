#include "scenarios/language/subject.h"

#include <algorithm>

#include "scenarios/language/nearest_name.h"
#include "scenarios/language/object_matcher.h"
#include "scenarios/language/resource_names.h"
#include "scenarios/language/values.h"

namespace scenarios {
namespace {

const Shape& EventShape() {
  static const Shape type{.kind = Shape::Kind::kText, .words = {"Normal", "Warning"}};
  static const Shape shape{.kind = Shape::Kind::kObject,
                           .fields = {{"reason", &kTextShape, "The Event's reason."},
                                      {"message", &kTextShape, "A text that it contains."},
                                      {"type", &type, "Normal or Warning."}}};
  return shape;
}

const Shape& MatchesShape() {
  static const Shape shape{.kind = Shape::Kind::kMap, .items = &kAnythingShape};
  return shape;
}

bool IsKnownResource(const std::string& name, const ReadContext& context) {
  if (FindBuiltinResource(name)) return true;
  for (const std::string& custom : context.custom_resources) {
    if (name == custom || name == custom.substr(0, custom.find('.'))) return true;
  }
  // A name with a group may come into the cluster by a program or a command.
  return context.may_have_other_resources && name.find('.') != std::string::npos;
}

std::string UnknownResource(const std::string& name, const ReadContext& context) {
  std::vector<std::string_view> known = BuiltinResourceNames();
  known.insert(known.end(), context.custom_resources.begin(), context.custom_resources.end());
  return "unknown resource \"" + name + "\"" + DidYouMean(name, known);
}

// The newest state of the objects that the subject names, whatever else is asked of them.
std::vector<apiserver::ObjectPtr> ObjectsOf(const Subject& subject, const ServedResource& resource,
                                            const ClusterView& view) {
  const apiserver::GroupResource stored = resource.resource.group_resource();
  const bool is_everywhere = !resource.is_namespaced || subject.namespace_ == "*";
  const std::string namespace_ = is_everywhere ? "" : subject.namespace_;
  std::vector<apiserver::ObjectPtr> objects;
  if (!subject.name.empty() && subject.namespace_ != "*") {
    apiserver::ObjectPtr object = view.Find(stored, {namespace_, subject.name});
    if (object != nullptr && subject.selector.Matches(object->meta().labels)) {
      objects.push_back(std::move(object));
    }
    return objects;
  }
  for (apiserver::ObjectPtr& object : view.List(stored, namespace_)) {
    const bool has_name = subject.name.empty() || object->meta().name == subject.name;
    if (has_name && subject.selector.Matches(object->meta().labels)) {
      objects.push_back(std::move(object));
    }
  }
  return objects;
}

constexpr std::size_t kShownObjectsMax = 5;

bool IsEventOf(const apiserver::Value& event, const EventPattern& pattern) {
  const auto contains = [](std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  };
  return (pattern.reason.empty() || apiserver::TextAt(event, {"reason"}) == pattern.reason) &&
         (pattern.type.empty() || apiserver::TextAt(event, {"type"}) == pattern.type) &&
         contains(apiserver::TextAt(event, {"message"}), pattern.message);
}

std::string EventLine(const apiserver::Value& event) {
  std::string line = "event ";
  line += apiserver::TextAt(event, {"type"});
  line += " ";
  line += apiserver::TextAt(event, {"reason"});
  line += " on ";
  line += apiserver::TextAt(event, {"involvedObject", "name"});
  line += ": ";
  line += apiserver::TextAt(event, {"message"});
  return line;
}

Finding ExamineEvent(const Subject& subject, const ServedResource& resource,
                     const ClusterView& view) {
  Finding finding;
  std::vector<std::string> names;
  if (!subject.selector_text.empty()) {
    for (const auto& object : ObjectsOf(subject, resource, view)) {
      names.push_back(object->meta().name);
    }
  }
  const std::string namespace_ =
      resource.is_namespaced && subject.namespace_ != "*" ? subject.namespace_ : "";
  for (const auto& stored : view.List({"", "events"}, namespace_)) {
    const std::shared_ptr<const apiserver::Value> event = stored->Peek();
    const std::string_view kind = apiserver::TextAt(*event, {"involvedObject", "kind"});
    const std::string_view name = apiserver::TextAt(*event, {"involvedObject", "name"});
    if (kind != resource.kind || (!subject.name.empty() && name != subject.name)) continue;
    const bool is_selected =
        subject.selector_text.empty() || std::find(names.begin(), names.end(), name) != names.end();
    if (!is_selected) continue;
    if (IsEventOf(*event, *subject.event)) {
      finding.holds = true;
      return finding;
    }
    finding.found.push_back(EventLine(*event));
  }
  if (finding.found.empty()) finding.found.push_back("no event about " + subject.Text());
  return finding;
}

// In what `object` is not as asked for. (Without `matches` and `that` it is enough that it exists.)
std::vector<std::string> ProblemsOf(const Subject& subject, const apiserver::StoredObject& object) {
  const std::shared_ptr<const apiserver::Value> value = object.Peek();
  std::vector<std::string> problems;
  if (!subject.matches.is_null()) {
    for (const Difference& difference : FindDifferences(subject.matches, value.get())) {
      problems.push_back(difference.Text());
    }
  }
  if (subject.that) {
    std::string problem = subject.that->Problem(*value);
    if (!problem.empty()) problems.push_back(std::move(problem));
  }
  return problems;
}

Finding ExamineCount(const Subject& subject, const std::vector<apiserver::ObjectPtr>& objects) {
  Finding finding;
  std::int64_t count = 0;
  std::vector<std::string> others;
  for (const auto& object : objects) {
    const std::vector<std::string> problems = ProblemsOf(subject, *object);
    if (problems.empty()) {
      ++count;
    } else if (others.size() < kShownObjectsMax) {
      others.push_back(object->key().Text() + ": " + problems.front());
      if (finding.object.empty()) finding.object = object->key().Text();
    }
  }
  const CountRange range =
      subject.is_absent ? CountRange{0, 0} : subject.count.value_or(CountRange{});
  finding.holds = count >= range.min && count <= range.max;
  if (finding.holds) return finding;
  finding.found.push_back("count: want " + range.Text() + ", got " + std::to_string(count) +
                          " of " + std::to_string(objects.size()) + " objects");
  if (count < range.min) {
    finding.found.insert(finding.found.end(), others.begin(), others.end());
  } else {
    for (std::size_t index = 0; index < objects.size() && index < kShownObjectsMax; ++index) {
      finding.found.push_back("there is " + objects[index]->key().Text());
    }
  }
  if (finding.object.empty() && !objects.empty()) finding.object = objects[0]->key().Text();
  return finding;
}

}  // namespace

const Shape& CountShape() {
  static const Shape range{.kind = Shape::Kind::kObject,
                           .fields = {{"min", &kIntegerShape}, {"max", &kIntegerShape}}};
  static const Shape shape{.kind = Shape::Kind::kChoice, .choices = {&kIntegerShape, &range}};
  return shape;
}

CountRange ReadCount(const SourceNode& node) {
  if (node.kind == SourceNode::Kind::kScalar) {
    const std::int64_t exact = ReadInteger(&node, 1);
    return {exact, exact};
  }
  return {ReadInteger(node.Find("min"), 0), ReadInteger(node.Find("max"), INT64_MAX)};
}

std::string CountRange::Text() const {
  if (min == max) return std::to_string(min);
  if (max == INT64_MAX) return "at least " + std::to_string(min);
  return std::to_string(min) + " to " + std::to_string(max);
}

std::string EventPattern::Text() const {
  std::string text = "event";
  if (!type.empty()) text += " " + type;
  if (!reason.empty()) text += " " + reason;
  if (!message.empty()) text += " \"" + message + "\"";
  return text;
}

std::string Subject::Text() const {
  std::string text = resource;
  if (!name.empty()) text += "/" + name;
  if (!selector_text.empty()) text += " (" + selector_text + ")";
  if (namespace_ != "default") text += " in " + (namespace_ == "*" ? "all namespaces" : namespace_);
  return text;
}

std::vector<ShapeField> SubjectFields() {
  return {{"resource", &kTextShape, "TYPE/NAME, or TYPE for all that the selector takes.", true},
          {"namespace", &kTextShape, "`default` when not given, `*` for all."},
          {"selector", &kTextShape, "A label selector, as kubectl -l takes it."},
          {"matches", &MatchesShape(), "A partial object that it must match."},
          {"count", &CountShape(), "How many objects must match; at least one when not given."},
          {"absent", &kBooleanShape, "There must be no such object."},
          {"event", &EventShape(), "An Event that must have been seen about it."},
          {"that", &kTextShape, "A condition in CEL that must be true, with the object as self."}};
}

void ReadResourceName(const SourceNode& node, const std::string& field, ReadContext& context,
                      Subject& subject) {
  const std::size_t slash = node.text.find('/');
  subject.resource = node.text.substr(0, slash);
  if (slash != std::string::npos) {
    subject.name = node.text.substr(slash + 1);
    if (subject.name.empty()) context.problems.Add(node.line, field, "has no name after the /");
  }
  if (!IsKnownResource(subject.resource, context)) {
    context.problems.Add(node.line, field, UnknownResource(subject.resource, context));
  }
}

Subject ReadSubject(const SourceNode& node, const std::string& field, ReadContext& context) {
  Subject subject;
  ReadResourceName(*node.Find("resource"), field + ".resource", context, subject);
  if (node.Find("namespace") != nullptr) subject.namespace_ = node.TextAt("namespace");
  if (const SourceNode* selector = node.Find("selector")) {
    subject.selector_text = selector->text;
    auto parsed = apiserver::LabelSelector::Parse(selector->text);
    if (parsed.ok()) {
      subject.selector = std::move(*parsed);
    } else {
      context.problems.Add(selector->line, field + ".selector", parsed.error().message);
    }
  }
  if (const SourceNode* matches = node.Find("matches")) subject.matches = ToValue(*matches);
  if (const SourceNode* count = node.Find("count")) subject.count = ReadCount(*count);
  subject.is_absent = ReadBoolean(node.Find("absent"), false);
  if (subject.is_absent && subject.count) {
    context.problems.Add(node.line, field + ".absent", "says nothing beside count");
  }
  if (const SourceNode* event = node.Find("event")) {
    subject.event =
        EventPattern{event->TextAt("reason"), event->TextAt("message"), event->TextAt("type")};
    const bool is_about_objects = !subject.matches.is_null() || node.Find("that") != nullptr;
    if (is_about_objects || subject.count || subject.is_absent) {
      context.problems.Add(event->line, field + ".event",
                           "stands alone: matches, that, count and absent are about objects");
    }
  }
  if (const SourceNode* that = node.Find("that")) {
    auto condition = Condition::Compile(that->text);
    if (condition.ok()) {
      subject.that = std::move(condition).value();
    } else {
      context.problems.Add(that->line, field + ".that", condition.error().message);
    }
  }
  return subject;
}

std::optional<apiserver::GroupResource> WatchedBy(const Subject& subject, const ClusterView& view) {
  if (subject.event) return apiserver::GroupResource{"", "events"};
  const auto resource = view.FindResource(subject.resource);
  if (!resource) return std::nullopt;
  return resource->resource.group_resource();
}

Finding Examine(const Subject& subject, const ClusterView& view) {
  const auto resource = view.FindResource(subject.resource);
  if (!resource) {
    Finding finding;
    finding.holds = subject.is_absent;
    finding.found.push_back("the cluster serves no resource \"" + subject.resource + "\"");
    return finding;
  }
  if (subject.event) return ExamineEvent(subject, *resource, view);
  const auto objects = ObjectsOf(subject, *resource, view);
  if (subject.name.empty() || subject.is_absent || subject.count) {
    return ExamineCount(subject, objects);
  }
  Finding finding;
  finding.object = resource->is_namespaced && subject.namespace_ != "*"
                       ? subject.namespace_ + "/" + subject.name
                       : subject.name;
  if (objects.empty()) {
    finding.found.push_back(subject.Text() + " does not exist");
    return finding;
  }
  finding.found = ProblemsOf(subject, *objects[0]);
  finding.holds = finding.found.empty();
  return finding;
}

}  // namespace scenarios
