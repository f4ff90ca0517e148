#include "tests/apiserver/discovery/reference_documents.h"

#include <fstream>
#include <sstream>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "sim/check.h"

namespace apiserver {
namespace {

constexpr int kLinesMax = 20;

class Differences {
 public:
  void Compare(const Value* want, const Value* got, const std::string& place) {
    if (lines_ >= kLinesMax) return;
    if (want == nullptr || got == nullptr) return Add(want, got, place);
    if (want->is_object() && got->is_object())
      return CompareObjects(want->get_object(), got->get_object(), place);
    if (want->is_array() && got->is_array())
      return CompareArrays(want->get_array(), got->get_array(), place);
    if (*want != *got) Add(want, got, place);
  }

  std::string text;

 private:
  // A schema's property may itself be called "description".
  static bool IsIgnored(std::string_view key, const Value& value) {
    return key == "description" && value.is_string();
  }

  void CompareObjects(const Object& want, const Object& got, const std::string& place) {
    for (const auto& member : want) {
      if (IsIgnored(member.key(), member.value())) continue;
      Compare(&member.value(), got.if_contains(member.key()),
              place + '/' + std::string(member.key()));
    }
    for (const auto& member : got) {
      if (IsIgnored(member.key(), member.value()) || want.contains(member.key())) continue;
      Add(nullptr, &member.value(), place + '/' + std::string(member.key()));
    }
  }

  void CompareArrays(const Array& want, const Array& got, const std::string& place) {
    for (std::size_t i = 0; i < std::max(want.size(), got.size()); ++i) {
      Compare(want.if_contains(i), got.if_contains(i), place + '/' + std::to_string(i));
    }
  }

  void Add(const Value* want, const Value* got, const std::string& place) {
    if (++lines_ > kLinesMax) return;
    text += place + ": want " + Shown(want) + ", got " + Shown(got) + '\n';
  }

  static std::string Shown(const Value* value) {
    return value == nullptr ? "nothing" : ToJson(*value).substr(0, 200);
  }

  int lines_ = 0;
};

}  // namespace

Value Parsed(std::string_view json) {
  JsonParseResult result = ParseJson(json);
  SIM_CHECK(result.ok());
  return std::move(result.value);
}

Value ReferenceDocument(const std::string& name) {
  std::ifstream file("tests/parity/documents/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return Parsed(text.str());
}

std::string DocumentDifference(const Value& want, const Value& got) {
  Differences differences;
  differences.Compare(&want, &got, "");
  return differences.text;
}

}  // namespace apiserver
