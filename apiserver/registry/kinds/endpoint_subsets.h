// Endpoints' subsets in upstream's canonical form.
#pragma once

#include "apiserver/api/json.h"

namespace apiserver {

// Each address once, with all its ports; addresses with equal ports share a subset; all sorted.
// Source of the order: kubernetes/pkg/api/v1/endpoints, whose groups are ordered by a hash; ours
// are ordered by the text of their ports, so equal inputs give equal outputs.
Array RepackSubsets(const Array& subsets);

}  // namespace apiserver
