// A cluster without a registry: kernel, store, watches and FakeHandler, for tests of controllers,
// scheduler, nodes.
//
//   tests::FakeApi api;
//   DeploymentController controller(api.kernel(), api.client(), api.hub());
//   api.Create(kDeployments, R"({"metadata": {"name": "web", "namespace": "default"}, "spec":
//   {...}})"); api.Settle(); EXPECT_EQ(api.At(kDeployments, "default/web", {"status", "replicas"}),
//   3);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/client/client.h"
#include "apiserver/client/informer.h"
#include "apiserver/client/resources.h"
#include "apiserver/store/store.h"
#include "apiserver/watch/store_watch_hub.h"
#include "sim/kernel.h"
#include "tests/support/fake_handler.h"

namespace tests {

struct FakeApiOptions {
  std::uint64_t seed = 1;
  sim::Duration watch_latency_max{};
  sim::Time start = sim::Time(std::chrono::seconds(1'767'225'600));  // 2026-01-01T00:00:00Z
};

class FakeApi {
 public:
  explicit FakeApi(FakeApiOptions options = {});

  sim::Kernel& kernel() { return kernel_; }
  apiserver::Store& store() { return store_; }
  apiserver::StoreWatchHub& hub() { return hub_; }
  FakeHandler& handler() { return handler_; }
  // As "system:admin".
  apiserver::Client& client() { return client_; }
  apiserver::Client ClientOf(std::string user) {
    return apiserver::Client(
        handler_, store_,
        {.user = {.name = user, .uid = {}, .groups = {}, .extra = {}}, .field_manager = user});
  }

  // The calls below end the test program (SIM_CHECK) when the server refuses; `json` is an object
  // as JSON text, `key` is "namespace/name" or "name".
  apiserver::ObjectPtr Create(const apiserver::GroupVersionResource& resource,
                              std::string_view json);
  apiserver::ObjectPtr CreateValue(const apiserver::GroupVersionResource& resource,
                                   apiserver::Value object);
  // A merge patch of the object and, for "status", of that.
  apiserver::ObjectPtr Patch(const apiserver::GroupVersionResource& resource, std::string_view key,
                             std::string_view json, std::string subresource = {});
  void Delete(const apiserver::GroupVersionResource& resource, std::string_view key,
              apiserver::DeleteOptions options = {});

  // The newest state, or null.
  apiserver::ObjectPtr Find(const apiserver::GroupVersionResource& resource,
                            std::string_view key) const;
  // The value at `path` of an object, null when the object or the value is absent.
  apiserver::Value At(const apiserver::GroupVersionResource& resource, std::string_view key,
                      std::initializer_list<std::string_view> path) const;
  // All objects of a resource in key order, and their keys as text.
  std::vector<apiserver::ObjectPtr> List(const apiserver::GroupVersionResource& resource) const;
  std::vector<std::string> Keys(const apiserver::GroupVersionResource& resource) const;

  // Runs until nothing but housekeeping waits, at most `limit` of virtual time.
  void Settle(sim::Duration limit = std::chrono::hours(1));
  // Lets virtual time pass.
  void Pass(sim::Duration duration) { kernel_.RunUntil(kernel_.now() + duration); }

 private:
  sim::Kernel kernel_;
  apiserver::Store store_;
  apiserver::StoreWatchHub hub_;
  FakeHandler handler_;
  apiserver::Client client_;
};

}  // namespace tests
