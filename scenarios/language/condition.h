// `that:` of an expectation: a condition in CEL, with the object as `self`.
//
// As in Kubernetes: the same functions and limits; `self` has no schema here, so its fields are
// looked up when the condition is asked. Pure.
#pragma once

#include <memory>
#include <string>

#include "apiserver/api/json.h"
#include "apiserver/cel/program.h"
#include "sim/result.h"

namespace scenarios {

class Condition {
 public:
  // Errors: the words of CEL's compiler, in one line.
  static sim::Result<Condition> Compile(const std::string& text);

  const std::string& text() const { return text_; }
  // Why it does not hold for `self`, or "" when it does. A field that is not there is a reason.
  std::string Problem(const apiserver::Value& self) const;

 private:
  Condition(std::string text, std::shared_ptr<const apiserver::cel::Program> program)
      : text_(std::move(text)), program_(std::move(program)) {}

  std::string text_;
  std::shared_ptr<const apiserver::cel::Program> program_;
};

}  // namespace scenarios
