// Calls conversion webhooks for those who lack converted objects.
//
// One review holds all objects that a request or a watch lacks of one definition in one version.
// Threads: the kernel's only.
#pragma once

#include "apiserver/ports/conversion_memo.h"
#include "apiserver/ports/outside_caller.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {

class WebhookConversions final : public Conversions {
 public:
  // All outlive this.
  WebhookConversions(sim::Kernel& kernel, const Store& store, OutsideCaller& caller)
      : kernel_(kernel), store_(store), caller_(caller) {}
  std::unique_ptr<ConversionMemo> NewMemo() override;

 private:
  sim::Kernel& kernel_;
  const Store& store_;
  OutsideCaller& caller_;
};

}  // namespace apiserver
