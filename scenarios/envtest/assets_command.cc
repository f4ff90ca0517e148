// orrery envtest-assets: a folder that envtest takes for its binaries.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "scenarios/command.h"

namespace scenarios {
namespace {

namespace fs = std::filesystem;

// The first executable file of that name in PATH, or nothing.
std::optional<fs::path> FindInPath(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const std::string& folder : CLI::detail::split(path == nullptr ? "" : path, ':')) {
    std::error_code failed;
    const fs::path file = fs::path(folder) / name;
    const auto mode = fs::status(file, failed).permissions();
    if (!failed && fs::is_regular_file(file) &&
        (mode & fs::perms::others_exec) != fs::perms::none) {
      return fs::absolute(file);
    }
  }
  return std::nullopt;
}

// A link `name` in `folder`; one that is there already is replaced, anything else is not.
bool Link(const fs::path& folder, const std::string& name, const fs::path& target) {
  const fs::path link = folder / name;
  std::error_code failed;
  if (fs::is_symlink(fs::symlink_status(link, failed))) fs::remove(link, failed);
  fs::create_symlink(target, link, failed);
  if (!failed) return true;
  std::fprintf(stderr, "orrery: cannot make %s: %s\n", link.c_str(), failed.message().c_str());
  return false;
}

int MakeAssets(const std::string& text) {
  const fs::path folder = fs::absolute(text).lexically_normal();
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) {
    std::fprintf(stderr, "orrery: cannot make %s: %s\n", folder.c_str(), failed.message().c_str());
    return kExitBadUsage;
  }
  const fs::path self = fs::read_symlink("/proc/self/exe");
  if (!Link(folder, "kube-apiserver", self) || !Link(folder, "etcd", self)) return kExitBadUsage;
  const auto kubectl = FindInPath("kubectl");
  if (kubectl && !Link(folder, "kubectl", *kubectl)) return kExitBadUsage;
  if (!kubectl) {
    std::fputs("orrery: no kubectl in PATH, so none is linked; tests that call it need one\n",
               stderr);
  }
  std::printf("export KUBEBUILDER_ASSETS=%s\n", folder.c_str());
  return kExitWell;
}

}  // namespace

Command AddEnvtestAssetsCommand(CLI::App& app) {
  auto folder = std::make_shared<std::string>();
  CLI::App* assets = app.add_subcommand(
      "envtest-assets", "make a folder that envtest takes for its kube-apiserver and etcd");
  assets->add_option("DIR", *folder, "the folder; made if it is missing")->required();
  assets->footer("Example:\n  eval $(orrery envtest-assets ./assets) && go test ./...");
  return {assets, [folder] { return MakeAssets(*folder); }};
}

}  // namespace scenarios
