#include "scenarios/language/object_matcher.h"

#include "apiserver/api/json_write.h"

namespace scenarios {
namespace {

using apiserver::Value;

constexpr std::size_t kShownBytesMax = 200;

std::string Shown(const Value& value) {
  std::string text = apiserver::ToJson(value);
  if (text.size() > kShownBytesMax) text = text.substr(0, kShownBytesMax) + "...";
  return text;
}

std::string Shown(const Value* value) { return value == nullptr ? "nothing" : Shown(*value); }

bool AreEqualScalars(const Value& want, const Value& got) {
  if (want.is_number() && got.is_number()) {
    if (want.is_int64() && got.is_int64()) return want.get_int64() == got.get_int64();
    return want.to_number<double>() == got.to_number<double>();
  }
  return want == got;
}

class Matcher {
 public:
  std::vector<Difference> Take() { return std::move(differences_); }

  void Compare(const Value& want, const Value* got, const std::string& path) {
    if (want.is_null()) {
      if (got != nullptr && !got->is_null()) Add(path, "nothing", Shown(got));
    } else if (got == nullptr) {
      Add(path, Shown(want), "nothing");
    } else if (want.is_object() && got->is_object()) {
      for (const auto& member : want.get_object()) {
        const std::string name(member.key());
        Compare(member.value(), apiserver::Find(*got, member.key()),
                path.empty() ? name : path + "." + name);
      }
    } else if (want.is_array() && got->is_array()) {
      CompareLists(want.get_array(), got->get_array(), path);
    } else if (!AreEqualScalars(want, *got)) {
      Add(path, Shown(want), Shown(got));
    }
  }

 private:
  void Add(const std::string& path, std::string want, std::string got) {
    if (differences_.size() < kDifferencesMax) {
      differences_.push_back({path.empty() ? "." : path, std::move(want), std::move(got)});
    }
  }

  void CompareLists(const apiserver::Array& want, const apiserver::Array& got,
                    const std::string& path) {
    if (want.empty() && !got.empty()) Add(path, "[]", Shown(got));
    for (std::size_t index = 0; index < want.size(); ++index) {
      // The differences to the item that is nearest say more than the whole list.
      std::vector<Difference> nearest;
      bool is_found = false;
      for (std::size_t at = 0; at < got.size() && !is_found; ++at) {
        Matcher matcher;
        matcher.Compare(want[index], &got[at], path + "[" + std::to_string(at) + "]");
        std::vector<Difference> differences = matcher.Take();
        is_found = differences.empty();
        if (nearest.empty() || differences.size() < nearest.size()) nearest = differences;
      }
      if (is_found) continue;
      if (!got.empty() && want[index].is_object() &&
          nearest.size() < want[index].get_object().size()) {
        for (Difference& difference : nearest) {
          Add(difference.path, std::move(difference.want), std::move(difference.got));
        }
      } else {
        Add(path, "an item like " + Shown(want[index]), Shown(got));
      }
    }
  }

  std::vector<Difference> differences_;
};

}  // namespace

std::vector<Difference> FindDifferences(const Value& want, const Value* got) {
  Matcher matcher;
  matcher.Compare(want, got, "");
  return matcher.Take();
}

}  // namespace scenarios
