#include "nodes/runtime/behaviour.h"

#include <algorithm>

#include "nodes/runtime/behaviour_fields.h"
#include "nodes/runtime/embedded_rules.h"
#include "nodes/runtime/shell.h"
#include "sim/check.h"
#include "sim/digest.h"

namespace nodes {
namespace {

using Json = nlohmann::json;

// Images have no sizes in manifests: 20 to 220 MB by their name, pulled with 50 MB/s, plus the
// registry's answer.
constexpr std::int64_t kImageSizeMinBytes = 20'000'000;
constexpr std::uint64_t kImageSizeSpreadBytes = 200'000'000;
constexpr std::int64_t kPullBytesPerSecond = 50'000'000;
constexpr sim::Duration kRegistryAnswer = std::chrono::milliseconds(300);

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  std::size_t at_pattern = 0;
  std::size_t at_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (at_text < text.size()) {
    if (at_pattern < pattern.size() && pattern[at_pattern] == '*') {
      star = at_pattern++;
      star_text = at_text;
    } else if (at_pattern < pattern.size() && pattern[at_pattern] == text[at_text]) {
      ++at_pattern;
      ++at_text;
    } else if (star != std::string_view::npos) {
      at_pattern = star + 1;
      at_text = ++star_text;
    } else {
      return false;
    }
  }
  while (at_pattern < pattern.size() && pattern[at_pattern] == '*') ++at_pattern;
  return at_pattern == pattern.size();
}

bool MatchesWords(const std::vector<std::string>& patterns, const std::vector<std::string>& words) {
  for (std::size_t index = 0; index < patterns.size(); ++index) {
    if (patterns[index] == "..." && index + 1 == patterns.size()) return true;
    if (index >= words.size() || !MatchesPattern(patterns[index], words[index])) return false;
  }
  return words.size() == patterns.size();
}

struct Match {
  std::optional<std::string> image;
  std::optional<std::vector<std::string>> command;
  std::optional<std::vector<std::string>> args;
  std::map<std::string, std::string> environment;

  bool Accepts(const ContainerFacts& facts) const {
    if (image && !MatchesPattern(*image, facts.image)) return false;
    if (command && !MatchesWords(*command, facts.command)) return false;
    if (args && !MatchesWords(*args, facts.args)) return false;
    return std::all_of(environment.begin(), environment.end(), [&](const auto& entry) {
      const auto found = facts.environment.find(entry.first);
      return found != facts.environment.end() && MatchesPattern(entry.second, found->second);
    });
  }
};

bool IsTexts(const Json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& word) { return word.is_string(); });
}

sim::Result<Match> ReadMatch(const Json& object, const std::string& path) {
  if (!object.is_object()) return sim::Error{path + " must be an object"};
  Match match;
  for (const auto& [field, value] : object.items()) {
    if (field == "image" && value.is_string()) {
      match.image = value.get<std::string>();
    } else if (field == "command" && IsTexts(value)) {
      match.command = value.get<std::vector<std::string>>();
    } else if (field == "args" && IsTexts(value)) {
      match.args = value.get<std::vector<std::string>>();
    } else if (field == "env" && value.is_object()) {
      for (const auto& [name, pattern] : value.items()) {
        if (!pattern.is_string()) return sim::Error{path + ".env." + name + " must be a text"};
        match.environment[name] = pattern.get<std::string>();
      }
    } else {
      return sim::Error{path + "." + field + " is not a known field, or of the wrong type"};
    }
  }
  return match;
}

// The trace that fields without a shell describe.
ContainerTrace TraceOf(const BehaviourFields& fields, int restarts_count) {
  ContainerTrace trace;
  trace.prints = fields.prints;
  trace.end = fields.run;
  const auto index =
      std::min(static_cast<std::size_t>(restarts_count), fields.exit_codes.size() - 1);
  trace.exit_code = fields.exit_codes[index];
  trace.exit_reason = fields.reason;
  if (fields.repeats_every && !trace.prints.empty()) {
    trace.loop_from = trace.prints.size() - 1;
    trace.loop_period = *fields.repeats_every;
  }
  return trace;
}

// nullopt: the fields want a shell, and it does not understand.
std::optional<ContainerBehaviour> BehaviourOf(const BehaviourFields& fields,
                                              const ContainerFacts& facts, int restarts_count) {
  ContainerBehaviour behaviour;
  if (fields.interpret) {
    std::vector<std::string> words = facts.command;
    words.insert(words.end(), facts.args.begin(), facts.args.end());
    auto trace = Interpret(words, {facts.hostname, facts.environment});
    if (!trace) return std::nullopt;
    behaviour.trace = std::move(*trace);
    // Such a process is the first of its container and has no handler, so SIGTERM does nothing to
    // it.
    behaviour.ignores_stop = true;
  } else {
    behaviour.trace = TraceOf(fields, restarts_count);
    behaviour.ignores_stop = fields.ignores_stop;
  }
  if (fields.start) behaviour.start_time = *fields.start;
  behaviour.becomes_ready = fields.ready;
  behaviour.ready_after = fields.ready_after;
  behaviour.live_for = fields.live_for;
  if (fields.stop) behaviour.stop_time = *fields.stop;
  behaviour.cpu_millicores = fields.cpu_millicores;
  behaviour.memory_bytes = fields.memory_bytes;
  return behaviour;
}

// The annotation's word about the container, or nullopt.
std::optional<BehaviourFields> FromAnnotation(std::string_view annotation,
                                              const std::string& container) {
  if (annotation.empty()) return std::nullopt;
  const Json object = Json::parse(annotation, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  auto found = object.find(container);
  if (found == object.end()) found = object.find("*");
  if (found == object.end()) return std::nullopt;
  auto fields = ReadBehaviour(*found, container);
  if (!fields) return std::nullopt;
  return *std::move(fields);
}

std::string WithImage(std::string text, const std::string& image) {
  constexpr std::string_view kPlace = "{image}";
  for (std::size_t at = text.find(kPlace); at != std::string::npos;
       at = text.find(kPlace, at + image.size())) {
    text.replace(at, kPlace.size(), image);
  }
  return text;
}

}  // namespace

struct BehaviourRules::Rule {
  std::string name;
  Match match;
  BehaviourFields fields;
};

BehaviourRules::BehaviourRules() = default;
BehaviourRules::~BehaviourRules() = default;
BehaviourRules::BehaviourRules(BehaviourRules&&) noexcept = default;
BehaviourRules& BehaviourRules::operator=(BehaviourRules&&) noexcept = default;

BehaviourRules BehaviourRules::Builtin() {
  BehaviourRules rules;
  for (const EmbeddedFile& file : EmbeddedBehaviourRules()) {
    const auto added = rules.AddBefore(file.text, "built-in " + std::string(file.name));
    SIM_CHECK_MSG(added.ok(), added.ok() ? "" : added.error().message);
  }
  return rules;
}

sim::Result<void> BehaviourRules::AddBefore(std::string_view text, const std::string& origin) {
  Json file;
  try {
    file = Json::parse(text);
  } catch (const Json::exception& exception) {
    return sim::Error{origin + ": " + exception.what()};
  }
  const auto list = file.is_object() ? file.find("rules") : file.end();
  if (!file.is_object() || list == file.end() || !list->is_array()) {
    return sim::Error{origin + ": must be {\"rules\": [...]}"};
  }
  std::vector<Rule> added;
  for (std::size_t index = 0; index < list->size(); ++index) {
    const Json& object = (*list)[index];
    const std::string path = origin + ": rules[" + std::to_string(index) + "]";
    if (!object.is_object()) return sim::Error{path + " must be an object"};
    Rule rule;
    for (const auto& [field, value] : object.items()) {
      if (field == "name" && value.is_string()) {
        rule.name = value.get<std::string>();
      } else if (field == "match") {
        auto match = ReadMatch(value, path + ".match");
        if (!match) return match.error();
        rule.match = *std::move(match);
      } else if (field == "behaviour") {
        auto fields = ReadBehaviour(value, path + ".behaviour");
        if (!fields) return fields.error();
        rule.fields = *std::move(fields);
      } else {
        return sim::Error{path + "." + field + " is not a known field, or of the wrong type"};
      }
    }
    if (rule.name.empty()) return sim::Error{path + ".name must be a text"};
    added.push_back(std::move(rule));
  }
  rules_.insert(rules_.begin(), std::make_move_iterator(added.begin()),
                std::make_move_iterator(added.end()));
  return {};
}

ContainerBehaviour BehaviourRules::Describe(const ContainerFacts& facts, int restarts_count,
                                            std::string_view annotation) const {
  if (const auto fields = FromAnnotation(annotation, facts.name)) {
    if (auto behaviour = BehaviourOf(*fields, facts, restarts_count)) {
      behaviour->rule = kBehaviourAnnotation;
      return *std::move(behaviour);
    }
  }
  for (const Rule& rule : rules_) {
    if (!rule.match.Accepts(facts)) continue;
    if (auto behaviour = BehaviourOf(rule.fields, facts, restarts_count)) {
      behaviour->rule = rule.name;
      return *std::move(behaviour);
    }
  }
  ContainerBehaviour behaviour;
  behaviour.is_default = true;
  return behaviour;
}

ImageBehaviour BehaviourRules::DescribeImage(const ContainerFacts& facts,
                                             std::string_view annotation) const {
  ImageBehaviour image;
  image.size_bytes = kImageSizeMinBytes + static_cast<std::int64_t>(sim::StableHash(facts.image) %
                                                                    kImageSizeSpreadBytes);
  image.pull_time =
      kRegistryAnswer + std::chrono::milliseconds(image.size_bytes * 1000 / kPullBytesPerSecond);
  const auto apply = [&](const BehaviourFields& fields) {
    if (fields.pull) image.pull_time = *fields.pull;
    image.pull_error = WithImage(fields.pull_error, facts.image);
    return fields.pull.has_value() || !fields.pull_error.empty();
  };
  if (const auto fields = FromAnnotation(annotation, facts.name); fields && apply(*fields))
    return image;
  for (const Rule& rule : rules_) {
    if (rule.match.Accepts(facts) && apply(rule.fields)) break;
  }
  return image;
}

std::string BehaviourRules::CheckAnnotation(std::string_view annotation) {
  if (annotation.empty()) return {};
  const Json object = Json::parse(annotation, nullptr, false);
  if (!object.is_object()) return "must be a JSON object of containers";
  for (const auto& [container, behaviour] : object.items()) {
    const auto fields = ReadBehaviour(behaviour, container);
    if (!fields) return fields.error().message;
  }
  return {};
}

}  // namespace nodes
