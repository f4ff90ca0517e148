// One HTTPS request to an API server, made and awaited on the calling thread.
//
// Errors: one line that says what is in the way (nobody listens, a certificate that is not
// trusted).
#pragma once

#include <string>

#include "scenarios/ctl/kubeconfig_reader.h"

namespace scenarios {

struct ServerAnswer {
  int status = 0;
  std::string body;
};

inline constexpr std::size_t kServerAnswerBytesMax = 64u << 20;

// `body` "" for none. Waits for the answer as long as it takes.
sim::Result<ServerAnswer> CallServer(const ServerAccess& access, const std::string& method,
                                     const std::string& path, const std::string& body);

// What an answer of HTTP/1.1 that ends with its connection says. Errors: it is none.
sim::Result<ServerAnswer> ParseServerAnswer(const std::string& bytes);

}  // namespace scenarios
