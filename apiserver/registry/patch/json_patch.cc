#include "apiserver/registry/patch/json_patch.h"

#include <charconv>
#include <optional>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/go_print.h"
#include "apiserver/registry/patch/typed_value.h"

namespace apiserver {
namespace {

std::string_view View(const boost::json::string& text) { return {text.data(), text.size()}; }

// "~1" is a slash and "~0" a tilde.
std::string DecodeSegment(std::string_view segment) {
  std::string key;
  for (std::size_t at = 0; at < segment.size(); ++at) {
    if (segment[at] == '~' && at + 1 < segment.size() &&
        (segment[at + 1] == '0' || segment[at + 1] == '1')) {
      key += segment[++at] == '1' ? '/' : '~';
    } else {
      key += segment[at];
    }
  }
  return key;
}

std::vector<std::string> SplitPointer(std::string_view pointer) {
  std::vector<std::string> segments;
  for (;;) {
    const std::size_t slash = pointer.find('/');
    segments.push_back(DecodeSegment(pointer.substr(0, slash)));
    if (slash == std::string_view::npos) return segments;
    pointer.remove_prefix(slash + 1);
  }
}

// Go's strconv.Atoi.
std::optional<std::int64_t> ParseIndex(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t index = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return index;
}

// The index of an existing item of `count`, negative ones from the end.
std::optional<std::size_t> ItemIndex(std::string_view text, std::size_t count) {
  const std::optional<std::int64_t> index = ParseIndex(text);
  const auto size = static_cast<std::int64_t>(count);
  if (!index || *index >= size || *index < -size) return std::nullopt;
  return static_cast<std::size_t>(*index < 0 ? *index + size : *index);
}

// Where a pointer ends: a container and a member name or index in it.
struct Place {
  Value* container = nullptr;
  std::string key;

  bool is_found() const { return container != nullptr; }

  // The value there. A missing member is null; a missing item fails.
  std::optional<Value> Get() const {
    if (const Object* object = container->if_object()) {
      const Value* member = object->if_contains(key);
      return member == nullptr ? Value() : *member;
    }
    const Array& array = container->get_array();
    const std::optional<std::size_t> index = ItemIndex(key, array.size());
    if (!index) return std::nullopt;
    return array[*index];
  }

  bool Add(const Value& value) const {
    if (Object* object = container->if_object()) {
      (*object)[key] = value;
      return true;
    }
    Array& array = container->get_array();
    if (key == "-") {
      array.push_back(value);
      return true;
    }
    const std::optional<std::size_t> index = ItemIndex(key, array.size() + 1);
    if (!index) return false;
    array.insert(array.begin() + static_cast<std::ptrdiff_t>(*index), value);
    return true;
  }

  bool Set(const Value& value) const {
    if (Object* object = container->if_object()) {
      (*object)[key] = value;
      return true;
    }
    Array& array = container->get_array();
    const std::optional<std::size_t> index = ItemIndex(key, array.size());
    if (index) array[*index] = value;
    return index.has_value();
  }

  bool Remove() const {
    if (Object* object = container->if_object()) {
      const auto at = object->find(key);
      if (at == object->end()) return false;
      object->stable_erase(at);
      return true;
    }
    Array& array = container->get_array();
    const std::optional<std::size_t> index = ItemIndex(key, array.size());
    if (index) array.erase(array.begin() + static_cast<std::ptrdiff_t>(*index));
    return index.has_value();
  }
};

// The member or item that `segment` names, or null.
Value* Below(Value& container, const std::string& segment) {
  if (Object* object = container.if_object()) return object->if_contains(segment);
  Array* array = container.if_array();
  if (array == nullptr) return nullptr;
  const std::optional<std::size_t> index = ItemIndex(segment, array->size());
  return index ? &(*array)[*index] : nullptr;
}

Place FindPlace(Value& document, std::string_view pointer) {
  const std::vector<std::string> segments = SplitPointer(pointer);
  if (segments.size() < 2) return {};
  Value* at = &document;
  for (std::size_t i = 1; i + 1 < segments.size(); ++i) {
    at = Below(*at, segments[i]);
    if (at == nullptr || (!at->is_object() && !at->is_array())) return {};
  }
  return {at, segments.back()};
}

// A text member of an operation; absent and null have no value.
std::optional<std::string_view> TextMember(const Value& operation, std::string_view name) {
  const Value* member = Find(operation, name);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return View(member->get_string());
}

class Runner {
 public:
  explicit Runner(Value& document) : document_(document) {}

  // False when the operation fails.
  bool Run(const Value& operation) {
    const auto op = TextMember(operation, "op");
    const auto path = TextMember(operation, "path");
    if (!op || !path) return false;
    const Value* given = Find(operation, "value");
    const Value null;
    const Value& value = given == nullptr ? null : *given;
    if (*op == "add") return At(*path, [&](const Place& place) { return place.Add(value); });
    if (*op == "remove") return At(*path, [](const Place& place) { return place.Remove(); });
    if (*op == "replace") return Replace(*path, value);
    if (*op == "test") return Test(*path, value);
    const auto from = TextMember(operation, "from");
    if (!from) return false;
    if (*op == "move") return Move(*from, *path);
    return *op == "copy" && Copy(*from, *path);
  }

 private:
  template <class Do>
  bool At(std::string_view pointer, Do action) {
    const Place place = FindPlace(document_, pointer);
    return place.is_found() && action(place);
  }

  bool Replace(std::string_view path, const Value& value) {
    if (path.empty()) {
      if (!value.is_object() && !value.is_array()) return false;
      document_ = value;
      return true;
    }
    return At(path, [&](const Place& place) { return place.Get() && place.Set(value); });
  }

  bool Test(std::string_view path, const Value& value) {
    if (path.empty()) return ValuesEqual(document_, value);
    return At(path, [&](const Place& place) {
      const std::optional<Value> got = place.Get();
      return got && ValuesEqual(*got, value);
    });
  }

  bool Move(std::string_view from, std::string_view path) {
    std::optional<Value> moved;
    const bool is_taken = At(from, [&](const Place& place) {
      moved = place.Get();
      return moved && place.Remove();
    });
    return is_taken && At(path, [&](const Place& place) { return place.Add(*moved); });
  }

  bool Copy(std::string_view from, std::string_view path) {
    std::optional<Value> copied;
    const bool is_there = At(from, [&](const Place& place) {
      copied = place.Get();
      return copied.has_value();
    });
    if (!is_there) return false;
    copied_bytes_ += ToJson(*copied).size();
    if (copied_bytes_ > kJsonPatchCopiedBytesMax) return false;
    return At(path, [&](const Place& place) { return place.Add(*copied); });
  }

  Value& document_;
  std::size_t copied_bytes_ = 0;
};

ApiError DecodeError(const std::string& what) {
  return BadRequestError("error decoding patch: " + what);
}

// What the library that applies patches refuses by itself.
std::optional<ApiError> CheckPlainShape(const Value& patch) {
  const auto mismatch = [](const Value& value, std::string_view type) {
    return BadRequestError("json: cannot unmarshal " + JsonKindName(value) +
                           " into Go value of type jsonpatch." + std::string(type));
  };
  if (!patch.is_array()) return mismatch(patch, "Patch");
  for (const Value& operation : patch.get_array()) {
    if (!operation.is_object() && !operation.is_null()) return mismatch(operation, "Operation");
  }
  return std::nullopt;
}

// The type errors that a typed decoder finds before anything is applied.
std::optional<ApiError> CheckShape(const Value& patch) {
  const auto mismatch = [](const Value& value, const std::string& where) {
    return DecodeError("json: cannot unmarshal " + JsonKindName(value) + " into Go " + where);
  };
  if (!patch.is_array()) return mismatch(patch, "value of type []handlers.jsonPatchOp");
  for (const Value& operation : patch.get_array()) {
    if (operation.is_null()) continue;
    if (!operation.is_object()) return mismatch(operation, "value of type handlers.jsonPatchOp");
    for (const char* name : {"op", "path", "from"}) {
      const Value* member = Find(operation, name);
      if (member == nullptr || member->is_null() || member->is_string()) continue;
      return mismatch(*member, std::string("struct field jsonPatchOp.") + name + " of type string");
    }
  }
  return std::nullopt;
}

// Members that no operation has, and repeated ones, as the strict decoder words them.
std::vector<std::string> StrictErrors(const JsonParseResult& parsed) {
  std::vector<std::string> errors;
  for (const std::string& path : parsed.duplicate_fields) {
    errors.push_back("json patch duplicate field \"" + path + "\"");
  }
  const Array& operations = parsed.value.get_array();
  for (std::size_t i = 0; i < operations.size() && errors.size() < kDuplicateFieldsMax; ++i) {
    const Object* operation = operations[i].if_object();
    if (operation == nullptr) continue;
    for (const auto& member : *operation) {
      const std::string_view key{member.key().data(), member.key().size()};
      if (key == "op" || key == "path" || key == "from" || key == "value") continue;
      errors.push_back("json patch unknown field \"[" + std::to_string(i) + "]." +
                       std::string(key) + "\"");
    }
  }
  return errors;
}

}  // namespace

ApiError GenericPatchError() {
  ApiError error;
  error.code = 422;
  error.reason = "Invalid";
  error.message = "the server rejected our request due to an error in our request";
  error.details.emplace();
  return error;
}

ApiResult<Patched> ApplyJsonPatch(const Value& original, std::string_view body, JsonStorage storage,
                                  PatchReading reading) {
  const JsonParseResult patch = ParseJson(body, storage);
  const bool is_plain = reading == PatchReading::kPlain;
  if (!patch.ok()) return is_plain ? BadRequestError(patch.error) : DecodeError(patch.error);
  Patched patched{Value(original, storage), {}};
  if (patch.value.is_null()) return patched;
  std::optional<ApiError> error = is_plain ? CheckPlainShape(patch.value) : CheckShape(patch.value);
  if (error) return *std::move(error);
  const Array& operations = patch.value.get_array();
  if (operations.size() > kJsonPatchOperationsMax) {
    return RequestEntityTooLargeError("The allowed maximum operations in a JSON patch is " +
                                      std::to_string(kJsonPatchOperationsMax) + ", got " +
                                      std::to_string(operations.size()));
  }
  Runner runner(patched.object);
  for (const Value& operation : operations) {
    if (!runner.Run(operation)) return GenericPatchError();
  }
  patched.strict_errors = StrictErrors(patch);
  return patched;
}

void SortVisitedByJsonPatch(Value& patched, std::string_view body) {
  const JsonParseResult operations = ParseJson(body);
  if (!operations.ok() || !operations.value.is_array()) return;
  for (const Value& operation : operations.value.get_array()) {
    for (const std::string_view name : {"from", "path"}) {
      const std::optional<std::string_view> pointer = TextMember(operation, name);
      if (!pointer) continue;
      const std::vector<std::string> segments = SplitPointer(*pointer);
      Value* at = &patched;
      for (std::size_t i = 1; at != nullptr && i < segments.size(); ++i) {
        if (Object* object = at->if_object()) SortMembers(*object);
        at = Below(*at, segments[i]);
      }
    }
  }
}

}  // namespace apiserver
