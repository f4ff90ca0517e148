#include "apiserver/encoding/wire_record.h"

#include <gtest/gtest.h>

namespace apiserver {
namespace {

WireRecord Sample() {
  WireRecord record;
  record.id = 7;
  record.user.name = "jane";
  record.user.groups = {"developers", "system:authenticated"};
  record.user.extra = {{"scopes", {"a", "b"}}};
  record.request.method = "POST";
  record.request.target = "/api/v1/namespaces/default/pods?dryRun=All";
  record.request.content_type = "application/json";
  record.request.body = std::string("{\0}", 3);
  return record;
}

TEST(WireRecord, ComesBackAsItWas) {
  const auto back = UnpackWireRecord(PackWireRecord(Sample().id, Sample().user, Sample().request));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->id, 7u);
  EXPECT_EQ(back->user.groups, Sample().user.groups);
  EXPECT_EQ(back->user.extra, Sample().user.extra);
  EXPECT_EQ(back->request.target, Sample().request.target);
  EXPECT_EQ(back->request.body, Sample().request.body);
}

TEST(WireRecord, RefusesEveryTruncation) {
  const std::string bytes = PackWireRecord(Sample().id, Sample().user, Sample().request);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(UnpackWireRecord(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(UnpackWireRecord(bytes + "x").ok());
}

}  // namespace
}  // namespace apiserver
