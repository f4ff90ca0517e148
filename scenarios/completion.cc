#include "scenarios/completion.h"

namespace scenarios {
namespace {

// 'it'\''s' for bash and zsh.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// fish escapes within single quotes.
std::string FishQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string LastWord(const std::string& path) { return path.substr(path.rfind(' ') + 1); }

// "ctl" for "ctl advance", "" for "ctl".
std::string ParentOf(const std::string& path) {
  const std::size_t blank = path.rfind(' ');
  return blank == std::string::npos ? "" : path.substr(0, blank);
}

const CompletionCommand* Find(const std::vector<CompletionCommand>& commands,
                              const std::string& path) {
  for (const CompletionCommand& command : commands) {
    if (command.path == path) return &command;
  }
  return nullptr;
}

std::string PathOf(const CompletionCommand& parent, const std::string& name) {
  return parent.path.empty() ? name : parent.path + " " + name;
}

// Finds, from the words before the cursor, which command they name. (Not in $path, which is zsh's
// search path.)
std::string PathLoop(const std::vector<CompletionCommand>& commands, const std::string& words) {
  std::string text =
      "  for word in " + words + "; do\n    case \"${place:+$place }$word\" in\n      ";
  bool is_first = true;
  for (const CompletionCommand& command : commands) {
    if (command.path.empty()) continue;
    text += (is_first ? "" : "|") + Quoted(command.path);
    is_first = false;
  }
  return text + ") place=\"${place:+$place }$word\" ;;\n    esac\n  done\n";
}

}  // namespace

std::string BashCompletion(const std::vector<CompletionCommand>& commands) {
  std::string text =
      "# bash completion of orrery: source <(orrery completion bash)\n_orrery() {\n"
      "  local word place=\"\" words=\"\" current=\"${COMP_WORDS[COMP_CWORD]}\"\n";
  text += PathLoop(commands, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"");
  text += "  case \"$place\" in\n";
  for (const CompletionCommand& command : commands) {
    std::string words;
    for (const std::string& name : command.subcommands) words += " " + name;
    for (const CompletionOption& option : command.options) words += " " + option.name;
    if (!words.empty()) words.erase(0, 1);
    text += "    " + Quoted(command.path) + ") words=" + Quoted(words) + " ;;\n";
  }
  return text +
         "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\n"
         "complete -o default -F _orrery orrery\n";
}

std::string ZshCompletion(const std::vector<CompletionCommand>& commands) {
  std::string text =
      "#compdef orrery\n# zsh completion of orrery: source <(orrery completion zsh)\n_orrery() {\n"
      "  local word place=\"\"\n  local -a entries\n";
  text += PathLoop(commands, "\"${(@)words[2,CURRENT-1]}\"") + "  case \"$place\" in\n";
  for (const CompletionCommand& command : commands) {
    text += "    " + Quoted(command.path) + ") entries=(\n";
    const auto add = [&text](const std::string& name, const std::string& about) {
      text += "      " + Quoted(name + ":" + about) + "\n";
    };
    for (const std::string& name : command.subcommands) {
      const CompletionCommand* child = Find(commands, PathOf(command, name));
      add(name, child == nullptr ? "" : child->about);
    }
    for (const CompletionOption& option : command.options) add(option.name, option.about);
    text += "    ) ;;\n";
  }
  return text + "  esac\n  _describe orrery entries\n  _files\n}\ncompdef _orrery orrery\n";
}

std::string FishCompletion(const std::vector<CompletionCommand>& commands) {
  std::string text = "# fish completion of orrery: orrery completion fish | source\n";
  for (const CompletionCommand& command : commands) {
    std::string condition = "__fish_use_subcommand";
    if (!command.path.empty()) {
      condition = "__fish_seen_subcommand_from " + LastWord(command.path);
      const std::string parent = ParentOf(command.path);
      if (!parent.empty()) {
        condition = "__fish_seen_subcommand_from " + parent + "; and " + condition;
      }
    }
    std::string children = condition;
    if (!command.path.empty() && !command.subcommands.empty()) {
      children += "; and not __fish_seen_subcommand_from";
      for (const std::string& name : command.subcommands) children += " " + name;
    }
    for (const std::string& name : command.subcommands) {
      const CompletionCommand* child = Find(commands, PathOf(command, name));
      text += "complete -c orrery -n " + FishQuoted(children) + " -f -a " + name + " -d " +
              FishQuoted(child == nullptr ? "" : child->about) + "\n";
    }
    for (const CompletionOption& option : command.options) {
      const bool is_long = option.name.starts_with("--");
      text += "complete -c orrery -n " + FishQuoted(condition) + (is_long ? " -l " : " -s ") +
              option.name.substr(is_long ? 2 : 1) + (option.takes_value ? " -r" : "") + " -d " +
              FishQuoted(option.about) + "\n";
    }
  }
  return text;
}

}  // namespace scenarios
