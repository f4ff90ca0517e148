// What a recording keeps of a request: the wire's text and who was asking, never a credential.
//
// Invariant: UnpackWireRecord gives back what PackWireRecord got. The form is versioned by the
// recording's header. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "apiserver/encoding/decode_request.h"
#include "sim/result.h"

namespace apiserver {

struct WireRecord {
  std::uint64_t id = 0;  // pairs a request with its cancellation
  UserInfo user;
  WireRequest request;
};

std::string PackWireRecord(std::uint64_t id, const UserInfo& user, const WireRequest& request);
// Errors: the bytes are cut off or hold lengths beyond their end.
sim::Result<WireRecord> UnpackWireRecord(std::string_view bytes);

}  // namespace apiserver
