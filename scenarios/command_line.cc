#include "scenarios/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "scenarios/command.h"
#include "scenarios/completion.h"
#include "scenarios/language/nearest_name.h"

namespace scenarios {
namespace {

constexpr char kVersion[] = "orrery 0.1.0 (Kubernetes v1.36.3)";

// The command that the line names: `ctl advance` of `orrery ctl advance 1h`.
CLI::App& Deepest(CLI::App& app) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  return parsed.empty() ? app : Deepest(*parsed.back());
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

// The first word that nothing takes, with the nearest that something does; "" when there is none.
std::string UnknownWord(CLI::App& app, int argc, char** argv) {
  const std::vector<std::string> left = app.remaining(true);
  for (int index = 1; index < argc; ++index) {
    std::string word = argv[index];
    if (std::find(left.begin(), left.end(), word) == left.end()) continue;
    CLI::App& command = Deepest(app);
    const bool is_option = word.starts_with('-');
    if (is_option) word = word.substr(0, word.find('='));
    const std::vector<std::string> names = is_option ? OptionNames(command) : CommandNames(command);
    const std::vector<std::string_view> known(names.begin(), names.end());
    const std::string what = is_option ? "option" : known.empty() ? "argument" : "command";
    return "unknown " + what + " \"" + word + "\"" + DidYouMean(word, known);
  }
  return "";
}

int ExplainError(CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  // --help and its like are errors of exit status 0.
  if (error.get_exit_code() == 0) {
    app.exit(error);
    return kExitWell;
  }
  std::string message = UnknownWord(app, argc, argv);
  if (message.empty()) message = error.what();
  std::string command = "orrery";
  const CLI::App& deepest = Deepest(app);
  for (const CLI::App* at = &deepest; at->get_parent() != nullptr; at = at->get_parent()) {
    command.insert(6, " " + at->get_name());
  }
  std::fprintf(stderr, "orrery: %s\n(see `%s --help`)\n", message.c_str(), command.c_str());
  return kExitBadUsage;
}

void CollectCommands(const CLI::App& app, const std::string& path,
                     std::vector<CompletionCommand>& commands) {
  CompletionCommand command{path, app.get_description(), {}, CommandNames(app)};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty() || !option->nonpositional()) continue;
    const bool is_long = !option->get_lnames().empty();
    const std::string name =
        is_long ? "--" + option->get_lnames().front() : "-" + option->get_snames().front();
    command.options.push_back({name, option->get_description(), option->get_items_expected() > 0});
  }
  commands.push_back(std::move(command));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    CollectCommands(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), commands);
  }
}

Command AddCompletionCommand(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand("completion", "print the completion script of a shell");
  completion->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer("Example: source <(orrery completion bash)");
  return {completion, [&app, shell] {
            std::vector<CompletionCommand> commands;
            CollectCommands(app, "", commands);
            const std::string text = *shell == "bash"  ? BashCompletion(commands)
                                     : *shell == "zsh" ? ZshCompletion(commands)
                                                       : FishCompletion(commands);
            std::fputs(text.c_str(), stdout);
            return kExitWell;
          }};
}

Command AddVersionCommand(CLI::App& app) {
  CLI::App* version = app.add_subcommand("version", "print the version");
  version->footer("Example: orrery version");
  return {version, [] {
            std::puts(kVersion);
            return kExitWell;
          }};
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  CLI::App app{"A Kubernetes cluster in clockwork."};
  app.name("orrery");
  app.require_subcommand(1);
  app.footer(
      "Example: orrery serve --nodes 3, then: kubectl --kubeconfig orrery.kubeconfig get "
      "nodes");
  app.set_version_flag("--version", kVersion);
  const std::vector<Command> commands = {AddServeCommand(app),   AddRunCommand(app),
                                         AddReplayCommand(app),  AddCtlCommand(app),
                                         AddSchemaCommand(app),  AddCompletionCommand(app),
                                         AddVersionCommand(app), AddEnvtestAssetsCommand(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExplainError(app, error, argc, argv);
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return kExitWell;
}

}  // namespace scenarios
