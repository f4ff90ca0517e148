#include "apiserver/registry/status_strategy.h"

namespace apiserver {
namespace {

class StatusStrategy final : public Strategy {
 public:
  void PrepareForUpdate(const StrategyContext&, Value& object, const Value& old) const override {
    Object kept(old.get_object(), object.storage());
    Object& sent = object.get_object();
    for (std::string_view name : {"metadata", "status"}) {
      if (Value* value = sent.if_contains(name)) {
        kept[name] = std::move(*value);
      } else {
        kept.erase(name);
      }
    }
    object = std::move(kept);
  }
};

}  // namespace

const Strategy& DefaultStatusStrategy() {
  static const StatusStrategy kStrategy;
  return kStrategy;
}

}  // namespace apiserver
