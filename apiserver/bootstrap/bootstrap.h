// What every cluster has from the start: system namespaces, the Service of the API server, priority
// classes, flow control, APIServices.
//
// Objects go the way of all writes, as the API server's own user; what is there already stays.
// Source of names and numbers: k8s.io/kubernetes/pkg/controlplane. Threads: the kernel's only.
#pragma once

#include <string>

#include "apiserver/ports/request_handler.h"
#include "apiserver/store/store.h"

namespace apiserver {

// The first address of a valid range, which the Service `kubernetes` has: 10.96.0.1
// for 10.96.0.0/16.
std::string FirstServiceAddress(const std::string& service_cidr);

struct BootstrapOptions {
  std::string service_cidr = "10.96.0.0/16";
  std::string advertise_address = "127.0.0.1";  // where clients reach the server
  int advertise_port = 6443;
};

// Makes what is missing. Failures are ours: they end the process.
void Bootstrap(RequestHandler& handler, const Store& store, const BootstrapOptions& options);

}  // namespace apiserver
