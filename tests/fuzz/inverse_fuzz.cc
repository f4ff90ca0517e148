// Patches undo each other: the merge patch from one object to another, and the one back, lead there
// and back; so do the JSON patches.
//
// The input is two lines, each an object.
#include <cstdint>
#include <string_view>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/json_patch.h"
#include "apiserver/registry/patch/merge_patch.h"
#include "apiserver/registry/patch/typed_value.h"
#include "sim/check.h"

namespace {

using namespace apiserver;

bool HoldsNull(const Value& value) {
  if (value.is_null()) return true;
  if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      if (HoldsNull(member.value())) return true;
    }
  }
  if (value.is_array()) {
    for (const Value& item : value.get_array()) {
      if (HoldsNull(item)) return true;
    }
  }
  return false;
}

// What a merge patch has to say to make `to` of `from`.
Value MergeDifference(const Value& from, const Value& to) {
  Object patch;
  for (const auto& member : from.get_object()) {
    if (!to.get_object().contains(member.key())) patch[member.key()] = nullptr;
  }
  for (const auto& member : to.get_object()) {
    const Value* before = Find(from, member.key());
    if (before != nullptr && before->is_object() && member.value().is_object()) {
      patch[member.key()] = MergeDifference(*before, member.value());
    } else {
      patch[member.key()] = member.value();
    }
  }
  return patch;
}

std::string Pointer(std::string_view name) {
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

Value JsonDifference(const Value& from, const Value& to) {
  Array patch;
  for (const auto& member : from.get_object()) {
    const Value* after = Find(to, member.key());
    const std::string path = Pointer(member.key());
    if (after == nullptr) {
      patch.push_back({{"op", "remove"}, {"path", path}});
    } else {
      patch.push_back({{"op", "test"}, {"path", path}, {"value", member.value()}});
      patch.push_back({{"op", "replace"}, {"path", path}, {"value", *after}});
    }
  }
  for (const auto& member : to.get_object()) {
    if (from.get_object().contains(member.key())) continue;
    patch.push_back({{"op", "add"}, {"path", Pointer(member.key())}, {"value", member.value()}});
  }
  return patch;
}

void CheckSame(const Value& got, const Value& want) {
  SIM_CHECK_MSG(ValuesEqual(got, want), ToJson(got) + " is not " + ToJson(want));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const JsonParseResult first = ParseJson(text.substr(0, end));
  const JsonParseResult second = ParseJson(text.substr(end + 1));
  if (!first.ok() || !second.ok() || !first.value.is_object() || !second.value.is_object())
    return 0;
  if (!first.duplicate_fields.empty() || !second.duplicate_fields.empty()) return 0;
  const Value& a = first.value;
  const Value& b = second.value;
  const auto there = ApplyJsonPatch(a, ToJson(JsonDifference(a, b)));
  SIM_CHECK(there.ok());
  CheckSame(there->object, b);
  const auto back = ApplyJsonPatch(there->object, ToJson(JsonDifference(b, a)));
  SIM_CHECK(back.ok());
  CheckSame(back->object, a);
  // A merge patch can't say null.
  if (HoldsNull(a) || HoldsNull(b)) return 0;
  const auto merged = ApplyMergePatch(a, ToJson(MergeDifference(a, b)));
  SIM_CHECK(merged.ok());
  CheckSame(merged->object, b);
  const auto restored = ApplyMergePatch(merged->object, ToJson(MergeDifference(b, a)));
  SIM_CHECK(restored.ok());
  CheckSame(restored->object, a);
  return 0;
}
