#include "apiserver/encoding/decode_request.h"

#include <gtest/gtest.h>

#include "apiserver/schema/builtin.h"
#include "apiserver/schema/protobuf.h"

namespace apiserver {
namespace {

WireRequest Post(std::string content_type, std::string body) {
  WireRequest wire;
  wire.method = "POST";
  wire.target = "/api/v1/namespaces/default/configmaps?fieldManager=a%20b+c&dryRun=All";
  wire.content_type = std::move(content_type);
  wire.body = std::move(body);
  return wire;
}

TEST(DecodeRequest, ReadsRouteQueryAndBody) {
  const auto request = DecodeRequest(
      Post("application/json; charset=utf-8", R"({"kind":"ConfigMap","data":{"a":"1","a":"2"}})"),
      {});
  EXPECT_EQ(request->info.resource, "configmaps");
  EXPECT_EQ(request->info.verb, "create");
  EXPECT_EQ(*request->Query("fieldManager"), "a b c");
  ASSERT_TRUE(request->object);
  EXPECT_EQ(TextAt(*request->object, {"data", "a"}), "2");
  EXPECT_EQ(request->duplicate_fields, std::vector<std::string>{"duplicate field \"data.a\""});
}

TEST(DecodeRequest, ReadsYamlAndProtobuf) {
  const auto yaml =
      DecodeRequest(Post("application/yaml", "kind: ConfigMap\ndata: {a: '1'}\n"), {});
  ASSERT_TRUE(yaml->object);
  EXPECT_EQ(TextAt(*yaml->object, {"data", "a"}), "1");

  const Value object = boost::json::parse(
      R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"data":{"a":"1"}})");
  std::string bytes;
  EncodeProtobufObject(*FindType("", "v1", "ConfigMap"), object, bytes);
  const auto protobuf = DecodeRequest(Post("application/vnd.kubernetes.protobuf", bytes), {});
  ASSERT_TRUE(protobuf->object);
  EXPECT_TRUE(protobuf->is_protobuf);
  EXPECT_EQ(TextAt(*protobuf->object, {"metadata", "name"}), "x");
}

TEST(DecodeRequest, SaysWhatIsWrongWithABody) {
  const struct {
    const char* content_type;
    const char* body;
    int code;
    const char* message;
  } kRows[] = {
      {"text/plain", "x", 415,
       "the body of the request was in an unknown format - accepted media types include: "
       "application/json, "
       "application/yaml, application/vnd.kubernetes.protobuf"},
      {"application/json", "{", 400,
       "the object provided is unrecognized (must be of type ConfigMap): couldn't get "
       "version/kind; json parse "
       "error: unexpected end of JSON input ({)"},
      {"application/json", "[]", 400,
       "the object provided is unrecognized (must be of type ConfigMap): couldn't get "
       "version/kind; json parse "
       "error: json: cannot unmarshal array into Go value of type struct { APIVersion string "
       "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" } "
       "(5b5d)"},
      {"application/json", "", 400,
       "the object provided is unrecognized (must be of type ConfigMap): couldn't get "
       "version/kind; json parse "
       "error: unexpected end of JSON input (<empty>)"},
  };
  for (const auto& row : kRows) {
    const auto request = DecodeRequest(Post(row.content_type, row.body), {});
    ASSERT_TRUE(request->decode_error) << row.body;
    EXPECT_EQ(request->decode_error->code, row.code);
    EXPECT_EQ(request->decode_error->message, row.message);
  }
}

TEST(PercentDecode, LeavesBrokenEscapes) {
  EXPECT_EQ(PercentDecode("a%2Fb%zz%4", false), "a/b%zz%4");
  EXPECT_EQ(PercentDecode("a+b", false), "a+b");
}

}  // namespace
}  // namespace apiserver
