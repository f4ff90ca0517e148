// Scripts of the small shell as a tree.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nodes {

struct ShellNode;
using ShellNodes = std::vector<ShellNode>;

// A word before expansion: pieces that may hold $NAME, and such that are literal ('single quotes').
struct ShellPiece {
  std::string text;
  bool is_literal = false;
  bool is_quoted = false;
};
using ShellWord = std::vector<ShellPiece>;

struct ShellNode {
  enum class Kind : std::uint8_t { kCommand, kForEver, kFor };
  enum class Joint : std::uint8_t {
    kAlways,
    kIfOk,
    kIfFailed
  };  // how it hangs on the command before
  Kind kind = Kind::kCommand;
  Joint joint = Joint::kAlways;
  std::vector<ShellWord> words;                                // of kCommand; of kFor the values
  std::string variable;                                        // of kFor
  std::vector<std::pair<std::string, ShellWord>> assignments;  // A=b before a command, or alone
  ShellNodes body;                                             // of the loops
  bool is_silent = false;                                      // its output is redirected away
};

// nullopt: not in the language.
std::optional<ShellNodes> ParseShell(std::string_view text);

}  // namespace nodes
