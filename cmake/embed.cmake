# Run as a script: writes OUTPUT, a C++ file with FUNCTION() in NAMESPACE, which lists the FILES ("|" between them) by
# name with their text. HEADER declares EmbeddedFile and the function.
string(REPLACE "|" ";" FILES "${FILES}")
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  # A raw string literal holds at most 64 KiB.
  string(APPEND rows "    {\"${name}\", R\"__embed__(${text})__embed__\"},\n")
endforeach()
list(LENGTH FILES count)
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

#include <array>

namespace ${NAMESPACE} {
namespace {
constexpr std::array<EmbeddedFile, ${count}> kFiles{{
${rows}}};
}  // namespace

std::span<const EmbeddedFile> ${FUNCTION}() { return kFiles; }

}  // namespace ${NAMESPACE}
")
