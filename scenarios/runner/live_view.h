// The view of a running cluster.
#pragma once

#include <functional>

#include "apiserver/pipeline/api_server.h"
#include "scenarios/language/cluster_view.h"
#include "sim/kernel.h"

namespace scenarios {

class LiveView final : public ClusterView {
 public:
  using FindFacts = std::function<const ProgramFacts*(std::string_view name)>;

  // Both outlive the view; `is_idle` answers for the cluster and for who is outside, `find_facts`
  // (which may be empty) for programs.
  LiveView(sim::Kernel& kernel, apiserver::ApiServer& api, std::function<bool()> is_idle,
           FindFacts find_facts = {})
      : kernel_(kernel),
        api_(api),
        is_idle_(std::move(is_idle)),
        find_facts_(std::move(find_facts)) {}

  sim::Time now() const override { return kernel_.now(); }
  bool is_idle() const override { return is_idle_(); }
  std::optional<ServedResource> FindResource(std::string_view name) const override;
  std::optional<ServedResource> FindKind(const apiserver::GroupVersionKind& kind) const override;
  apiserver::ObjectPtr Find(const apiserver::GroupResource& resource,
                            const apiserver::ObjectKey& key) const override;
  std::vector<apiserver::ObjectPtr> List(const apiserver::GroupResource& resource,
                                         std::string_view namespace_) const override;
  const ProgramFacts* FindProgram(std::string_view name) const override {
    return find_facts_ ? find_facts_(name) : nullptr;
  }

 private:
  apiserver::GroupResource StorageOf(const apiserver::GroupResource& resource) const;

  sim::Kernel& kernel_;
  apiserver::ApiServer& api_;
  const std::function<bool()> is_idle_;
  const FindFacts find_facts_;
};

}  // namespace scenarios
