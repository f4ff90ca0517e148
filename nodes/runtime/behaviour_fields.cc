#include "nodes/runtime/behaviour_fields.h"

#include <algorithm>

#include "apiserver/api/quantity.h"
#include "apiserver/api/time_format.h"

namespace nodes {
namespace {

using Json = nlohmann::json;

// Reads members of one object and keeps the first thing that is wrong.
class Reader {
 public:
  Reader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

  bool Bool(const std::string& field, bool fallback) {
    const Json* value = Take(field);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) Fail(field, "must be true or false");
    return value->is_boolean() ? value->get<bool>() : fallback;
  }
  std::string Text(const std::string& field) {
    const Json* value = Take(field);
    if (value == nullptr) return {};
    if (!value->is_string()) Fail(field, "must be a text");
    return value->is_string() ? value->get<std::string>() : "";
  }
  std::optional<sim::Duration> Duration(const std::string& field) {
    const Json* value = Take(field);
    if (value == nullptr) return std::nullopt;
    const auto duration = value->is_string() ? apiserver::ParseGoDuration(value->get<std::string>())
                                             : sim::Result<sim::Duration>(sim::Error{"not a text"});
    if (!duration || *duration < sim::Duration{}) {
      Fail(field, "must be a duration such as \"1m30s\"");
      return std::nullopt;
    }
    return *duration;
  }
  std::optional<apiserver::Quantity> Amount(const std::string& field) {
    const Json* value = Take(field);
    if (value == nullptr) return std::nullopt;
    const auto quantity = value->is_string()
                              ? apiserver::Quantity::Parse(value->get<std::string>())
                              : sim::Result<apiserver::Quantity>(sim::Error{"not a text"});
    if (!quantity) {
      Fail(field, "must be a quantity such as \"250m\" or \"64Mi\"");
      return std::nullopt;
    }
    return *quantity;
  }
  const Json* Take(const std::string& field) {
    taken_.push_back(field);
    const auto found = object_.find(field);
    return found == object_.end() ? nullptr : &*found;
  }
  void Fail(const std::string& field, const std::string& what) {
    if (error_.empty()) error_ = path_ + "." + field + " " + what;
  }
  void RefuseOthers() {
    for (const auto& [field, value] : object_.items()) {
      if (std::find(taken_.begin(), taken_.end(), field) == taken_.end())
        Fail(field, "is not a known field");
    }
  }
  const std::string& error() const { return error_; }

 private:
  const Json& object_;
  std::string path_;
  std::string error_;
  std::vector<std::string> taken_;
};

void ReadExitCodes(Reader& reader, BehaviourFields& fields) {
  const Json* value = reader.Take("exitCode");
  if (value == nullptr) return;
  const auto is_code = [](const Json& code) {
    return code.is_number_integer() && code.get<std::int64_t>() >= 0 &&
           code.get<std::int64_t>() <= 255;
  };
  if (is_code(*value)) {
    fields.exit_codes = {value->get<int>()};
  } else if (value->is_array() && !value->empty() &&
             std::all_of(value->begin(), value->end(), is_code)) {
    fields.exit_codes = value->get<std::vector<int>>();
  } else {
    reader.Fail("exitCode", "must be a number from 0 to 255 or a list of such");
  }
}

void ReadLogs(Reader& reader, BehaviourFields& fields) {
  const Json* lines = reader.Take("logs");
  if (lines == nullptr) return;
  if (!lines->is_array()) return reader.Fail("logs", "must be a list");
  for (std::size_t index = 0; index < lines->size(); ++index) {
    const Json& line = (*lines)[index];
    const std::string name = "logs[" + std::to_string(index) + "]";
    if (!line.is_object()) return reader.Fail(name, "must be an object");
    Reader inner(line, name);
    TracePrint print;
    print.after = inner.Duration("after").value_or(sim::Duration{});
    print.text = inner.Text("text");
    const auto every = inner.Duration("every");
    inner.RefuseOthers();
    if (!inner.error().empty()) return reader.Fail(inner.error(), "");
    if (!fields.prints.empty() && print.after < fields.prints.back().after) {
      return reader.Fail(name, "comes before the line above it");
    }
    if (every && (index + 1 < lines->size() || *every <= sim::Duration{})) {
      return reader.Fail(name + ".every", "belongs to the last line and is longer than 0");
    }
    fields.repeats_every = every;
    fields.prints.push_back(std::move(print));
  }
}

}  // namespace

sim::Result<BehaviourFields> ReadBehaviour(const Json& object, const std::string& path) {
  if (!object.is_object()) return sim::Error{path + " must be an object"};
  Reader reader(object, path);
  BehaviourFields fields;
  fields.interpret = reader.Bool("interpret", false);
  const Json* run = reader.Take("run");
  if (run != nullptr && *run != "forever") fields.run = reader.Duration("run");
  ReadExitCodes(reader, fields);
  // A container that says how it ends, but not when, ends at once.
  if (run == nullptr && object.contains("exitCode")) fields.run = sim::Duration{};
  fields.reason = reader.Text("reason");
  fields.start = reader.Duration("start");
  fields.ready = reader.Bool("ready", true);
  fields.ready_after = reader.Duration("readyAfter").value_or(sim::Duration{});
  fields.live_for = reader.Duration("liveFor");
  fields.stop = reader.Duration("stop");
  fields.ignores_stop = reader.Bool("ignoresStop", false);
  ReadLogs(reader, fields);
  fields.pull = reader.Duration("pull");
  fields.pull_error = reader.Text("pullError");
  if (const auto cpu = reader.Amount("cpu")) fields.cpu_millicores = cpu->milli_value();
  if (const auto memory = reader.Amount("memory")) fields.memory_bytes = memory->value();
  reader.RefuseOthers();
  if (!reader.error().empty()) return sim::Error{reader.error()};
  return fields;
}

}  // namespace nodes
