#include "apiserver/registry/kinds/certificate_checks.h"

#include <set>

#include "apiserver/api/unified_diff.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/schema/internal_form.h"

namespace apiserver {
namespace {

constexpr std::int64_t kExpirationMin = 600;

const SupportedValues kUsages = {"any",
                                 "cert sign",
                                 "client auth",
                                 "code signing",
                                 "content commitment",
                                 "crl sign",
                                 "data encipherment",
                                 "decipher only",
                                 "digital signature",
                                 "email protection",
                                 "encipher only",
                                 "ipsec end system",
                                 "ipsec tunnel",
                                 "ipsec user",
                                 "key agreement",
                                 "key encipherment",
                                 "microsoft sgc",
                                 "netscape sgc",
                                 "ocsp signing",
                                 "s/mime",
                                 "server auth",
                                 "signing",
                                 "timestamping"};

void CheckConditions(const Object& object, Violations& out) {
  const FieldPath path("status.conditions");
  std::set<std::string_view> types;
  bool approved = false;
  bool denied = false;
  std::size_t index = 0;
  for (const Value& condition : ArrayOf(ObjectOf(object, "status"), "conditions")) {
    const FieldPath item_path = path.Index(index++);
    const std::string_view type = TextOf(condition, "type");
    const std::string_view status = TextOf(condition, "status");
    const bool is_decision = type == "Approved" || type == "Denied" || type == "Failed";
    if (type.empty()) out.Required(item_path.Child("type"));
    if (status.empty()) {
      out.Required(item_path.Child("status"));
    } else if (is_decision) {
      CheckOneOf(status, {"True"}, item_path.Child("status"), out);
    } else {
      CheckOneOf(status, {"False", "True", "Unknown"}, item_path.Child("status"), out);
    }
    if (type == "Approved") {
      approved = true;
      if (denied) {
        out.Invalid(path, type, "Approved and Denied conditions are mutually exclusive");
      }
    }
    if (type == "Denied") {
      denied = true;
      if (approved) {
        out.Invalid(path, type, "Approved and Denied conditions are mutually exclusive");
      }
    }
    if (!type.empty() && !types.insert(type).second) out.Duplicate(item_path.Child("type"), type);
  }
}

Array ConditionsOf(const Object& object, std::string_view type) {
  Array found;
  for (const Value& condition : ArrayOf(ObjectOf(object, "status"), "conditions")) {
    if (TextOf(condition, "type") == type) found.push_back(condition);
  }
  return found;
}

// Decisions may not be taken back, nor made where that is not allowed.
void CheckDecisions(const Object& object, const Object& old, bool may_decide, Violations& out) {
  const FieldPath path("status.conditions");
  const auto refuse = [&](std::string_view what, std::string_view type, std::string_view more) {
    out.Forbidden(path, "updates may not " + std::string(what) + " a condition of type \"" +
                            std::string(type) + "\"" + std::string(more));
  };
  for (std::string_view type : {"Approved", "Denied", "Failed"}) {
    if (ConditionsOf(object, type).size() < ConditionsOf(old, type).size()) {
      refuse("remove", type, "");
    }
  }
  if (may_decide) return;
  for (std::string_view type : {"Approved", "Denied"}) {
    const Value now = ConditionsOf(object, type);
    const Value before = ConditionsOf(old, type);
    const std::size_t count = now.get_array().size(), old_count = before.get_array().size();
    if (count > old_count) {
      refuse("add", type, "");
    } else if (count == old_count && !SemanticEqual(&now, &before)) {
      constexpr std::string_view kRow = "certificates.CertificateSigningRequestCondition";
      refuse("modify", type,
             "\n" + UnifiedDiff(InternalForms(kRow, before.get_array()),
                                InternalForms(kRow, now.get_array())));
    }
  }
}

void CheckCertificate(const Object& object, Violations& out) {
  const std::string_view certificate = TextOf(ObjectOf(object, "status"), "certificate");
  if (certificate.empty()) return;
  // "-----BEGIN CERTIFICATE-----" in base64, at any of the three alignments a block can have at the
  // start.
  constexpr std::string_view kBegin = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t";
  if (certificate.find(kBegin) == std::string_view::npos) {
    out.Invalid(FieldPath("status.certificate"), "<certificate data>",
                "must contain at least one CERTIFICATE PEM block");
  }
}

constexpr int kDomainMax = 253;

// The first of the parts between dots that is wrong.
void CheckParts(std::string_view text, NameMessages (*check)(std::string_view),
                const FieldPath& path, Violations& out) {
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('.', start), text.size());
    const std::string_view part = text.substr(start, end - start);
    const NameMessages messages = check(part);
    for (const std::string& message : messages) {
      out.Invalid(path, text, "validating label \"" + std::string(part) + "\": " + message);
    }
    if (!messages.empty()) return;
    start = end + 1;
  }
}

void CheckSigner(std::string_view signer, const FieldPath& path, Violations& out) {
  if (signer.empty()) {
    out.Required(path);
    return;
  }
  const std::size_t slash = signer.find('/');
  if (slash == std::string_view::npos || signer.find('/', slash + 1) != std::string_view::npos) {
    out.Invalid(path, signer,
                "must be a fully qualified domain and path of the form 'example.com/signer-name'");
    return;
  }
  const std::string_view domain = signer.substr(0, slash);
  if (domain.size() > kDomainMax) out.TooLong(path, kDomainMax);
  CheckParts(domain, CheckDns1123Label, path, out);
  if (domain.find('.') == std::string_view::npos) {
    out.Invalid(path, domain, "should be a domain with at least two segments separated by dots");
  }
  CheckParts(signer.substr(slash + 1), CheckDns1123Subdomain, path, out);
  constexpr int kSignerMax = kDomainMax + 1 + kDomainMax + 63 + 1;
  if (signer.size() > kSignerMax) out.TooLong(path, kSignerMax);
}

}  // namespace

void ValidateCertificateRequest(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  // "-----BEGIN CERTIFICATE REQUEST-----" or "-----BEGIN NEW CERTIFICATE REQUEST-----" in base64.
  const std::string_view request = TextOf(spec, "request");
  const bool plausible = request.find("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0") == 0 ||
                         request.find("LS0tLS1CRUdJTiBORVcgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0t") == 0;
  if (!plausible) {
    const Value shown = IsSet(spec, "request") ? Value(request) : Value();
    out.Invalid(path.Child("request"), shown, "PEM block type must be CERTIFICATE REQUEST");
  }
  const Array& usages = ArrayOf(spec, "usages");
  const FieldPath usages_path = path.Child("usages");
  if (usages.empty()) out.Required(usages_path);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < usages.size(); ++i) {
    CheckOneOf(AsText(usages[i]), kUsages, usages_path.Index(i), out);
    if (!seen.insert(AsText(usages[i])).second) out.Duplicate(usages_path.Index(i), usages[i]);
  }
  CheckSigner(TextOf(spec, "signerName"), path.Child("signerName"), out);
  if (TextOf(spec, "signerName") == "kubernetes.io/legacy-unknown") {
    out.Invalid(path.Child("signerName"), TextOf(spec, "signerName"),
                "the legacy signerName is not allowed via this API version");
  }
  if (IsSet(spec, "expirationSeconds") && IntOf(spec, "expirationSeconds") < kExpirationMin) {
    out.Invalid(path.Child("expirationSeconds"), spec.at("expirationSeconds"),
                "may not specify a duration less than 600 seconds (10 minutes)");
  }
  CheckConditions(object, out);
}

void ValidateCertificateUpdate(const Object& object, const Object& old, Violations& out) {
  CheckConditions(object, out);
  CheckDecisions(object, old, false, out);
}

void ValidateCertificateStatus(const Object& object, const Object& old, Violations& out) {
  CheckConditions(object, out);
  const bool is_same =
      SameMember(ObjectOf(object, "status"), ObjectOf(old, "status"), "certificate");
  if (!is_same) CheckCertificate(object, out);
  CheckDecisions(object, old, false, out);
  if (!is_same && !TextOf(ObjectOf(old, "status"), "certificate").empty()) {
    out.Forbidden(FieldPath("status.certificate"),
                  "updates may not modify existing certificate content");
  }
}

void ValidateCertificateApproval(const Object& object, const Object& old, Violations& out) {
  CheckConditions(object, out);
  CheckDecisions(object, old, true, out);
}

}  // namespace apiserver
