// What a reader of a part of a scenario needs beside the part itself.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/language/problems.h"
#include "scenarios/language/source_tree.h"
#include "sim/result.h"

namespace scenarios {

// The text of a file named in a scenario, relative to the scenario's own place.
using FileReader = std::function<sim::Result<std::string>(const std::string& name)>;

struct ReadContext {
  Problems& problems;
  FileReader read_file;
  std::vector<std::string> machines;     // the machine models that there are
  std::vector<std::string> controllers;  // the names that a list of controllers may hold
  // Resources of CustomResourceDefinitions in manifests read so far: "widgets.example.com".
  std::vector<std::string> custom_resources;
  // The programs of the scenario, and those whose end some step expects.
  std::vector<std::string> programs{};
  std::vector<std::string> may_exit{};
  // A program or a command may make others.
  bool may_have_other_resources = false;
  // What was read by read_file, in that order: a recording keeps it.
  std::vector<std::pair<std::string, std::string>> files;
};

}  // namespace scenarios
