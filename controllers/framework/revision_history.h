// ControllerRevisions: the templates that a StatefulSet or DaemonSet has had.
//
// Source of the rules: k8s.io/kubernetes/pkg/controller/history.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apiserver/client/client.h"
#include "controllers/framework/names.h"
#include "controllers/framework/summaries.h"

namespace controllers {

struct Revision {
  ObjectPtr object;
  std::string name;
  std::int64_t number = 0;
  std::string data;  // as text: equal templates are equal texts
};

// The owner's revisions, oldest first.
std::vector<Revision> RevisionsOf(const PlainInformer& revisions, const ObjectMeta& owner);
Revision ReadRevision(const ObjectPtr& object);

// What a revision keeps of a workload: its pod template, in the form of a patch with sorted names.
Value RevisionData(const Value& workload);

struct RevisionWanted {
  Value data;
  std::string hash;        // its name ends with it
  std::string hash_label;  // the label that repeats it
  std::int64_t number = 1;
};
Value MakeRevision(const Value& workload, const ObjectMeta& owner, const GroupVersionKind& kind,
                   const RevisionWanted& wanted);

// Finds the owner's revision with this data, or creates it; an older equal one gets the newest
// number. `revisions` is kept up to date. Errors: a name collision is 409 AlreadyExists.
sim::Task<apiserver::ApiResult<Revision>> EnsureRevision(apiserver::Client* client, ObjectPtr owner,
                                                         GroupVersionKind kind,
                                                         RevisionWanted wanted,
                                                         std::vector<Revision>* revisions);

// Deletes the oldest revisions that are not `live` (by name) beyond `limit`.
sim::Task<apiserver::ApiResult<bool>> TruncateHistory(apiserver::Client* client,
                                                      std::vector<Revision> revisions,
                                                      std::vector<std::string> live, int limit);

}  // namespace controllers
