// What CertificateSigningRequests may say. Source:
// kubernetes/pkg/apis/certificates/validation, 1.36.
#pragma once

#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void ValidateCertificateRequest(const Object& object, Violations& out);
void ValidateCertificateUpdate(const Object& object, const Object& old, Violations& out);
void ValidateCertificateStatus(const Object& object, const Object& old, Violations& out);
void ValidateCertificateApproval(const Object& object, const Object& old, Violations& out);

}  // namespace apiserver
