// What is wrong with a scenario file: each problem with its place, as one line a person can act on.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace scenarios {

struct Problem {
  std::string file;
  int line = 1;
  std::string field;  // "steps[2].expect.matches", or "" for the whole file
  std::string message;

  // "file:line: field: message".
  std::string Text() const {
    const std::string place = file + ":" + std::to_string(line) + ": ";
    return field.empty() ? place + message : place + field + ": " + message;
  }
};

// Collects problems of one file; those beyond kProblemsMax are dropped.
class Problems {
 public:
  static constexpr std::size_t kProblemsMax = 20;

  explicit Problems(std::string file) : file_(std::move(file)) {}

  void Add(int line, std::string field, std::string message) {
    if (problems_.size() < kProblemsMax) {
      problems_.push_back({file_, line, std::move(field), std::move(message)});
    }
  }
  bool empty() const { return problems_.empty(); }
  const std::vector<Problem>& all() const { return problems_; }
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::vector<Problem> problems_;
};

}  // namespace scenarios
