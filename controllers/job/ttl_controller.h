// Deletes finished Jobs ttlSecondsAfterFinished after their end (ttl-after-finished-controller).
#pragma once

#include "controllers/framework/controller.h"

namespace controllers {

class TtlAfterFinishedController final : public Controller {
 public:
  explicit TtlAfterFinishedController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  WorkloadInformer& jobs_;
};

}  // namespace controllers
