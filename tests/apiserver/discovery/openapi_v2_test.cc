#include "apiserver/discovery/openapi_v2.h"

#include <gtest/gtest.h>

#include "tests/apiserver/discovery/reference_documents.h"

namespace apiserver {
namespace {

TEST(OpenApiV2, DocumentEqualsTheReference) {
  const OpenApiV2Documents documents = MakeOpenApiV2(BuiltinServedGroups());
  EXPECT_EQ(DocumentDifference(ReferenceDocument("openapi_v2.json"), Parsed(documents.json)), "");
  EXPECT_GT(documents.protobuf.size(), 500'000u);
  EXPECT_TRUE(
      documents.protobuf.starts_with("\x0a\x03"
                                     "2.0\x12\x12\x0a\x0aKubernetes\x12\x04"
                                     "1.36"));
}

}  // namespace
}  // namespace apiserver
