#include "sim/host/virtual_process/vdso_code.h"

#include <elf.h>

#include <cstring>

#include "sim/host/virtual_process/clock_page.h"

// The clocks of the mask 0x8f3: REALTIME 0, MONOTONIC 1, RAW 4, the coarse ones 5 and 6, BOOTTIME
// 7, TAI 11; those of 0x821 are real time. 0x6ffff0000000 is kClockPageAddress.
asm(R"(
  .pushsection .rodata
  .balign 16
  .globl orrery_clock_code
  .hidden orrery_clock_code
orrery_clock_code:
orrery_code_gettime:
  cmp $11, %edi
  ja 2f
  mov $0x8f3, %eax
  bt %edi, %eax
  jnc 2f
  movabs $0x6ffff0000000, %r8
  decl 16(%r8)
  js 2f
  mov $1, %eax
  lock xadd %rax, (%r8)
  inc %rax
  mov $0x821, %ecx
  bt %edi, %ecx
  jnc 1f
  add 8(%r8), %rax
1:
  xor %edx, %edx
  mov $1000000000, %ecx
  div %rcx
  mov %rax, (%rsi)
  mov %rdx, 8(%rsi)
  xor %eax, %eax
  ret
2:
  mov $228, %eax
  syscall
  ret
  .balign 16
orrery_code_gettimeofday:
  test %rsi, %rsi
  jz 4f
  movq $0, (%rsi)
4:
  test %rdi, %rdi
  jz 3f
  movabs $0x6ffff0000000, %r8
  decl 16(%r8)
  js 8f
  mov $1, %eax
  lock xadd %rax, (%r8)
  inc %rax
  add 8(%r8), %rax
  xor %edx, %edx
  mov $1000000000, %ecx
  div %rcx
  mov %rax, (%rdi)
  mov %rdx, %rax
  xor %edx, %edx
  mov $1000, %ecx
  div %rcx
  mov %rax, 8(%rdi)
3:
  xor %eax, %eax
  ret
8:
  mov $96, %eax
  syscall
  ret
  .balign 16
orrery_code_time:
  movabs $0x6ffff0000000, %r8
  decl 16(%r8)
  js 9f
  mov $1, %eax
  lock xadd %rax, (%r8)
  inc %rax
  add 8(%r8), %rax
  xor %edx, %edx
  mov $1000000000, %ecx
  div %rcx
  test %rdi, %rdi
  jz 5f
  mov %rax, (%rdi)
5:
  ret
9:
  mov $201, %eax
  syscall
  ret
  .balign 16
orrery_code_getcpu:
  test %rdi, %rdi
  jz 6f
  movl $0, (%rdi)
6:
  test %rsi, %rsi
  jz 7f
  movl $0, (%rsi)
7:
  xor %eax, %eax
  ret
  .balign 16
orrery_code_getres:
  mov $229, %eax
  syscall
  ret
  .balign 16
orrery_code_refuse:
  mov $-38, %rax
  ret
orrery_clock_code_end:
  .popsection
)");

extern "C" {
extern const std::uint8_t orrery_clock_code[] asm("orrery_clock_code");
extern const std::uint8_t orrery_clock_code_end[] asm("orrery_clock_code_end");
extern const std::uint8_t orrery_code_gettime[] asm("orrery_code_gettime");
extern const std::uint8_t orrery_code_gettimeofday[] asm("orrery_code_gettimeofday");
extern const std::uint8_t orrery_code_time[] asm("orrery_code_time");
extern const std::uint8_t orrery_code_getcpu[] asm("orrery_code_getcpu");
extern const std::uint8_t orrery_code_getres[] asm("orrery_code_getres");
extern const std::uint8_t orrery_code_refuse[] asm("orrery_code_refuse");
}

namespace sim::virtual_process {
namespace {

constexpr std::size_t kSymbolsMax = 256;

template <class T>
bool ReadAt(std::span<const std::uint8_t> image, std::uint64_t offset, T& out) {
  if (offset > image.size() || image.size() - offset < sizeof(T)) return false;
  std::memcpy(&out, image.data() + offset, sizeof(T));
  return true;
}

std::string_view TextAt(std::span<const std::uint8_t> image, std::uint64_t offset) {
  if (offset >= image.size()) return {};
  const auto* begin = reinterpret_cast<const char*>(image.data() + offset);
  return {begin, strnlen(begin, image.size() - offset)};
}

// mov $address, %r11; jmp *%r11
std::vector<std::uint8_t> JumpTo(std::uint64_t address) {
  std::vector<std::uint8_t> bytes = {0x49, 0xbb};
  for (int shift = 0; shift < 64; shift += 8) {
    bytes.push_back(static_cast<std::uint8_t>(address >> shift));
  }
  for (const std::uint8_t byte : {0x41, 0xff, 0xe3}) bytes.push_back(byte);
  return bytes;
}

struct SymbolTable {
  Elf64_Shdr symbols{};
  Elf64_Shdr names{};
};

std::optional<SymbolTable> FindSymbols(std::span<const std::uint8_t> image) {
  Elf64_Ehdr header;
  if (!ReadAt(image, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return {};
  for (int index = 0; index < header.e_shnum; ++index) {
    SymbolTable table;
    const auto offset = header.e_shoff + static_cast<std::uint64_t>(index) * sizeof(Elf64_Shdr);
    if (!ReadAt(image, offset, table.symbols)) return {};
    if (table.symbols.sh_type != SHT_DYNSYM) continue;
    const auto names = header.e_shoff + table.symbols.sh_link * sizeof(Elf64_Shdr);
    if (!ReadAt(image, names, table.names)) return {};
    return table;
  }
  return {};
}

}  // namespace

std::span<const std::uint8_t> ClockCode() { return {orrery_clock_code, orrery_clock_code_end}; }

std::uint64_t ClockCodeEntry(std::string_view vdso_function) {
  if (vdso_function.starts_with("__vdso_")) vdso_function.remove_prefix(7);
  const std::uint8_t* entry = orrery_code_refuse;
  if (vdso_function == "clock_gettime") entry = orrery_code_gettime;
  if (vdso_function == "gettimeofday") entry = orrery_code_gettimeofday;
  if (vdso_function == "time") entry = orrery_code_time;
  if (vdso_function == "getcpu") entry = orrery_code_getcpu;
  if (vdso_function == "clock_getres") entry = orrery_code_getres;
  return static_cast<std::uint64_t>(entry - orrery_clock_code);
}

std::vector<VdsoPatch> PlanVdsoPatches(std::span<const std::uint8_t> image) {
  const auto table = FindSymbols(image);
  if (!table) return {};
  std::vector<VdsoPatch> patches;
  const std::uint64_t count = table->symbols.sh_size / sizeof(Elf64_Sym);
  for (std::uint64_t index = 0; index < std::min<std::uint64_t>(count, kSymbolsMax); ++index) {
    Elf64_Sym symbol;
    if (!ReadAt(image, table->symbols.sh_offset + index * sizeof symbol, symbol)) return {};
    const bool is_function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_value != 0;
    if (!is_function || symbol.st_value >= image.size()) continue;
    const std::string_view name = TextAt(image, table->names.sh_offset + symbol.st_name);
    patches.push_back({symbol.st_value, JumpTo(kClockCodeAddress + ClockCodeEntry(name))});
  }
  return patches;
}

}  // namespace sim::virtual_process
