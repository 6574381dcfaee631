# plenary_library(name SRCS a.cpp … DEPS plenary::base … [TESTS a_test.cpp …] [BENCHES a_bench.cpp …])
#
# One static library `plenary_<name>` (alias plenary::<name>) per folder, and beside it the unit tests
# `<name>_test` (registered with CTest) and the benchmarks `<name>_bench`. Source lists are explicit.
function(plenary_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS;TESTS;TEST_DEPS;BENCHES" ${ARGN})
  add_library(plenary_${name} STATIC ${ARG_SRCS})
  add_library(plenary::${name} ALIAS plenary_${name})
  target_include_directories(plenary_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(plenary_${name} PUBLIC ${ARG_DEPS})
  if(PLENARY_TESTS AND ARG_TESTS)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE plenary_${name} ${ARG_TEST_DEPS} GTest::gtest GTest::gmock GTest::gtest_main rapidcheck)
    # rapidcheck's gtest glue is header-only
    add_test(NAME ${name}_test COMMAND ${name}_test)
  endif()
  if(PLENARY_TESTS AND ARG_BENCHES)
    add_executable(${name}_bench ${ARG_BENCHES})
    target_link_libraries(${name}_bench PRIVATE plenary_${name} benchmark::benchmark benchmark::benchmark_main)
  endif()
endfunction()
