#include "scenarios/envtest/upstream_programs.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "apiserver/http/plain_health.h"
#include "scenarios/command.h"
#include "scenarios/listen_address.h"

namespace scenarios {
namespace {

// "127.0.0.1:2379" of "http://127.0.0.1:2379,http://...": the first counts.
std::string HostAndPortOfUrl(std::string urls) {
  urls = urls.substr(0, urls.find(','));
  if (const std::size_t scheme = urls.find("://"); scheme != std::string::npos) {
    urls.erase(0, scheme + 3);
  }
  return urls.substr(0, urls.find('/'));
}

int RunEtcd(int argc, char** argv) {
  CLI::App app{"etcd's health endpoint: orrery's kube-apiserver keeps its state itself."};
  std::string client_urls = "http://localhost:2379";
  app.add_option("--listen-client-urls", client_urls, "where /health is answered")
      ->capture_default_str();
  // Whatever else etcd takes has nothing to act on here.
  app.allow_extras();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitWell : kExitBadUsage;
  }
  const auto listen = ParseListenAddress(HostAndPortOfUrl(client_urls));
  if (!listen.ok()) {
    std::fprintf(stderr, "etcd (orrery): --listen-client-urls %s: want http://HOST:PORT\n",
                 client_urls.c_str());
    return kExitBadUsage;
  }
  if (auto served = apiserver::ServePlainHealth(listen->address, listen->port); !served.ok()) {
    std::fprintf(stderr, "etcd (orrery): %s\n", served.error().message.c_str());
    return kExitBadUsage;
  }
  return kExitWell;
}

}  // namespace

std::optional<int> RunAsUpstreamProgram(int argc, char** argv) {
  const std::string name = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "";
  if (name == "kube-apiserver") return RunKubeApiServer(argc, argv);
  if (name == "etcd") return RunEtcd(argc, argv);
  return std::nullopt;
}

}  // namespace scenarios
