#include "scenarios/clock/clock_order.h"

#include "scenarios/language/step_table.h"
#include "scenarios/language/values.h"
#include "sim/time_text.h"

namespace scenarios {
namespace {

const Shape& OrderShape() {
  static const Shape shape{
      .kind = Shape::Kind::kObject,
      .fields = {{"pause", &kBooleanShape, "Time stands; what is under way is interrupted."},
                 {"pace", &kTextShape, "real, paused, max, or a factor such as x10."},
                 {"resume", &kBooleanShape, "Back to the pace before the pause."},
                 {"step", &kIntegerShape, "To the next instant with work, so many times."},
                 {"housekeeping", &kBooleanShape, "Of step: heartbeats are steps too."},
                 {"advance", &kDurationShape, "Runs so far, without waiting."},
                 {"until", &kExpectStep.shape(), "Until this holds."},
                 {"fault", &kFaultStep.shape(), kFaultStep.about},
                 {"idle", &kBooleanShape, "Until no work is due."},
                 {"interrupt", &kBooleanShape, "Ends what others wait for; the pace stays."},
                 {"timeout", &kDurationShape, "Of idle: how long at most; 10m when not given."}}};
  return shape;
}

struct Verb {
  std::string_view name;
  ClockOrder::Kind kind;
};
constexpr Verb kVerbs[] = {
    {"pause", ClockOrder::Kind::kPause},        {"pace", ClockOrder::Kind::kPace},
    {"resume", ClockOrder::Kind::kResume},      {"step", ClockOrder::Kind::kStep},
    {"advance", ClockOrder::Kind::kAdvance},    {"until", ClockOrder::Kind::kUntil},
    {"idle", ClockOrder::Kind::kIdle},          {"fault", ClockOrder::Kind::kFault},
    {"interrupt", ClockOrder::Kind::kInterrupt}};

SourceNode TextNode(std::string text, int line) {
  SourceNode node;
  node.line = line;
  node.scalar = text;
  node.text = std::move(text);
  return node;
}

ReadContext ContextOf(std::vector<std::string> custom_resources, Problems& problems) {
  return {.problems = problems,
          .read_file = {},
          .machines = {},
          .controllers = {},
          .custom_resources = std::move(custom_resources),
          .may_have_other_resources = true,
          .files = {}};
}

void ReadExpectation(SourceNode node, std::vector<std::string> custom_resources, Problems& problems,
                     ClockOrder& order) {
  const bool has_when = node.Find("eventually") != nullptr || node.Find("always") != nullptr ||
                        node.Find("at") != nullptr;
  if (!has_when) {
    node.members.push_back({"eventually", node.line,
                            TextNode(sim::DurationText(ClockOrder::kDefaultTimeout), node.line)});
  }
  for (const char* when : {"eventually", "always"}) {
    if (ReadDuration(node.Find(when), {}) > ClockOrder::kSpanMax) {
      problems.Add(node.line, "until." + std::string(when),
                   "is at most " + sim::DurationText(ClockOrder::kSpanMax));
    }
  }
  if (node.Find("at") != nullptr && ReadMoment(*node.Find("at")).offset > ClockOrder::kSpanMax) {
    problems.Add(node.line, "until.at", "is at most " + sim::DurationText(ClockOrder::kSpanMax));
  }
  ReadContext context = ContextOf(std::move(custom_resources), problems);
  order.step = kExpectStep.read(node, "until", context);
}

// The one verb of `node`, or null with a problem.
const Verb* VerbOf(const SourceNode& node, Problems& problems) {
  const Verb* found = nullptr;
  int count = 0;
  for (const Verb& verb : kVerbs) {
    if (node.Find(verb.name) == nullptr) continue;
    found = &verb;
    ++count;
  }
  if (count == 1) return found;
  problems.Add(node.line, "",
               "want one of pause, pace, resume, step, advance, until, idle, fault and interrupt");
  return nullptr;
}

void ReadVerb(const SourceNode& node, std::vector<std::string> custom_resources, Problems& problems,
              ClockOrder& order) {
  const auto check_span = [&](const char* field) {
    if (order.span <= ClockOrder::kSpanMax) return;
    problems.Add(node.line, field, "is at most " + sim::DurationText(ClockOrder::kSpanMax));
  };
  switch (order.kind) {
    case ClockOrder::Kind::kPause:
    case ClockOrder::Kind::kResume:
    case ClockOrder::Kind::kInterrupt:
      return;
    case ClockOrder::Kind::kPace: {
      const auto pace = sim::ParsePacing(node.TextAt("pace"));
      if (pace.ok()) {
        order.pace = *pace;
      } else {
        problems.Add(node.line, "pace", pace.error().message);
      }
      return;
    }
    case ClockOrder::Kind::kStep:
      order.step_count = ReadInteger(node.Find("step"), 1);
      order.has_housekeeping = ReadBoolean(node.Find("housekeeping"), false);
      if (order.step_count < 1 || order.step_count > ClockOrder::kStepsMax) {
        problems.Add(node.line, "step", "want 1 to " + std::to_string(ClockOrder::kStepsMax));
      }
      return;
    case ClockOrder::Kind::kAdvance:
      order.span = ReadDuration(node.Find("advance"), {});
      return check_span("advance");
    case ClockOrder::Kind::kIdle:
      order.span = ReadDuration(node.Find("timeout"), ClockOrder::kDefaultTimeout);
      return check_span("timeout");
    case ClockOrder::Kind::kFault: {
      ReadContext context = ContextOf({}, problems);
      order.step = kFaultStep.read(*node.Find("fault"), "fault", context);
      return;
    }
    case ClockOrder::Kind::kUntil:
      return ReadExpectation(*node.Find("until"), std::move(custom_resources), problems, order);
  }
}

sim::Error ErrorOf(const Problems& problems) {
  std::string text;
  for (const Problem& problem : problems.all()) {
    if (!text.empty()) text += "\n";
    if (!problem.field.empty()) text += problem.field + ": ";
    text += problem.message;
  }
  return {text};
}

}  // namespace

sim::Result<ClockOrder> ReadClockOrder(const std::string& body,
                                       std::vector<std::string> custom_resources) {
  Problems problems("");
  auto documents = ParseSource(body);
  if (!documents.ok()) return sim::Error{documents.error().message};
  if (documents->size() != 1) return sim::Error{"want an object such as {\"advance\": \"1h\"}"};
  const SourceNode& node = documents->front();
  if (!CheckShape(node, OrderShape(), "", problems)) return ErrorOf(problems);
  const Verb* verb = VerbOf(node, problems);
  if (verb == nullptr) return ErrorOf(problems);
  ClockOrder order;
  order.kind = verb->kind;
  ReadVerb(node, std::move(custom_resources), problems, order);
  if (!problems.empty()) return ErrorOf(problems);
  return order;
}

}  // namespace scenarios
