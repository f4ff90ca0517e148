// How a library's functions are found: one row each, by overload id.
//
// A row's function is called with as many arguments as its overload declares, of the kinds that it
// declares; the interpreter checks them. A row whose id is a function's name stands for all
// overloads of it and decides by the kinds itself. Errors are returned as error values. Threads: no
// state.
#pragma once

#include <span>
#include <string_view>

#include "apiserver/cel/containers.h"

namespace apiserver::cel {

using FunctionBody = Value (*)(Arena& arena, const Value* arguments);

struct Implementation {
  std::string_view id;
  FunctionBody run;
  // Of a function's row: a bit per Kind that the first argument may have.
  std::uint32_t first_kinds = ~0u;
};

constexpr std::uint32_t KindBits(std::initializer_list<Kind> kinds) {
  std::uint32_t bits = 0;
  for (const Kind kind : kinds) bits |= 1u << static_cast<int>(kind);
  return bits;
}

// nullptr: nobody implements it.
const Implementation* FindImplementation(std::string_view id);

// One per library.
std::span<const Implementation> OperatorImplementations();
std::span<const Implementation> ConversionImplementations();
std::span<const Implementation> StringImplementations();
std::span<const Implementation> ExtendedStringImplementations();
std::span<const Implementation> TimeImplementations();
std::span<const Implementation> ListImplementations();
std::span<const Implementation> SortImplementations();
std::span<const Implementation> SetImplementations();
std::span<const Implementation> OptionalImplementations();
std::span<const Implementation> RegexImplementations();
std::span<const Implementation> UrlImplementations();
std::span<const Implementation> AddressImplementations();
std::span<const Implementation> QuantityImplementations();
std::span<const Implementation> SemverImplementations();
std::span<const Implementation> FormatImplementations();
std::span<const Implementation> AuthorizerImplementations();

}  // namespace apiserver::cel
