#include "scenarios/scenario_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace scenarios {

sim::Result<std::string> ReadTextFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return sim::Error{path + " is a directory"};
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return sim::Error{"cannot read " + path + ": " + std::strerror(errno)};
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) return sim::Error{"cannot read " + path};
  return text.str();
}

sim::Result<Scenario, std::vector<Problem>> ReadScenarioFile(const std::string& path,
                                                             const ScenarioNames& names) {
  auto text = ReadTextFile(path);
  if (!text.ok()) return std::vector<Problem>{{path, 1, "", text.error().message}};
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return ReadScenario(
      path, *text,
      [folder](const std::string& name) { return ReadTextFile((folder / name).string()); }, names);
}

sim::Result<Scenario, std::vector<Problem>> ReadRecordedScenario(
    const std::vector<std::pair<std::string, std::string>>& files, const ScenarioNames& names) {
  if (files.empty()) {
    return std::vector<Problem>{{"recording", 1, "", "holds no scenario"}};
  }
  return ReadScenario(
      files[0].first, files[0].second,
      [&files](const std::string& name) -> sim::Result<std::string> {
        for (std::size_t index = 1; index < files.size(); ++index) {
          if (files[index].first == name) return files[index].second;
        }
        return sim::Error{"the recording holds no " + name};
      },
      names);
}

}  // namespace scenarios
