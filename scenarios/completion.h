// Completion of the command line, written for bash, zsh and fish from what the commands take.
//
// Pure. Texts are quoted for the shell that reads them.
#pragma once

#include <string>
#include <vector>

namespace scenarios {

struct CompletionOption {
  std::string name;  // "--listen", "-o"
  std::string about;
  bool takes_value = false;
};

struct CompletionCommand {
  std::string path;  // "ctl advance"; "" for the program itself
  std::string about;
  std::vector<CompletionOption> options;
  std::vector<std::string> subcommands;
};

// The script that the shell's user sources. Requires: the program itself is the first command.
std::string BashCompletion(const std::vector<CompletionCommand>& commands);
std::string ZshCompletion(const std::vector<CompletionCommand>& commands);
std::string FishCompletion(const std::vector<CompletionCommand>& commands);

}  // namespace scenarios
