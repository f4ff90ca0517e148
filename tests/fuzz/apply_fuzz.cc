// Server-side apply: any sequence of configurations keeps managedFields readable, and applying the
// same configuration again changes nothing.
//
// The input is lines; each line is one configuration, by a manager that its first byte chooses.
#include <optional>

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

bool HoldsNull(const Value& value) { return ToJson(value).find("null") != std::string::npos; }

// An item that takes its key by default, and nothing else, goes with the next apply: what was given
// it is nobody's. The reference does the same.
bool HoldsBareItem(const FieldSet& fields) {
  for (const FieldSet::Node& node : fields.nodes()) {
    const bool is_item = node.element.kind == PathElement::Kind::kKey;
    if ((is_item && node.children.empty()) || HoldsBareItem(node.children)) return true;
  }
  return false;
}

// An empty list is nobody's: it goes with the apply that empties it and comes with the next. The
// reference does the same.
bool HoldsEmptyList(const Value& value) { return ToJson(value).find("[]") != std::string::npos; }

void Check(const Value& object) {
  SIM_CHECK(ParseManagedFields(FindPath(object, {"metadata", "managedFields"})).ok());
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
    // A null key is that of an item which decoding gives another one.
    if (HoldsNull(config.value) || HoldsEmptyList(config.value)) continue;
    if (HoldsBareItem(FieldSetOf(SchemaOf(context), config.value))) continue;
    const auto later = Context(context.manager, second + 100);
    auto again = ApplyConfiguration(&*live, config.value, {.is_forced = true}, later);
    SIM_CHECK(again.ok());
    SIM_CHECK(Normalize(type, again->object).ok());
    KeepTimesWhenUnchanged(*live, again->object);
    SIM_CHECK_MSG(ToJson(again->object) == ToJson(*live), ToJson(again->object));
  }
  return 0;
}
