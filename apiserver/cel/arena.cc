#include "apiserver/cel/arena.h"

#include <algorithm>
#include <cstring>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

namespace {

class SpanList final : public List {
 public:
  explicit SpanList(std::span<const Value> elements) : elements_(elements) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(elements_.size()); }
  Value At(std::int64_t index, Arena&) const override {
    return elements_[static_cast<std::size_t>(index)];
  }

 private:
  std::span<const Value> elements_;
};

}  // namespace

void* Arena::AllocateBlock(std::size_t size) {
  // A large piece gets a block of its own, so that the rest of the current one is not lost.
  const bool is_large = size > kBlockBytes / 4;
  const std::size_t bytes = is_large ? size : kBlockBytes;
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
  total_ += bytes;
  char* block = blocks_.back().get();
  if (is_large && current_ != nullptr) return block;
  current_ = block;
  capacity_ = bytes;
  used_ = size;
  return block;
}

std::string_view Arena::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* copy = static_cast<char*>(Allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void Arena::RunDestructors() {
  for (auto it = destructors_.rbegin(); it != destructors_.rend(); ++it) it->run(it->object);
  destructors_.clear();
}

void Arena::Reset() {
  RunDestructors();
  used_ = 0;
  if (blocks_.size() <= 1 && capacity_ <= kBlockBytes) return;
  blocks_.clear();
  current_ = nullptr;
  capacity_ = 0;
  total_ = 0;
}

Value NewString(Arena& arena, std::string_view text) { return Value::String(arena.Copy(text)); }
Value NewBytes(Arena& arena, std::string_view bytes) { return Value::Bytes(arena.Copy(bytes)); }
Value NewError(Arena& arena, std::string_view message) { return Value::Error(arena.Copy(message)); }
Value NewOptional(Arena& arena, const Value& held) {
  return Value::Optional(arena.New<Value>(held));
}

Value NewList(Arena& arena, std::span<const Value> elements) {
  const std::span<Value> copy = arena.NewArray<Value>(elements.size());
  std::copy(elements.begin(), elements.end(), copy.begin());
  return ViewList(arena, copy);
}

Value ViewList(Arena& arena, std::span<const Value> elements) {
  return Value::Of(static_cast<const List*>(arena.New<SpanList>(elements)));
}

}  // namespace apiserver::cel
