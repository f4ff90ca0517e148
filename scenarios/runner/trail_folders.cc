#include "scenarios/runner/trail_folders.h"

#include <filesystem>
#include <set>

#include "sim/host/virtual_process/call_trail.h"

namespace scenarios {

namespace fs = std::filesystem;

sim::Result<TrailFolders> TrailFolders::Make() {
  auto directory = TemporaryDirectory::Make();
  if (!directory.ok()) return directory.error();
  return TrailFolders(std::move(directory).value());
}

std::string TrailFolders::ForRound(int round) const {
  const std::string path = directory_.path() + (round == 0 ? "/first" : "/later");
  std::error_code ignored;
  fs::remove_all(path, ignored);
  fs::create_directory(path, ignored);
  return path;
}

std::vector<std::string> TrailFolders::Compare() const {
  std::set<std::string> names;
  for (const char* folder : {"/first", "/later"}) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory_.path() + folder, ignored)) {
      names.insert(entry.path().filename());
    }
  }
  sim::virtual_process::TrailParting earliest;
  std::string program;
  for (const std::string& name : names) {
    auto parting = sim::virtual_process::CompareTrails(directory_.path() + "/first/" + name,
                                                       directory_.path() + "/later/" + name);
    if (parting.time >= earliest.time) continue;
    earliest = std::move(parting);
    program = name;
  }
  std::vector<std::string> lines;
  if (program.empty()) return lines;
  // Its name, and how often it had been started.
  lines.push_back("program " + program + ":");
  for (std::string& line : earliest.lines) lines.push_back(std::move(line));
  return lines;
}

}  // namespace scenarios
