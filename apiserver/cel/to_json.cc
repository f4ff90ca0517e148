#include "apiserver/api/base64.h"
#include "apiserver/cel/json_values.h"
#include "apiserver/cel/program.h"
#include "apiserver/cel/value_text.h"

namespace apiserver::cel {
namespace {

// Beyond this a list in a list in a list is hostile.
constexpr int kDepthMax = 128;

class JsonMaker {
 public:
  explicit JsonMaker(const JsonStorage& storage) : storage_(storage) {}

  apiserver::Value Make(const Value& value, int depth) {
    if (depth > kDepthMax) return Refuse("value is nested too deeply");
    switch (value.kind()) {
      case Kind::kNull:
        return nullptr;
      case Kind::kBool:
        return value.as_bool();
      case Kind::kInt:
        return value.as_int();
      case Kind::kUint:
        return value.as_uint();
      case Kind::kDouble:
        return value.as_double();
      case Kind::kString:
        return apiserver::Value(value.as_text(), storage_);
      case Kind::kBytes: {
        std::string text;
        AppendBase64(value.as_text(), text);
        return apiserver::Value(text, storage_);
      }
      case Kind::kTimestamp:
      case Kind::kDuration:
        return apiserver::Value(PrintValue(value), storage_);
      case Kind::kList:
        return MakeArray(value.as_list(), depth);
      case Kind::kMap:
        return MakeObject(value.as_map(), depth);
      case Kind::kOptional:
        return value.as_optional() == nullptr ? apiserver::Value(nullptr)
                                              : Make(*value.as_optional(), depth + 1);
      case Kind::kOpaque:
        if (value.as_opaque().type_name() == PreservedJson::kTypeName) {
          return apiserver::Value(OpaqueAs<PreservedJson>(value).json(), storage_);
        }
        break;
      case Kind::kType:
      case Kind::kError:
        break;
    }
    return Refuse("no JSON for a value of type " + std::string(TypeName(value)));
  }
  const std::string& error() const { return error_; }

 private:
  apiserver::Value Refuse(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return nullptr;
  }
  apiserver::Value MakeArray(const List& list, int depth) {
    Array array(storage_);
    for (std::int64_t i = 0; i < list.size(); ++i) {
      array.push_back(Make(list.At(i, arena_), depth + 1));
      if (!error_.empty()) return nullptr;
    }
    return array;
  }
  apiserver::Value MakeObject(const Map& map, int depth) {
    Object object(storage_);
    for (std::int64_t i = 0; i < map.entry_count(); ++i) {
      const Value key = map.KeyAt(i, arena_);
      if (key.kind() != Kind::kString) return Refuse("a key of a map is not a string");
      object.emplace(key.as_text(), Make(map.ValueAt(i, arena_), depth + 1));
      if (!error_.empty()) return nullptr;
    }
    return object;
  }

  JsonStorage storage_;
  Arena arena_;
  std::string error_;
};

}  // namespace

sim::Result<apiserver::Value> ToJson(const Value& value, const JsonStorage& storage) {
  JsonMaker maker(storage);
  apiserver::Value json = maker.Make(value, 0);
  if (!maker.error().empty()) return sim::Error{maker.error()};
  return json;
}

}  // namespace apiserver::cel
