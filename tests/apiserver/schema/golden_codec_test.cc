// The reference's golden encodings: every kind fully populated, as JSON and as protobuf.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/normalize.h"
#include "apiserver/schema/protobuf.h"

namespace apiserver {
namespace {

struct Golden {
  std::string name;  // "apps.v1.Deployment"
  const Type* type = nullptr;
  std::string json;
  std::string protobuf;
};

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const Type* TypeOfName(const std::string& name) {
  const std::size_t kind_dot = name.rfind('.');
  const std::size_t version_dot = name.rfind('.', kind_dot - 1);
  std::string group = name.substr(0, version_dot);
  if (group == "core") group = "";
  return FindType(group, name.substr(version_dot + 1, kind_dot - version_dot - 1),
                  name.substr(kind_dot + 1));
}

const std::vector<Golden>& Goldens() {
  static const std::vector<Golden> goldens = [] {
    std::vector<Golden> found;
    for (const auto& entry : std::filesystem::directory_iterator("tests/parity/codec")) {
      if (entry.path().extension() != ".json") continue;
      std::filesystem::path protobuf = entry.path();
      protobuf.replace_extension(".pb");
      const std::string name = entry.path().stem().string();
      found.push_back({name, TypeOfName(name), ReadFile(entry.path()), ReadFile(protobuf)});
    }
    std::sort(found.begin(), found.end(),
              [](const Golden& a, const Golden& b) { return a.name < b.name; });
    return found;
  }();
  return goldens;
}

TEST(GoldenCodec, EveryKindHasAType) {
  ASSERT_EQ(Goldens().size(), 185u);
  for (const Golden& golden : Goldens()) EXPECT_NE(golden.type, nullptr) << golden.name;
}

TEST(GoldenCodec, JsonIsAlreadyNormal) {
  for (const Golden& golden : Goldens()) {
    SCOPED_TRACE(golden.name);
    Value value = ParseJson(golden.json).value;
    const NormalizeResult result = Normalize(*golden.type, value);
    EXPECT_EQ(result.error, "");
    EXPECT_TRUE(result.unknown_fields.empty()) << result.unknown_fields.front();
    std::string text;
    AppendJsonPretty(value, text);
    EXPECT_EQ(text, golden.json);
  }
}

Value Reversed(const Value& value) {
  if (const Array* array = value.if_array()) {
    Array items;
    for (const Value& item : *array) items.push_back(Reversed(item));
    return items;
  }
  const Object* object = value.if_object();
  if (object == nullptr) return value;
  Object members;
  for (auto member = object->rbegin(); member != object->rend(); ++member)
    members.emplace(member->key(), Reversed(member->value()));
  return members;
}

// Untyped parts keep the order in which they were sent.
bool HasUntypedParts(const std::string& json) {
  return json.find("\"example.com/v1\"") != std::string::npos;
}

TEST(GoldenCodec, NormalizingBringsMembersIntoGoOrder) {
  int compared = 0;
  for (const Golden& golden : Goldens()) {
    if (HasUntypedParts(golden.json)) continue;
    SCOPED_TRACE(golden.name);
    Value value = Reversed(ParseJson(golden.json).value);
    ASSERT_TRUE(Normalize(*golden.type, value).ok());
    std::string text;
    AppendJsonPretty(value, text);
    EXPECT_EQ(text, golden.json);
    ++compared;
  }
  EXPECT_GT(compared, 150);
}

TEST(GoldenCodec, EncodesToTheReferencesBytes) {
  for (const Golden& golden : Goldens()) {
    SCOPED_TRACE(golden.name);
    const Value value = ParseJson(golden.json).value;
    std::string bytes;
    EncodeProtobufObject(*golden.type, value, bytes);
    EXPECT_TRUE(bytes == golden.protobuf)
        << bytes.size() << " bytes instead of " << golden.protobuf.size();
  }
}

TEST(GoldenCodec, DecodesTheReferencesBytes) {
  for (const Golden& golden : Goldens()) {
    SCOPED_TRACE(golden.name);
    const auto envelope = DecodeProtobufEnvelope(golden.protobuf);
    ASSERT_TRUE(envelope.ok());
    const auto value = DecodeProtobufObject(*golden.type, *envelope);
    ASSERT_TRUE(value.ok()) << value.error().message;
    std::string text;
    AppendJsonPretty(*value, text);
    EXPECT_EQ(text, golden.json);
  }
}

TEST(GoldenCodec, CutMessagesAreRefusedOrReadNotCrashed) {
  for (const Golden& golden : Goldens()) {
    const auto envelope = DecodeProtobufEnvelope(golden.protobuf);
    for (std::size_t size = 0; size < envelope->raw.size(); size += 7) {
      const auto value = DecodeProtobuf(*golden.type, envelope->raw.substr(0, size));
      if (!value.ok()) {
        EXPECT_NE(value.error().message, "");
      }
    }
  }
}

}  // namespace
}  // namespace apiserver
