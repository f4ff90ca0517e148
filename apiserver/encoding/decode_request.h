// From the wire to a Request: percent-decoding, route, negotiation, and the body decoded into the
// request's arena.
//
// Pure, so that a recording decodes the same bytes to the same request. Threads: any.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apiserver/api/request.h"

namespace apiserver {

// What HTTP keeps of a request: all that its answer may depend on, but for who is asking.
struct WireRequest {
  std::string method;
  std::string target;  // as sent: path?query, percent-encoded
  std::string accept;
  std::string content_type;
  std::string user_agent;
  std::string if_none_match;
  std::string body;
  // Headers whose names begin with "impersonate-", in lower case, in the order sent.
  std::vector<std::pair<std::string, std::string>> impersonation{};
};

// Never fails: what is wrong with the request is in its decode_error or accept_error.
std::unique_ptr<Request> DecodeRequest(const WireRequest& wire, UserInfo user);

// Whether the path of a request's target holds an escape that is none: such a request can't be
// read.
bool HasBrokenPath(std::string_view target);

// "a%20b+c" -> "a b+c"; in queries "+" is a blank. Broken escapes stay as they are.
std::string PercentDecode(std::string_view text, bool plus_is_blank);

}  // namespace apiserver
