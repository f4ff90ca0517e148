// The verbs get and list.
//
// Source of the rules: k8s.io/apiserver/pkg/storage (ValidateListOptions) and clients.md 4.1.
#pragma once

#include "apiserver/registry/call.h"
#include "apiserver/registry/selection.h"

namespace apiserver {

// Why the resourceVersion that a read of one object asks for can't be had, if so.
std::optional<ApiError> RefuseRevision(const Call& call);

Response HandleGet(Call& call);
Response HandleList(Call& call);

// The objects that a list shows, with its place in history; also what deletecollection deletes.
ApiResult<std::shared_ptr<const ObjectList>> ListObjects(Call& call, const ListOptions& options,
                                                         const Selection& selection);
// The answer that shows `list` in the view that was asked for.
Response ListResponse(Call& call, std::shared_ptr<const ObjectList> list);

// A minimum revision as get and list take it. `parse_code` is 400 for lists, 500 for get and watch.
ApiResult<Revision> ReadRevision(const std::string& text, int parse_code);
// 504: the client has seen more than there is.
ApiError RevisionTooLargeError(Revision asked, Revision present);

}  // namespace apiserver
