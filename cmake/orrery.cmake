# How this project makes its targets: one function per kind of target, so that every folder reads alike.

# One precompiled header for all libraries (REUSE_FROM needs equal flags, which the presets guarantee).
function(orrery_precompiled_header)
  file(WRITE ${CMAKE_BINARY_DIR}/orrery_pch.cc "// Only carries the precompiled header.\n")
  add_library(orrery_pch OBJECT ${CMAKE_BINARY_DIR}/orrery_pch.cc)
  target_precompile_headers(orrery_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
endfunction()

# orrery_library(NAME SOURCES a.cc b.cc LINKS other...): a static library. LINKS are the permitted arrows.
function(orrery_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS})
  target_precompile_headers(${name} REUSE_FROM orrery_pch)
endfunction()

# orrery_test(NAME SOURCES a_test.cc LINKS lib...): a GoogleTest program, run by ctest as one test.
function(orrery_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gtest GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM orrery_pch)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()

# orrery_bench(NAME SOURCES a_bench.cc LINKS lib...): a Google Benchmark program, run by ./dev bench.
function(orrery_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} benchmark::benchmark benchmark::benchmark_main)
  target_precompile_headers(${name} REUSE_FROM orrery_pch)
endfunction()

# orrery_fuzz(NAME SOURCES a_fuzz.cc LINKS lib...): a libFuzzer target under the fuzz preset (clang). Its corpus
# is tests/fuzz/corpus/NAME; `fuzz_targets` builds all. Links only coroutine-free libraries.
function(orrery_fuzz name)
  if(NOT ORRERY_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  if(NOT TARGET fuzz_targets)
    add_custom_target(fuzz_targets)
  endif()
  add_dependencies(fuzz_targets ${name})
  target_precompile_headers(${name} REUSE_FROM orrery_pch)
endfunction()

# orrery_embed(OUTPUT_VARIABLE FUNCTION f NAMESPACE n HEADER h FILES a.json...): makes a source file that lists the
# files with their text, so that the binary needs none of them.
function(orrery_embed variable)
  cmake_parse_arguments(ARG "" "FUNCTION;NAMESPACE;HEADER" "FILES" ${ARGN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${ARG_FUNCTION}.cc)
  list(TRANSFORM ARG_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  string(REPLACE ";" "|" files "${ARG_FILES}")
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${ARG_FUNCTION} -DNAMESPACE=${ARG_NAMESPACE}
            -DHEADER=${ARG_HEADER} "-DFILES=${files}" -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARG_FILES} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()
