// The discovery documents as JSON text, one function per representation.
//
// Pure functions of what is served; the caller keeps the bytes until that changes. Threads: any.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "apiserver/discovery/served_group.h"

namespace apiserver {

// /api: APIVersions. `server_address` is "HOST:PORT" as the server advertises itself.
std::string ApiVersionsDocument(std::string_view server_address);
// /apis: APIGroupList, without the core group.
std::string ApiGroupListDocument(std::span<const ServedGroup> groups);
// /apis/GROUP: APIGroup.
std::string ApiGroupDocument(const ServedGroup& group);
// /api/v1 and /apis/GROUP/VERSION: APIResourceList.
std::string ApiResourceListDocument(std::string_view group, const ServedVersion& version);

// The content type of the aggregated form, which clients look for.
inline constexpr std::string_view kAggregatedDiscoveryType =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
// /api and /apis aggregated: APIGroupDiscoveryList of the core group, or of all others.
std::string AggregatedCoreDocument(std::span<const ServedGroup> groups);
std::string AggregatedGroupsDocument(std::span<const ServedGroup> groups);

// /: the paths there are.
std::string RootPathsDocument(std::span<const ServedGroup> groups);
// /version.
std::string VersionDocument();

}  // namespace apiserver
