#include "scenarios/kubeconfig.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "apiserver/api/base64.h"

namespace scenarios {
namespace {

std::string Base64(const std::string& bytes) {
  std::string text;
  apiserver::AppendBase64(bytes, text);
  return text;
}

}  // namespace

std::string BuildKubeconfig(const KubeconfigOptions& options) {
  std::string text =
      "apiVersion: v1\nkind: Config\nclusters:\n- name: orrery\n  cluster:\n    server: " +
      options.server_url + "\n    certificate-authority-data: " + Base64(options.authority_pem) +
      "\nusers:\n- name: " + options.user + "\n  user:\n";
  if (options.token.empty()) {
    text += "    client-certificate-data: " + Base64(options.client.certificate_pem) +
            "\n    client-key-data: " + Base64(options.client.private_key_pem) + "\n";
  } else {
    text += "    token: " + options.token + "\n";
  }
  text += "contexts:\n- name: orrery\n  context:\n    cluster: orrery\n    user: " + options.user +
          "\n    namespace: " + options.namespace_ + "\ncurrent-context: orrery\n";
  return text;
}

sim::Result<void> WriteSecretFile(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  const auto failed = [&](const char* what) {
    const std::string message =
        std::string("cannot ") + what + " " + path + ": " + std::strerror(errno);
    ::unlink(beside.c_str());
    return sim::Error{message};
  };
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed("write");
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !written) return failed("write");
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed("replace");
  return {};
}

}  // namespace scenarios
