// What a controller did and has not seen in its cache yet: until then it counts nothing anew.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller, ControllerExpectations: they lapse after
// five minutes.
#pragma once

#include <map>
#include <set>
#include <string>

#include "apiserver/api/resource.h"
#include "sim/time.h"

namespace controllers {

class Expectations {
 public:
  void ExpectCreations(const apiserver::ObjectKey& owner, int count, sim::Time now);
  void ExpectDeletion(const apiserver::ObjectKey& owner, const std::string& uid, sim::Time now);
  // One creation was seen, or failed.
  void CreationObserved(const apiserver::ObjectKey& owner);
  // The deletion (or its start) was seen, or failed.
  void DeletionObserved(const apiserver::ObjectKey& owner, const std::string& uid);
  void Forget(const apiserver::ObjectKey& owner);
  // Nothing is outstanding, or it has been for too long.
  bool AreMet(const apiserver::ObjectKey& owner, sim::Time now) const;

 private:
  struct Expected {
    int creation_count = 0;
    std::set<std::string> deletion_uids;
    sim::Time since{};
  };
  void DropIfMet(const apiserver::ObjectKey& owner);
  std::map<apiserver::ObjectKey, Expected> by_owner_;
};

}  // namespace controllers
