// orrery schema: the JSON Schema of scenario files, as scenarios/scenario.schema.json publishes it.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "apiserver/api/json_write.h"
#include "scenarios/command.h"
#include "scenarios/language/scenario.h"

namespace scenarios {

Command AddSchemaCommand(CLI::App& app) {
  CLI::App* schema = app.add_subcommand("schema", "print the JSON Schema of scenario files");
  schema->footer("Example: orrery schema > scenario.schema.json");
  return {schema, [] {
            std::string text;
            apiserver::AppendJsonPretty(ScenarioSchema(), text);
            std::puts(text.c_str());
            return kExitWell;
          }};
}

}  // namespace scenarios
