// The controllers of kube-controller-manager, under its names, in one set: which run, and their
// start.
//
// Invariants: (1) all share one set of informers; (2) they start in one order, that of
// ControllerNames().
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/ports/request_handler.h"
#include "apiserver/store/store.h"
#include "apiserver/watch/watch_hub.h"
#include "sim/kernel.h"
#include "sim/result.h"

namespace controllers {

class AllObjects;
class Controller;
class Informers;

struct ControllerManagerOptions {
  // As `--controllers`: "*" all, "name" with, "-name" without; empty: none.
  std::vector<std::string> controllers = {"*"};
  std::string root_ca_pem;  // for kube-root-ca.crt
};

// All names, in the order of start.
std::vector<std::string_view> ControllerNames();

// The other names of kube-controller-manager 1.36: known, but not built here. They can be switched
// off, and "*" does not mean them.
std::vector<std::string_view> UnbuiltControllerNames();

// Whether the list switches `name` on. An entry for the name itself counts before "*".
bool IsControllerEnabled(std::string_view name, const std::vector<std::string>& list);

// Refuses names that neither are controllers nor among `others` ("scheduler", "nodes"), and what is
// not built when it is asked for by name.
sim::Result<void> CheckControllerList(const std::vector<std::string>& list,
                                      const std::vector<std::string_view>& others);

class ControllerManager {
 public:
  // Everything given outlives the manager.
  ControllerManager(sim::Kernel& kernel, apiserver::RequestHandler& handler,
                    apiserver::Store& store, apiserver::WatchHub& hub,
                    ControllerManagerOptions options);
  ~ControllerManager();
  ControllerManager(const ControllerManager&) = delete;
  ControllerManager& operator=(const ControllerManager&) = delete;

 private:
  std::unique_ptr<Informers> informers_;
  std::unique_ptr<AllObjects> all_objects_;
  std::vector<std::unique_ptr<Controller>> controllers_;
};

}  // namespace controllers
