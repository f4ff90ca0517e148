// Who a client says it is by its certificate.
#pragma once

#include <openssl/ssl.h>

#include "apiserver/pipeline/authentication.h"

namespace apiserver {

// The verified client certificate's subject as user name and groups; nothing if there is none.
void ReadClientCertificate(SSL* ssl, Credentials& credentials);

}  // namespace apiserver
