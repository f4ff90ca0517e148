// What the threads of programs on virtual time did in two runs of one seed, and where they part.
#pragma once

#include <string>
#include <vector>

#include "scenarios/runner/program_identities.h"
#include "sim/result.h"

namespace scenarios {

class TrailFolders {
 public:
  // Errors: the folder for temporary files can't be written.
  static sim::Result<TrailFolders> Make();

  // Where the run of this number writes; what a later run wrote before is removed.
  std::string ForRound(int round) const;

  // The program that parts first, its last common steps, and how each run goes on. Empty if none
  // parts.
  std::vector<std::string> Compare() const;

 private:
  explicit TrailFolders(TemporaryDirectory directory) : directory_(std::move(directory)) {}
  TemporaryDirectory directory_;
};

}  // namespace scenarios
