// Server-side apply: any sequence of configurations keeps managedFields readable, and applying the
// same configuration again settles.
//
// The input is lines; each line is one configuration, by a manager that its first byte chooses.
#include <optional>
#include <string>
#include <vector>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/apply.h"
#include "apiserver/registry/patch/ownership.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/normalize.h"
#include "sim/check.h"

namespace {

using namespace apiserver;

FieldManagerContext Context(const std::string& manager, std::int64_t second) {
  FieldManagerContext context;
  context.manager = manager;
  context.api_version = "v1";
  context.kind = "Pod";
  context.now = sim::Time(std::chrono::seconds(second));
  context.type = FindType("", "v1", "Pod");
  return context;
}

void Check(const Value& object) {
  SIM_CHECK(ParseManagedFields(FindPath(object, {"metadata", "managedFields"})).ok());
}

// Applied again and again a configuration changes nothing, or goes to and fro between two states:
// an item that takes its key by default and an emptied list are nobody's, so that they go with one
// apply and come with the next. The reference does the same.
void CheckSettles(const Type& type, const Value& live, const Value& config,
                  const std::string& manager) {
  std::vector<Value> states = {live};
  for (int round = 1; round <= 4; ++round) {
    auto again =
        ApplyConfiguration(&states.back(), config, {.is_forced = true}, Context(manager, 100));
    SIM_CHECK(again.ok());
    Check(again->object);
    SIM_CHECK(Normalize(type, again->object).ok());
    KeepTimesWhenUnchanged(states.back(), again->object);
    states.push_back(std::move(again->object));
  }
  SIM_CHECK_MSG(ToJson(states[4]) == ToJson(states[2]), ToJson(config));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::optional<Value> live;
  const Type& type = *FindType("", "v1", "Pod");
  for (std::int64_t second = 1; !text.empty() && second < 8; ++second) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    JsonParseResult config = ParseJson(line.substr(1));
    if (!config.ok() || !config.value.is_object()) continue;
    config.value.get_object()["apiVersion"] = "v1";
    config.value.get_object()["kind"] = "Pod";
    const auto context = Context(std::string(1, static_cast<char>('a' + (line[0] & 3))), second);
    const bool is_forced = (line[0] & 4) != 0;
    if ((line[0] & 8) != 0) {
      Value object = config.value;
      if (!Normalize(type, object).ok()) continue;
      UpdateManagedFields(live ? &*live : nullptr, object, context);
      Check(object);
      live = std::move(object);
      continue;
    }
    auto applied = ApplyConfiguration(live ? &*live : nullptr, config.value,
                                      {.is_forced = is_forced}, context);
    if (!applied.ok()) continue;
    Check(applied->object);
    if (!Normalize(type, applied->object).ok()) continue;
    live = std::move(applied->object);
    CheckSettles(type, *live, config.value, context.manager);
  }
  return 0;
}
