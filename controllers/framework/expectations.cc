#include "controllers/framework/expectations.h"

namespace controllers {
namespace {

constexpr sim::Duration kExpectationsTimeout = std::chrono::minutes(5);

}  // namespace

void Expectations::ExpectCreations(const apiserver::ObjectKey& owner, int count, sim::Time now) {
  if (count <= 0) return;
  Expected& expected = by_owner_[owner];
  expected.creation_count += count;
  expected.since = now;
}

void Expectations::ExpectDeletion(const apiserver::ObjectKey& owner, const std::string& uid,
                                  sim::Time now) {
  Expected& expected = by_owner_[owner];
  expected.deletion_uids.insert(uid);
  expected.since = now;
}

void Expectations::CreationObserved(const apiserver::ObjectKey& owner) {
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end()) return;
  if (found->second.creation_count > 0) --found->second.creation_count;
  DropIfMet(owner);
}

void Expectations::DeletionObserved(const apiserver::ObjectKey& owner, const std::string& uid) {
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end()) return;
  found->second.deletion_uids.erase(uid);
  DropIfMet(owner);
}

void Expectations::Forget(const apiserver::ObjectKey& owner) { by_owner_.erase(owner); }

bool Expectations::AreMet(const apiserver::ObjectKey& owner, sim::Time now) const {
  const auto found = by_owner_.find(owner);
  return found == by_owner_.end() || now - found->second.since > kExpectationsTimeout;
}

void Expectations::DropIfMet(const apiserver::ObjectKey& owner) {
  const auto found = by_owner_.find(owner);
  if (found->second.creation_count == 0 && found->second.deletion_uids.empty()) {
    by_owner_.erase(found);
  }
}

}  // namespace controllers
