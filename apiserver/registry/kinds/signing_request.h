// Who a PKCS#10 certificate request is for: the organizations of its subject.
//
// Source of the form: RFC 2986 and X.690 (DER). Pure; hostile input gives nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apiserver {

// The O attributes of the subject in a PEM text; empty when it is no such request.
std::vector<std::string> RequestedOrganizations(std::string_view pem);

}  // namespace apiserver
