#include "apiserver/http/client_certificate.h"

#include <openssl/x509.h>

#include <string>

namespace apiserver {

void ReadClientCertificate(SSL* ssl, Credentials& credentials) {
  X509* certificate = SSL_get1_peer_certificate(ssl);
  if (certificate == nullptr) return;
  X509_NAME* name = X509_get_subject_name(certificate);
  for (int index = 0; index < X509_NAME_entry_count(name); ++index) {
    X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, index);
    const ASN1_STRING* data = X509_NAME_ENTRY_get_data(entry);
    const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
                           static_cast<std::size_t>(ASN1_STRING_length(data)));
    const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (nid == NID_commonName) credentials.certificate_common_name = text;
    if (nid == NID_organizationName) {
      credentials.certificate_organizations.push_back(text);
    }
  }
  X509_free(certificate);
}

}  // namespace apiserver
