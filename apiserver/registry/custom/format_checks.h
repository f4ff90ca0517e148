// The formats that take more than a pattern, as Go's standard library reads them.
//
// Source: Go's net/url (ParseRequestURI), net/mail (ParseAddress), net (ParseIP, ParseMAC), time;
// k8s.io/kube-openapi/pkg/validation/strfmt. Threads: any, no shared state.
#pragma once

#include <string_view>

namespace apiserver {

bool IsRequestUri(std::string_view text);
// Letters beyond ASCII count wherever letters do.
bool IsHostname(std::string_view text);
bool IsEmail(std::string_view text);
// With leading zeros, as Go once took them.
bool IsSloppyIpv4(std::string_view text);
bool IsIpv6(std::string_view text);
bool IsSloppyCidr(std::string_view text);
bool IsMac(std::string_view text);
bool IsDate(std::string_view text);
bool IsDateTime(std::string_view text);
bool IsDuration(std::string_view text);
bool IsIsbn10(std::string_view text);
bool IsIsbn13(std::string_view text);
bool IsCreditCard(std::string_view text);

}  // namespace apiserver
