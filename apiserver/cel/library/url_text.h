// URLs as Go's net/url reads them, as far as CEL and errors show them, with its error texts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"

namespace apiserver::cel {

struct Url {
  std::string scheme;
  std::string host;      // with the port
  std::string path;      // unescaped
  std::string raw_path;  // as written, when it differs from the usual escaping
  std::string raw_query;
  std::optional<std::string> user;  // "NAME" or "NAME:PASSWORD", escaped as Go would
  std::string fragment;             // unescaped

  std::string Hostname() const;
  std::string Port() const;
  std::string EscapedPath() const;
  // By name, in the order of the names; malformed pairs are left out.
  std::map<std::string, std::vector<std::string>> Query() const;
};

// Absolute URIs and absolute paths (url.ParseRequestURI): the error, or "".
std::string CheckRequestUri(std::string_view text);
// Any reference (url.Parse).
sim::Result<Url> ParseUrl(std::string_view text);

}  // namespace apiserver::cel
