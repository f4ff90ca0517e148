// The arithmetic operators, with cel-go's overflow errors (common/types/overflow.go).
#include <cmath>
#include <limits>

#include "apiserver/cel/list_styles.h"
#include "apiserver/cel/lists.h"
#include "apiserver/cel/operators.h"

namespace apiserver::cel {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kUnixMin = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kUnixMax = 253'402'300'799;  // 9999-12-31T23:59:59Z

Value IntOverflow() { return Value::Error("integer overflow"); }
Value UintOverflow() { return Value::Error("unsigned integer overflow"); }

Value AddDurations(std::int64_t a, std::int64_t b) {
  std::int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? IntOverflow() : Value::Duration(sum);
}

Value AddToTime(const Value& time, std::int64_t nanos) {
  std::int64_t seconds = time.as_timestamp().seconds;
  std::int64_t rest = time.as_timestamp().nanos + nanos % kNanosPerSecond;
  if (__builtin_add_overflow(seconds, nanos / kNanosPerSecond, &seconds)) return IntOverflow();
  if (rest < 0) {
    rest += kNanosPerSecond;
    --seconds;
  } else if (rest >= kNanosPerSecond) {
    rest -= kNanosPerSecond;
    ++seconds;
  }
  if (seconds < kUnixMin || seconds > kUnixMax) return Value::Error("timestamp overflow");
  return Value::Timestamp({seconds, static_cast<std::int32_t>(rest)}, time.zone_minutes());
}

Value TimeDifference(WallTime a, WallTime b) {
  std::int64_t nanos;
  if (__builtin_mul_overflow(a.seconds - b.seconds, kNanosPerSecond, &nanos) ||
      __builtin_add_overflow(nanos, std::int64_t{a.nanos} - b.nanos, &nanos)) {
    return IntOverflow();
  }
  return Value::Duration(nanos);
}

int DepthOf(const List& list) {
  const auto* concat = dynamic_cast<const ConcatList*>(&list);
  return concat == nullptr ? 0 : concat->depth();
}

Value AddLists(const Value& a, const Value& b, Arena& arena) {
  const List& first = a.as_list();
  const List& second = b.as_list();
  if (first.style() != ListStyle::kAtomic) return StyledPlus(first, second, arena);
  if (first.size() == 0) return b;
  if (second.size() == 0) return a;
  if (first.size() + second.size() > ConcatList::kSizeMax) {
    return Value::Error("list is too long");
  }
  const int depth = std::max(DepthOf(first), DepthOf(second)) + 1;
  if (depth <= ConcatList::kDepthMax) {
    return Value::Of(static_cast<const List*>(arena.New<ConcatList>(first, second, depth)));
  }
  const auto size = static_cast<std::size_t>(first.size() + second.size());
  if (!arena.HasRoom(size * sizeof(Value))) return Value::Error("memory limit exceeded");
  const auto all = arena.NewArray<Value>(size);
  std::size_t count = 0;
  for (const List* part : {&first, &second}) {
    for (std::int64_t i = 0; i < part->size(); ++i) all[count++] = part->At(i, arena);
  }
  return ViewList(arena, all);
}

std::string_view Join(std::string_view a, std::string_view b, Arena& arena) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  char* text = static_cast<char*>(arena.Allocate(a.size() + b.size(), 1));
  a.copy(text, a.size());
  b.copy(text + a.size(), b.size());
  return {text, a.size() + b.size()};
}

Value AddText(const Value& a, const Value& b, Arena& arena) {
  const std::size_t size = a.as_text().size() + b.as_text().size();
  if (!arena.HasRoom(size)) return Value::Error("memory limit exceeded");
  const std::string_view joined = Join(a.as_text(), b.as_text(), arena);
  return a.kind() == Kind::kString ? Value::String(joined) : Value::Bytes(joined);
}

}  // namespace

Value Add(const Value& a, const Value& b, Arena& arena) {
  if (a.kind() == Kind::kTimestamp && b.kind() == Kind::kDuration) {
    return AddToTime(a, b.as_duration());
  }
  if (a.kind() == Kind::kDuration && b.kind() == Kind::kTimestamp) {
    return AddToTime(b, a.as_duration());
  }
  if (a.kind() != b.kind()) return NoSuchOverload();
  switch (a.kind()) {
    case Kind::kInt: {
      std::int64_t sum;
      return __builtin_add_overflow(a.as_int(), b.as_int(), &sum) ? IntOverflow() : Value::Int(sum);
    }
    case Kind::kUint: {
      std::uint64_t sum;
      return __builtin_add_overflow(a.as_uint(), b.as_uint(), &sum) ? UintOverflow()
                                                                    : Value::Uint(sum);
    }
    case Kind::kDouble:
      return Value::Double(a.as_double() + b.as_double());
    case Kind::kString:
    case Kind::kBytes:
      return AddText(a, b, arena);
    case Kind::kDuration:
      return AddDurations(a.as_duration(), b.as_duration());
    case Kind::kList:
      return AddLists(a, b, arena);
    default:
      return NoSuchOverload();
  }
}

Value Subtract(const Value& a, const Value& b) {
  if (a.kind() == Kind::kTimestamp && b.kind() == Kind::kDuration) {
    if (b.as_duration() == std::numeric_limits<std::int64_t>::min()) return IntOverflow();
    return AddToTime(a, -b.as_duration());
  }
  if (a.kind() != b.kind()) return NoSuchOverload();
  std::int64_t difference;
  switch (a.kind()) {
    case Kind::kInt:
      return __builtin_sub_overflow(a.as_int(), b.as_int(), &difference) ? IntOverflow()
                                                                         : Value::Int(difference);
    case Kind::kUint:
      return a.as_uint() < b.as_uint() ? UintOverflow() : Value::Uint(a.as_uint() - b.as_uint());
    case Kind::kDouble:
      return Value::Double(a.as_double() - b.as_double());
    case Kind::kDuration:
      return __builtin_sub_overflow(a.as_duration(), b.as_duration(), &difference)
                 ? IntOverflow()
                 : Value::Duration(difference);
    case Kind::kTimestamp:
      return TimeDifference(a.as_timestamp(), b.as_timestamp());
    default:
      return NoSuchOverload();
  }
}

Value Multiply(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return NoSuchOverload();
  if (a.kind() == Kind::kInt) {
    std::int64_t product;
    return __builtin_mul_overflow(a.as_int(), b.as_int(), &product) ? IntOverflow()
                                                                    : Value::Int(product);
  }
  if (a.kind() == Kind::kUint) {
    std::uint64_t product;
    return __builtin_mul_overflow(a.as_uint(), b.as_uint(), &product) ? UintOverflow()
                                                                      : Value::Uint(product);
  }
  if (a.kind() == Kind::kDouble) return Value::Double(a.as_double() * b.as_double());
  return NoSuchOverload();
}

Value Divide(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return NoSuchOverload();
  if (a.kind() == Kind::kInt) {
    if (b.as_int() == 0) return Value::Error("division by zero");
    if (b.as_int() == -1) return Negate(a);
    return Value::Int(a.as_int() / b.as_int());
  }
  if (a.kind() == Kind::kUint) {
    if (b.as_uint() == 0) return Value::Error("division by zero");
    return Value::Uint(a.as_uint() / b.as_uint());
  }
  if (a.kind() == Kind::kDouble) return Value::Double(a.as_double() / b.as_double());
  return NoSuchOverload();
}

Value Modulo(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return NoSuchOverload();
  if (a.kind() == Kind::kInt) {
    if (b.as_int() == 0) return Value::Error("modulus by zero");
    if (b.as_int() == -1) {
      const bool overflows = a.as_int() == std::numeric_limits<std::int64_t>::min();
      return overflows ? IntOverflow() : Value::Int(0);
    }
    return Value::Int(a.as_int() % b.as_int());
  }
  if (a.kind() == Kind::kUint) {
    if (b.as_uint() == 0) return Value::Error("modulus by zero");
    return Value::Uint(a.as_uint() % b.as_uint());
  }
  return NoSuchOverload();
}

Value Negate(const Value& value) {
  if (value.kind() == Kind::kInt) {
    if (value.as_int() == std::numeric_limits<std::int64_t>::min()) return IntOverflow();
    return Value::Int(-value.as_int());
  }
  if (value.kind() == Kind::kDouble) return Value::Double(-value.as_double());
  if (value.kind() == Kind::kDuration) {
    if (value.as_duration() == std::numeric_limits<std::int64_t>::min()) return IntOverflow();
    return Value::Duration(-value.as_duration());
  }
  return NoSuchOverload(value);
}

}  // namespace apiserver::cel
