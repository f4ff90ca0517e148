// Where a Service is reached: the URL that names it, and the endpoint behind it to connect to.
//
// Source: k8s.io/apiserver/pkg/util/webhook/client.go and pkg/util/proxy. Cluster addresses lead
// nowhere here, so that an endpoint of the Service stands for them. Threads: the kernel's only.
#pragma once

#include <string>

#include "apiserver/ports/outside_caller.h"
#include "apiserver/store/store.h"

namespace apiserver {

struct ServiceReference {
  std::string namespace_;
  std::string name;
  std::string path;
  std::int64_t port = 443;
};

// Fills URL, address and server name of `call`. What is wrong with the Service is the error, as the
// call of it would have ended.
std::string AimAtService(const Store& store, const ServiceReference& service, OutsideCall& call);

}  // namespace apiserver
