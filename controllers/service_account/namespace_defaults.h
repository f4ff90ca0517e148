// What every namespace has from the beginning: the ServiceAccount `default`
// (serviceaccount-controller) and the ConfigMap kube-root-ca.crt
// (root-ca-certificate-publisher-controller). Both come back when they are deleted.
#pragma once

#include "controllers/framework/controller.h"

namespace controllers {

class ServiceAccountController final : public Controller {
 public:
  explicit ServiceAccountController(const ControllerContext& context);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
};

class RootCaPublisher final : public Controller {
 public:
  // `ca_pem` is what clients inside the cluster trust.
  RootCaPublisher(const ControllerContext& context, std::string ca_pem);

 private:
  sim::Task<Outcome> Reconcile(ObjectKey key) override;
  std::string ca_pem_;
};

}  // namespace controllers
