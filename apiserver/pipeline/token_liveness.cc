#include "apiserver/pipeline/token_liveness.h"

#include <algorithm>

#include "apiserver/api/go_text.h"
#include "apiserver/api/time_format.h"

namespace apiserver {
namespace {

// Clocks that differ by this much are forgiven.
constexpr std::int64_t kLeewaySeconds = 60;

std::int64_t Seconds(sim::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

// Deleted, and longer so than clocks may differ.
bool IsGoing(const StoredObject& object, sim::Time now) {
  if (!object.meta().is_deleting()) return false;
  const std::optional<sim::Time> deleted = TimeFromText(*object.meta().deletion_timestamp);
  return deleted && Seconds(*deleted) < Seconds(now) - kLeewaySeconds;
}

struct Bound {
  const char* resource;
  const char* title;   // "Pod" in "Pod UID"
  const char* phrase;  // "service account pod ref claim"
  const std::optional<TokenReference>& reference;
  bool is_namespaced;
};

std::string BoundProblem(const TokenClaims& claims, const Bound& bound, const Store& store,
                         sim::Time now) {
  if (!bound.reference) return {};
  const ObjectPtr object = store.Find(
      {"", bound.resource}, {bound.is_namespaced ? claims.namespace_ : "", bound.reference->name});
  if (object == nullptr) return "service account token has been invalidated";
  if (object->meta().uid != bound.reference->uid) {
    return std::string(bound.title) + " UID (" + object->meta().uid + ") does not match " +
           bound.phrase + " (" + bound.reference->uid + ")";
  }
  return IsGoing(*object, now) ? "service account token has been invalidated" : "";
}

std::string TimeProblem(const TokenClaims& claims, sim::Time now) {
  const std::int64_t seconds = Seconds(now);
  if (claims.not_before > seconds + kLeewaySeconds) {
    return "service account token is not valid yet";
  }
  if (claims.expires_at < seconds - kLeewaySeconds) return "service account token has expired";
  if (claims.issued_at > seconds + kLeewaySeconds) {
    return "service account token is issued in the future";
  }
  return {};
}

std::string AccountProblem(const TokenClaims& claims, const Store& store, sim::Time now) {
  const ObjectKey key{claims.namespace_, claims.account.name};
  const ObjectPtr account = store.Find({"", "serviceaccounts"}, key);
  if (account == nullptr) return NotFoundError({"", "serviceaccounts"}, key.name).message;
  if (account->meta().uid != claims.account.uid) {
    return "service account UID (" + account->meta().uid + ") does not match claim (" +
           claims.account.uid + ")";
  }
  return IsGoing(*account, now) ? "service account " + key.Text() + " has been deleted" : "";
}

}  // namespace

std::vector<std::string> CommonAudiences(const std::vector<std::string>& of_token,
                                         const std::vector<std::string>& asked) {
  std::vector<std::string> common;
  for (const std::string& audience : asked) {
    if (std::find(of_token.begin(), of_token.end(), audience) == of_token.end()) continue;
    if (std::find(common.begin(), common.end(), audience) == common.end()) {
      common.push_back(audience);
    }
  }
  return common;
}

std::string TokenProblem(const TokenClaims& claims, const std::vector<std::string>& audiences,
                         const Store& store, sim::Time now) {
  if (CommonAudiences(claims.audiences, audiences).empty()) {
    return "token audiences " + GoQuoteList(claims.audiences) +
           " is invalid for the target audiences " + GoQuoteList(audiences);
  }
  std::string problem = TimeProblem(claims, now);
  if (problem.empty()) problem = AccountProblem(claims, store, now);
  const std::optional<TokenReference> nothing;
  // A pod's node may go; only a token bound to the node itself goes with it.
  const Bound bounds[] = {
      {"secrets", "secret", "service account secret ref claim", claims.secret, true},
      {"pods", "pod", "service account pod ref claim", claims.pod, true},
      {"nodes", "node", "service account node ref claim", claims.pod ? nothing : claims.node,
       false}};
  for (const Bound& bound : bounds) {
    if (problem.empty()) problem = BoundProblem(claims, bound, store, now);
  }
  return problem;
}

}  // namespace apiserver
