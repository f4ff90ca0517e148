// Runs the conformance tests of the CEL specification: `cel_conformance SUITES.json EXCUSED.json`.
//
// SUITES is what @bufbuild/cel-spec ships, as JSON. EXCUSED names sections or cases with the reason
// why Kubernetes' CEL does not cover them; one that passes all the same is no error.
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "apiserver/api/base64.h"
#include "apiserver/api/json.h"
#include "apiserver/cel/map_value.h"
#include "apiserver/cel/operators.h"
#include "apiserver/cel/program.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

using Json = apiserver::Value;

// A value of cel.expr.Value; nullopt for messages and others that Kubernetes has not.
std::optional<Value> ReadValue(const Json& json, Arena& arena) {
  const auto& member = *json.as_object().begin();
  const std::string_view kind = member.key();
  const Json& value = member.value();
  if (kind == "nullValue") return Value();
  if (kind == "boolValue") return Value::Bool(value.as_bool());
  if (kind == "int64Value") return Value::Int(std::stoll(std::string(value.as_string())));
  if (kind == "uint64Value") return Value::Uint(std::stoull(std::string(value.as_string())));
  if (kind == "doubleValue") {
    if (!value.is_string()) return Value::Double(value.to_number<double>());
    if (value.as_string() == "NaN") return Value::Double(std::nan(""));
    return Value::Double(value.as_string() == "Infinity" ? HUGE_VAL : -HUGE_VAL);
  }
  if (kind == "stringValue") return NewString(arena, value.as_string());
  if (kind == "bytesValue") return NewBytes(arena, *DecodeBase64(value.as_string()));
  if (kind == "typeValue") return Value::Type(arena.Copy(value.as_string()));
  if (kind == "listValue") {
    std::vector<Value> elements;
    if (const Json* values = Find(value, "values")) {
      for (const Json& element : values->as_array()) {
        const auto read = ReadValue(element, arena);
        if (!read) return std::nullopt;
        elements.push_back(*read);
      }
    }
    return NewList(arena, elements);
  }
  if (kind == "mapValue") {
    auto* map = arena.New<MapValue>();
    if (const Json* entries = Find(value, "entries")) {
      for (const Json& entry : entries->as_array()) {
        const auto key = ReadValue(*Find(entry, "key"), arena);
        const auto held = ReadValue(*Find(entry, "value"), arena);
        if (!key || !held) return std::nullopt;
        map->Set(*key, *held);
      }
    }
    return Value::Of(static_cast<const Map*>(map));
  }
  return std::nullopt;
}

// A type of cel.expr.Type; nullptr for messages.
TypePtr ReadType(const Json& json) {
  const auto& member = *json.as_object().begin();
  const std::string_view kind = member.key();
  const Json& value = member.value();
  static const std::map<std::string_view, TypePtr> kNamed = {
      {"BOOL", BoolType()},     {"INT64", IntType()},         {"UINT64", UintType()},
      {"DOUBLE", DoubleType()}, {"STRING", StringType()},     {"BYTES", BytesType()},
      {"ANY", DynType()},       {"DURATION", DurationType()}, {"TIMESTAMP", TimestampType()}};
  if (kind == "dyn") return DynType();
  if (kind == "null") return NullType();
  if (kind == "primitive" || kind == "wellKnown") {
    const auto at = kNamed.find(value.as_string());
    return at == kNamed.end() ? nullptr : at->second;
  }
  if (kind == "listType") {
    const Json* element = Find(value, "elemType");
    const TypePtr type = element == nullptr ? DynType() : ReadType(*element);
    return type == nullptr ? nullptr : ListType(type);
  }
  if (kind == "mapType") {
    const Json* key = Find(value, "keyType");
    const Json* held = Find(value, "valueType");
    const TypePtr key_type = key == nullptr ? DynType() : ReadType(*key);
    const TypePtr held_type = held == nullptr ? DynType() : ReadType(*held);
    return key_type == nullptr || held_type == nullptr ? nullptr : MapType(key_type, held_type);
  }
  return nullptr;
}

// Kubernetes' CEL knows no protobuf messages, their wrappers or their enums.
bool NamesMessages(std::string_view expression) {
  for (const std::string_view name : {"TestAllTypes", "TestRequired", "google.protobuf.",
                                      "GlobalEnum", "NestedEnum", "NestedMessage", "Proto2"}) {
    if (expression.find(name) != std::string_view::npos) return true;
  }
  return false;
}

enum class Verdict : std::uint8_t { kPass, kFail, kNotApplicable };
struct Judgement {
  Verdict verdict;
  std::string why;
};

// NaN is the NaN that was expected.
bool IsSame(const Value& got, const Value& want, Arena& arena) {
  const auto is_nan = [](const Value& v) {
    return v.kind() == Kind::kDouble && std::isnan(v.as_double());
  };
  if (is_nan(got) && is_nan(want)) return true;
  return got.kind() == want.kind() && EqualValues(got, want, arena).is_true();
}

Judgement Run(const Json& test) {
  Environment environment;
  environment.container = TextAt(test, {"container"});
  environment.has_bind_macro = true;
  Evaluator evaluator;
  std::vector<Binding> bindings;
  if (const Json* declared = Find(test, "typeEnv")) {
    for (const Json& declaration : declared->as_array()) {
      const Json* type = FindPath(declaration, {"ident", "type"});
      if (type == nullptr) return {Verdict::kNotApplicable, "declares a function"};
      const TypePtr read = ReadType(*type);
      if (read == nullptr) return {Verdict::kNotApplicable, "a message"};
      environment.variables.emplace(TextAt(declaration, {"name"}), read);
    }
  }
  if (const Json* bound = Find(test, "bindings")) {
    for (const auto& binding : bound->as_object()) {
      const Json* json = Find(binding.value(), "value");
      const auto value = json == nullptr ? std::nullopt : ReadValue(*json, evaluator.arena());
      if (!value) return {Verdict::kNotApplicable, "a message"};
      bindings.push_back({binding.key(), *value});
      if (!environment.variables.contains(binding.key())) {
        environment.variables.emplace(binding.key(), DynType());
      }
    }
  }
  environment.is_homogeneous_literals = false;
  const CompileOutcome compiled = CompileProgram(environment, TextAt(test, {"expr"}));
  const bool wants_error = Find(test, "evalError") != nullptr;
  if (compiled.program == nullptr) {
    if (wants_error) return {Verdict::kPass, ""};
    if (BoolAt(test, {"disableCheck"})) return {Verdict::kNotApplicable, "without type check"};
    if (NamesMessages(TextAt(test, {"expr"}))) return {Verdict::kNotApplicable, "a message"};
    return {Verdict::kFail, compiled.error};
  }
  if (BoolAt(test, {"checkOnly"})) return {Verdict::kPass, ""};
  const Outcome got = evaluator.Evaluate(*compiled.program, bindings);
  if (wants_error) {
    if (got.value.is_error()) return {Verdict::kPass, ""};
    return {Verdict::kFail, "wants an error, got " + PrintValue(got.value)};
  }
  const Json* value = Find(test, "value");
  if (value == nullptr) value = FindPath(test, {"typedResult", "result"});
  Value want = Value::Bool(true);
  if (value != nullptr) {
    const auto read = ReadValue(*value, evaluator.arena());
    if (!read) return {Verdict::kNotApplicable, "a message"};
    want = *read;
  }
  if (IsSame(got.value, want, evaluator.arena())) return {Verdict::kPass, ""};
  return {Verdict::kFail, "got " + std::string(TypeName(got.value)) + " " + PrintValue(got.value) +
                              ", wants " + PrintValue(want)};
}

class Runner {
 public:
  explicit Runner(const Json& excused) : excused_(excused) {}

  void Walk(const Json& suite, const std::string& path) {
    if (const Json* tests = Find(suite, "tests")) {
      for (const Json& test : tests->as_array()) Judge(*Find(test, "original"), path);
    }
    if (const Json* suites = Find(suite, "suites")) {
      for (const Json& inner : suites->as_array()) {
        Walk(inner, path + (path.empty() ? "" : "/") + std::string(TextAt(inner, {"name"})));
      }
    }
  }
  int Report() const {
    for (const auto& [section, counts] : sections_) {
      std::cout << section << ": " << counts.passed << " passed, " << counts.failed << " failed, "
                << counts.excused << " excused\n";
    }
    return failed_ == 0 ? 0 : 1;
  }

 private:
  struct Counts {
    int passed = 0, failed = 0, excused = 0;
  };

  // The reason of the nearest entry at or above `path`.
  bool IsExcused(std::string path) const {
    for (;;) {
      if (excused_.as_object().contains(path)) return true;
      const std::size_t slash = path.rfind('/');
      if (slash == std::string::npos) return false;
      path.resize(slash);
    }
  }
  void Judge(const Json& test, const std::string& path) {
    Counts& counts = sections_[path.substr(0, path.find('/'))];
    const std::string name = path + "/" + std::string(TextAt(test, {"name"}));
    const Judgement judgement = Run(test);
    if (judgement.verdict == Verdict::kPass) {
      ++counts.passed;
    } else if (judgement.verdict == Verdict::kNotApplicable || IsExcused(name)) {
      ++counts.excused;
    } else {
      ++counts.failed;
      ++failed_;
      std::cout << "FAIL " << name << ": " << TextAt(test, {"expr"}) << ": " << judgement.why
                << "\n";
    }
  }

  const Json& excused_;
  std::map<std::string, Counts> sections_;
  int failed_ = 0;
};

Json ReadJson(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return boost::json::parse(text.str());
}

}  // namespace
}  // namespace apiserver::cel

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: cel_conformance SUITES.json EXCUSED.json\n";
    return 2;
  }
  const auto excused = apiserver::cel::ReadJson(argv[2]);
  apiserver::cel::Runner runner(excused);
  runner.Walk(apiserver::cel::ReadJson(argv[1]), "");
  return runner.Report();
}
