// The URL of a call outside, taken apart. Pure.
#pragma once

#include <string>
#include <string_view>

#include "sim/result.h"

namespace apiserver {

struct OutsideUrl {
  bool is_tls = true;
  std::string host;       // without brackets
  std::string port;       // "443" and "80" where none is written
  std::string authority;  // HOST[:PORT] as written: the Host header
  std::string target;     // path and query, "/" at least
};

// Errors: no http or https URL with a host, or a port that is no number; with Go's words.
sim::Result<OutsideUrl> ParseOutsideUrl(std::string_view url);

// HOST:PORT, with brackets around IPv6, taken apart. Errors: it is not of that form.
sim::Result<std::pair<std::string, std::string>> SplitHostPort(std::string_view text);

// "[::1]:80".
std::string JoinHostPort(const std::string& host, const std::string& port);

}  // namespace apiserver
