#include "apiserver/registry/edit_at_rest.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/client/client.h"
#include "tests/apiserver/registry/test_server.h"

namespace apiserver {
namespace {

const GroupVersionResource kLeases{"coordination.k8s.io", "v1", "leases"};
const ObjectKey kKey{"default", "a"};

std::string TimeText(int second) {
  return "2026-01-01T00:00:" + std::to_string(second) + ".000000Z";
}

enum class Way : std::uint8_t { kWhole, kText };

// A server with a lease, which its holder renews in one way or the other.
class Renewals {
 public:
  explicit Renewals(Way way) : way_(way) {
    server_.Do("POST", "/api/v1/namespaces", R"({"metadata":{"name":"default"}})");
    server_.Do("POST",
               "/apis/coordination.k8s.io/v1/namespaces/default/leases?fieldManager=kubelet",
               R"({"metadata":{"name":"a","labels":{"renewTime":"x"}},"spec":{"holderIdentity":)"
               R"("say \"renewTime\":","leaseDurationSeconds":40,"renewTime":)"
               R"("2026-01-01T00:00:00.000000Z"}})");
  }

  int Renew(const std::string& text, Revision base = 0) {
    sim::Kernel& kernel = server_.kernel();
    kernel.AdvanceTo(kernel.now() + std::chrono::seconds(10));
    const ObjectPtr live = client_.Live(kLeases, kKey);
    Value whole = live->Parse();
    whole.at("spec").get_object()["renewTime"] = text;
    if (base != 0) SetMetaText(whole, "resourceVersion", std::to_string(base));
    auto done = way_ == Way::kWhole
                    ? client_.Update(kLeases, whole)
                    : client_.UpdateText(kLeases, base == 0 ? live : live->WithRevision(base),
                                         {"spec", "renewTime"}, text);
    const ApiResult<ObjectPtr> result = done.Take();
    return result ? 200 : result.error().code;
  }
  std::string Json() const {
    std::string json;
    client_.Live(kLeases, kKey)->AppendJson(json);
    return json;
  }
  std::string Digest() { return server_.kernel().FinalDigest().Hex(); }
  TestServer& server() { return server_; }

 private:
  const Way way_;
  TestServer server_;
  Client client_{
      server_.server().pipeline(),
      server_.server().store(),
      {.user = {"system:node:a", "", {"system:masters"}, {}}, .field_manager = "kubelet"}};
};

TEST(EditAtRest, IsAnOrdinaryUpdateToTheByte) {
  Renewals whole(Way::kWhole);
  Renewals text(Way::kText);
  for (const int second : {10, 20, 20, 30}) {  // Once, nothing changes.
    EXPECT_EQ(whole.Renew(TimeText(second)), 200);
    EXPECT_EQ(text.Renew(TimeText(second)), 200);
    EXPECT_EQ(whole.Json(), text.Json());
  }
  // Another manager gets a share of the record, and then takes the field itself.
  for (const char* body : {R"({"metadata":{"labels":{"b":"c"}}})",
                           R"({"spec":{"renewTime":"2026-01-01T00:00:35.000000Z"}})"}) {
    for (Renewals* each : {&whole, &text}) {
      each->server().Do("PATCH",
                        "/apis/coordination.k8s.io/v1/namespaces/default/leases/a?fieldManager=me",
                        body, "application/merge-patch+json");
      EXPECT_EQ(each->Renew(TimeText(40)), 200);
      EXPECT_EQ(each->Renew(TimeText(50)), 200);
    }
    EXPECT_EQ(whole.Json(), text.Json());
  }
  EXPECT_EQ(whole.Digest(), text.Digest());
}

TEST(EditAtRest, ConflictsAndRefusesAsUpdatesDo) {
  for (const Way way : {Way::kWhole, Way::kText}) {
    Renewals renewals(way);
    EXPECT_EQ(renewals.Renew(TimeText(10), 1), 409);
    EXPECT_EQ(renewals.Renew("no time"), 400) << renewals.Json();
  }
}

}  // namespace
}  // namespace apiserver
