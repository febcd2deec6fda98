# ds_library(FOLDER SOURCES … HEADERS … DEPS folders… LIBS targets…): one static library a folder,
# named after it (client-core/sync is ds_client_core_sync). DEPS is the folder's row of the include
# table in ARCHITECTURE.md. No globbing: a file joins by a line that a reviewer sees.
function(ds_target_name folder out)
  string(REGEX REPLACE "[/-]" "_" name ${folder})
  set(${out} ds_${name} PARENT_SCOPE)
endfunction()

function(ds_link target)
  foreach(folder ${ARGN})
    ds_target_name(${folder} dependency)
    target_link_libraries(${target} PUBLIC ${dependency})
  endforeach()
endfunction()

function(ds_library folder)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;DEPS;LIBS" ${ARGN})
  ds_target_name(${folder} target)
  add_library(${target} STATIC ${arg_SOURCES})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${arg_HEADERS})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  target_link_libraries(${target} PUBLIC ds_flags ${arg_LIBS})
  ds_link(${target} ${arg_DEPS})
endfunction()

# ds_program(NAME SOURCES … DEPS folders… LIBS targets…): lands in build/<preset>/bin.
function(ds_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ds_flags ${arg_LIBS})
  ds_link(${name} ${arg_DEPS})
endfunction()

# ds_test(NAME SOURCES … DEPS … LIBS … [LABELS …] [TIMEOUT seconds]): a Catch2 program whose cases
# ctest knows one by one. Found when tests run, not when they are built: a sanitizer or another
# processor may refuse. Labels: `grpc` stays out of tsan, `long` out of scripts/test without --long.
function(ds_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LIBS;LABELS" ${ARGN})
  ds_program(${name} SOURCES ${arg_SOURCES} DEPS ${arg_DEPS} LIBS ${arg_LIBS} Catch2::Catch2WithMain)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(properties TIMEOUT ${arg_TIMEOUT})
  if(arg_LABELS)  # an empty value would swallow the property after it
    list(JOIN arg_LABELS "," labels)  # Catch2's script keeps only the first of a list
    list(APPEND properties LABELS ${labels})
  endif()
  catch_discover_tests(${name} DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}: "
                       PROPERTIES ${properties})
endfunction()
