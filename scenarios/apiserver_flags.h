// The flags of kube-apiserver that have no meaning here: accepted, so that a command line of a real
// cluster works, and named once as ignored.
//
// Source of the names: kube-apiserver 1.36 (`--help`).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace scenarios {

class IgnoredFlags {
 public:
  // Adds all of them to `app`, hidden from its help.
  void AddTo(CLI::App& app);
  // Those that were given, as one line for people, or "".
  std::string Line() const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace scenarios
