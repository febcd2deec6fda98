# Language, warnings and hardening, for our own code only: ds_flags is linked by ds_library and
# ds_program, never by generated code.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# Assertions stay on in every build: they guard people's words, and cost little.
foreach(kind RELEASE RELWITHDEBINFO MINSIZEREL)
  foreach(language C CXX)
    string(REPLACE "-DNDEBUG" "" CMAKE_${language}_FLAGS_${kind} "${CMAKE_${language}_FLAGS_${kind}}")
  endforeach()
endforeach()

add_library(ds_flags INTERFACE)
target_compile_options(ds_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
target_include_directories(ds_flags INTERFACE ${CMAKE_SOURCE_DIR})
# What hardening the presets cannot say: this flag exists on one processor only.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(ds_flags INTERFACE $<$<CONFIG:Release>:-fcf-protection>)
endif()
