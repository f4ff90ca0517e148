#include "apiserver/registry/allocation/service_step.h"

namespace apiserver {
namespace {

class ServiceStep final : public BeginStep {
 public:
  ServiceStep(sim::Random& random, ServiceRanges ranges) : allocator_(random, std::move(ranges)) {}

  std::optional<ApiError> Begin(const StrategyContext& context, Object& object,
                                const Object* old) const override {
    return allocator_.Allocate(context, object, old);
  }

 private:
  // What it caches is only what the store says.
  mutable ServiceAllocator allocator_;
};

}  // namespace

std::shared_ptr<const BeginStep> MakeServiceStep(sim::Random& random, ServiceRanges ranges) {
  return std::make_shared<ServiceStep>(random, std::move(ranges));
}

}  // namespace apiserver
