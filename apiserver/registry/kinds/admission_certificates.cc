// CertificateApproval, CertificateSigning and CertificateSubjectRestriction: who may have which
// signer sign what. Source: kubernetes/plugin/pkg/admission/certificates and
// pkg/registry/certificates/certificates (authorization), 1.36.
#include "apiserver/api/base64.h"
#include "apiserver/api/go_text.h"
#include "apiserver/ports/authorizer.h"
#include "apiserver/registry/kinds/admission_plugins.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/signing_request.h"

namespace apiserver {
namespace {

constexpr std::string_view kGroup = "certificates.k8s.io";
constexpr std::string_view kClientSigner = "kubernetes.io/kube-apiserver-client";

// A right on the signer itself or on all of its domain.
bool MayUse(const AdmissionRequest& request, std::string_view verb, const std::string& signer) {
  if (request.authorizer == nullptr) return true;
  const std::string all = signer.substr(0, signer.find('/')) + "/*";
  for (const std::string& name : {signer, all}) {
    const AccessAttributes access{
        .verb = verb, .group = kGroup, .resource = "signers", .name = name};
    if (request.authorizer->Decide(request.context.user, access).is_allowed) return true;
  }
  return false;
}

bool ChangesCertificate(const Value& object, const Value& old) {
  const Object& status = ObjectOf(object, "status");
  const Object& before = ObjectOf(old, "status");
  return !SameMember(status, before, "certificate") || !SameMember(status, before, "conditions");
}

bool AsksForMasters(std::string_view encoded) {
  const auto pem = DecodeBase64(encoded);
  if (!pem.ok()) return false;
  for (const std::string& organization : RequestedOrganizations(*pem)) {
    if (organization == "system:masters") return true;
  }
  return false;
}

// What is wrong with a write of a request, or "".
using Check = std::string (*)(const AdmissionRequest& request, const Value& object);

std::string CheckApproval(const AdmissionRequest& request, const Value&) {
  if (request.context.info.subresource != "approval") return {};
  const std::string signer(TextAt(*request.old_object, {"spec", "signerName"}));
  if (MayUse(request, "approve", signer)) return {};
  return "user not permitted to approve requests with signerName " + GoQuote(signer);
}

std::string CheckSigning(const AdmissionRequest& request, const Value& object) {
  if (request.context.info.subresource != "status") return {};
  if (!ChangesCertificate(object, *request.old_object)) return {};
  const std::string signer(TextAt(*request.old_object, {"spec", "signerName"}));
  if (MayUse(request, "sign", signer)) return {};
  return "user not permitted to sign requests with signerName " + GoQuote(signer);
}

std::string CheckSubject(const AdmissionRequest&, const Value& object) {
  if (TextAt(object, {"spec", "signerName"}) != kClientSigner) return {};
  if (!AsksForMasters(TextAt(object, {"spec", "request"}))) return {};
  return "use of " + std::string(kClientSigner) +
         " signer with system:masters group is not allowed";
}

class CertificateAdmission final : public AdmissionPlugin {
 public:
  CertificateAdmission(Operation operation, Check check) : operation_(operation), check_(check) {}

  std::optional<ApiError> Validate(const AdmissionRequest& request, const Value* object) override {
    const bool is_request = request.resource.group == kGroup &&
                            request.resource.resource == "certificatesigningrequests";
    if (!is_request || request.operation != operation_) return std::nullopt;
    const std::string problem = check_(request, *object);
    if (problem.empty()) return std::nullopt;
    return AdmissionForbidden(request, object, problem);
  }

 private:
  const Operation operation_;
  const Check check_;
};

}  // namespace

std::unique_ptr<AdmissionPlugin> MakeCertificateApproval() {
  return std::make_unique<CertificateAdmission>(Operation::kUpdate, &CheckApproval);
}

std::unique_ptr<AdmissionPlugin> MakeCertificateSigning() {
  return std::make_unique<CertificateAdmission>(Operation::kUpdate, &CheckSigning);
}

std::unique_ptr<AdmissionPlugin> MakeCertificateSubjectRestriction() {
  return std::make_unique<CertificateAdmission>(Operation::kCreate, &CheckSubject);
}

}  // namespace apiserver
