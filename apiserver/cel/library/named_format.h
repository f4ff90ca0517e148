// A named format of Kubernetes (format.dns1123Label()): what it refuses, and how dear that is.
#pragma once

#include <string>
#include <vector>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

class NamedFormat final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "kubernetes.NamedFormat";
  using Check = std::vector<std::string> (*)(std::string_view text);

  constexpr NamedFormat(std::string_view name, Check check, double regex_size)
      : name_(name), check_(check), regex_size_(regex_size) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override {
    return name_ == static_cast<const NamedFormat&>(other).name_;
  }
  // The complaints; none when `text` is well-formed.
  std::vector<std::string> Validate(std::string_view text) const { return check_(text); }
  // The length of the pattern that costs assume.
  double regex_size() const { return regex_size_; }

 private:
  std::string_view name_;
  Check check_;
  double regex_size_;
};

}  // namespace apiserver::cel
