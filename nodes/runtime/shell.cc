#include "nodes/runtime/shell.h"

#include <algorithm>
#include <charconv>

#include "nodes/runtime/shell_parse.h"

namespace nodes {
namespace {

using Words = std::vector<std::string>;

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool IsShell(const std::string& name) {
  return name == "sh" || name == "bash" || name == "ash" || name == "dash";
}

// "10", "0.5", "2m", "infinity" of sleep; nullopt when it is none.
std::optional<sim::Duration> SleepTime(std::string text, bool& is_for_ever) {
  if (text == "infinity" || text == "inf") {
    is_for_ever = true;
    return sim::Duration{};
  }
  double factor = 1;
  if (!text.empty() && std::string_view("smhd").find(text.back()) != std::string_view::npos) {
    factor = text.back() == 's' ? 1 : text.back() == 'm' ? 60 : text.back() == 'h' ? 3600 : 86400;
    text.pop_back();
  }
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr double kSecondsMax = 1e9;
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  return sim::Duration(static_cast<std::int64_t>(std::min(seconds * factor, kSecondsMax) * 1e9));
}

std::string Unescape(const std::string& text) {
  std::string result;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '\\' || index + 1 >= text.size()) {
      result += text[index];
      continue;
    }
    const char next = text[++index];
    result += next == 'n' ? '\n' : next == 't' ? '\t' : next;
  }
  return result;
}

// Runs a tree; time passes only in sleeps.
class Machine {
 public:
  explicit Machine(const ShellContext& context)
      : context_(context), variables_(context.environment) {}

  // False: something is not understood.
  bool RunList(const ShellNodes& nodes) {
    for (const ShellNode& node : nodes) {
      const bool is_wanted = node.joint == ShellNode::Joint::kAlways ||
                             (node.joint == ShellNode::Joint::kIfOk) == (status_ == 0);
      if (!is_wanted) continue;
      if (!Run(node)) return false;
      if (is_over_) return true;
    }
    return true;
  }

  // One command without a shell around it.
  bool RunWords(const Words& words, bool is_silent) {
    if (++steps_count_ > kShellStepsMax || words.empty()) return false;
    const std::string name = BaseName(words.front());
    const Words arguments(words.begin() + 1, words.end());
    if (name == "true" || name == ":") return Done(0);
    if (name == "false") return Done(1);
    if (name == "sleep") return Sleep(arguments);
    if (name == "echo") return Echo(arguments, is_silent);
    if (name == "printf") return Printf(arguments, is_silent);
    if (name == "exit") return Exit(arguments);
    if (name == "cat") return Cat(arguments, is_silent);
    if (name == "env" || name == "printenv") return PrintEnvironment(arguments, is_silent);
    if (name == "hostname" && arguments.empty())
      return Print(context_.hostname + "\n", is_silent) && Done(0);
    if (name == "date" && arguments.empty()) return PrintDate(is_silent);
    if (name == "exec") return RunWords(arguments, is_silent) && EndWithStatus();
    if (name == "set" || name == "export" || name == "trap" || name == "cd" || name == "mkdir" ||
        name == "touch") {
      return SetVariables(name, arguments) && Done(0);
    }
    if (IsShell(name)) return RunShell(arguments);
    return false;
  }

  bool is_over() const { return is_over_; }

  ContainerTrace Finish() {
    FlushLine();
    if (!runs_for_ever_) {
      trace_.end = now_;
      trace_.exit_code = status_ & 255;
    }
    return std::move(trace_);
  }

 private:
  bool Run(const ShellNode& node) {
    if (node.kind == ShellNode::Kind::kForEver) return Loop(node);
    if (node.kind == ShellNode::Kind::kFor) {
      for (const ShellWord& word : node.words) {
        for (const std::string& value : Expand(word)) {
          variables_[node.variable] = value;
          if (!RunList(node.body)) return false;
          if (is_over_) return true;
        }
      }
      return true;
    }
    Words words;
    for (const ShellWord& word : node.words) {
      for (std::string& text : Expand(word)) words.push_back(std::move(text));
    }
    for (const auto& [name, word] : node.assignments) variables_[name] = Joined(word);
    if (words.empty()) return Done(0);
    return RunWords(words, node.is_silent);
  }

  // The body is the same each time, for nothing in the language counts: once through it is enough.
  bool Loop(const ShellNode& node) {
    FlushLine();
    const std::size_t first_print = trace_.prints.size();
    const sim::Duration begin = now_;
    if (!RunList(node.body)) return false;
    if (is_over_) return true;
    FlushLine();
    is_over_ = true;
    runs_for_ever_ = true;
    if (now_ > begin && trace_.prints.size() > first_print) {
      trace_.loop_from = first_print;
      trace_.loop_period = now_ - begin;
    }
    return true;
  }

  bool RunShell(const Words& arguments) {
    std::size_t index = 0;
    bool is_command = false;
    for (; index < arguments.size() && arguments[index].starts_with('-'); ++index) {
      if (arguments[index].find('c') != std::string::npos) is_command = true;
    }
    if (arguments.empty()) return Done(0);  // No terminal: the end of its input is there at once.
    if (!is_command || index >= arguments.size() || arguments[index].size() > kShellTextMax)
      return false;
    const auto script = ParseShell(arguments[index]);
    if (!script) return false;
    if (!RunList(*script)) return false;
    if (!runs_for_ever_) is_over_ = false;
    return true;
  }

  bool Done(int status) {
    status_ = status;
    return true;
  }
  bool EndWithStatus() {
    is_over_ = true;
    return true;
  }
  bool Exit(const Words& arguments) {
    if (!arguments.empty()) {
      const std::string& text = arguments.front();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status_);
      if (error != std::errc() || end != text.data() + text.size()) return false;
    }
    return EndWithStatus();
  }
  bool Sleep(const Words& arguments) {
    if (arguments.empty()) return Done(1);
    for (const std::string& argument : arguments) {
      bool is_for_ever = false;
      const auto time = SleepTime(argument, is_for_ever);
      if (!time) return false;
      FlushLine();
      now_ += *time;
      if (is_for_ever) {
        is_over_ = true;
        runs_for_ever_ = true;
      }
    }
    return Done(0);
  }
  bool Print(const std::string& text, bool is_silent) {
    if (!is_silent) line_ += text;
    return true;
  }
  bool Echo(const Words& arguments, bool is_silent) {
    std::string text;
    bool has_newline = true;
    bool has_escapes = false;
    std::size_t index = 0;
    for (; index < arguments.size(); ++index) {
      if (arguments[index] == "-n") {
        has_newline = false;
      } else if (arguments[index] == "-e") {
        has_escapes = true;
      } else {
        break;
      }
    }
    for (std::size_t word = index; word < arguments.size(); ++word) {
      text += (word == index ? "" : " ") + arguments[word];
    }
    if (has_escapes) text = Unescape(text);
    return Print(has_newline ? text + "\n" : text, is_silent) && Done(0);
  }
  bool Printf(const Words& arguments, bool is_silent) {
    if (arguments.empty()) return Done(1);
    if (arguments.front().find('%') != std::string::npos) return false;
    return Print(Unescape(arguments.front()), is_silent) && Done(0);
  }
  bool Cat(const Words& arguments, bool is_silent) {
    for (const std::string& file : arguments) {
      if (file == "/etc/hostname") Print(context_.hostname + "\n", is_silent);
    }
    return Done(0);
  }
  bool PrintEnvironment(const Words& arguments, bool is_silent) {
    if (arguments.empty()) {
      for (const auto& [name, value] : variables_) Print(name + "=" + value + "\n", is_silent);
      return Done(0);
    }
    for (const std::string& name : arguments) {
      if (name.starts_with('-') || name.find('=') != std::string::npos) return false;
      const auto found = variables_.find(name);
      if (found == variables_.end()) return Done(1);
      Print(found->second + "\n", is_silent);
    }
    return Done(0);
  }
  bool PrintDate(bool is_silent) {
    if (is_silent) return Done(0);
    FlushLine();
    trace_.prints.push_back({now_, TracePrint::Kind::kDate, {}});
    return Done(0);
  }
  bool SetVariables(const std::string& name, const Words& arguments) {
    if (name != "export") return true;
    for (const std::string& argument : arguments) {
      const std::size_t equals = argument.find('=');
      if (equals != std::string::npos)
        variables_[argument.substr(0, equals)] = argument.substr(equals + 1);
    }
    return true;
  }

  // Whole lines become prints; a rest without newline waits for more until time passes.
  void FlushLine() {
    std::size_t begin = 0;
    while (begin < line_.size()) {
      const std::size_t end = std::min(line_.find('\n', begin), line_.size());
      trace_.prints.push_back({now_, TracePrint::Kind::kText, line_.substr(begin, end - begin)});
      begin = end + 1;
    }
    line_.clear();
  }

  std::string Substitute(const std::string& text) const {
    std::string result;
    for (std::size_t index = 0; index < text.size(); ++index) {
      if (text[index] != '$' || index + 1 >= text.size()) {
        result += text[index];
        continue;
      }
      std::size_t begin = index + 1;
      std::size_t end = begin;
      const bool is_braced = text[begin] == '{';
      if (is_braced) {
        end = std::min(text.find('}', ++begin), text.size());
      } else if (text[begin] == '?' || text[begin] == '$') {
        result += text[begin] == '?' ? std::to_string(status_) : "1";
        index = begin;
        continue;
      } else {
        while (end < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
          ++end;
        }
      }
      if (end == begin) {
        result += '$';
        continue;
      }
      const auto found = variables_.find(text.substr(begin, end - begin));
      if (found != variables_.end()) result += found->second;
      index = is_braced ? end : end - 1;
    }
    return result;
  }
  std::string Joined(const ShellWord& word) const {
    std::string text;
    for (const ShellPiece& piece : word)
      text += piece.is_literal ? piece.text : Substitute(piece.text);
    return text;
  }
  // A word may become several: an unquoted variable is split at blanks, {1..3} counts.
  Words Expand(const ShellWord& word) const {
    const bool is_quoted = std::any_of(word.begin(), word.end(),
                                       [](const ShellPiece& piece) { return piece.is_quoted; });
    std::string text = Joined(word);
    if (is_quoted) return {std::move(text)};
    Words words;
    if (const std::size_t dots = text.find("..");
        text.starts_with('{') && text.ends_with('}') && dots < text.size()) {
      int first = 0;
      int last = 0;
      const char* begin = text.data() + 1;
      const char* middle = text.data() + dots;
      const char* end = text.data() + text.size() - 1;
      if (std::from_chars(begin, middle, first).ptr == middle &&
          std::from_chars(middle + 2, end, last).ptr == end &&
          last - first < static_cast<int>(kShellStepsMax)) {
        for (int number = first; number <= last; ++number) words.push_back(std::to_string(number));
        return words;
      }
    }
    std::size_t begin = 0;
    while ((begin = text.find_first_not_of(" \t\n", begin)) != std::string::npos) {
      const std::size_t end = std::min(text.find_first_of(" \t\n", begin), text.size());
      words.push_back(text.substr(begin, end - begin));
      begin = end;
    }
    return words;
  }

  const ShellContext& context_;
  std::map<std::string, std::string> variables_;
  ContainerTrace trace_;
  sim::Duration now_{};
  std::string line_;
  int status_ = 0;
  bool is_over_ = false;
  bool runs_for_ever_ = false;
  std::size_t steps_count_ = 0;
};

}  // namespace

std::optional<ContainerTrace> Interpret(const std::vector<std::string>& words,
                                        const ShellContext& context) {
  Machine machine(context);
  if (!machine.RunWords(words, false)) return std::nullopt;
  return machine.Finish();
}

}  // namespace nodes
