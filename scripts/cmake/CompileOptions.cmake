# SPDX-License-Identifier: GPL-2.0-or-later
# The options that every target of the project has.

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE c_std_11)
set(CMAKE_C_EXTENSIONS ON)
target_compile_definitions(project_options INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith
  -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2
  -fno-strict-aliasing)
# Sizes have 64 bits, also where memory has less: what does not fit is refused when a file is opened.
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  target_compile_options(project_options INTERFACE -Wno-conversion)
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(project_options INTERFACE -Wlogical-op -Wduplicated-cond)
endif()
# Binaries do not depend on where they were built: __FILE__, debug information. Counters have to find their source again.
if(NOT COVERAGE)
  target_compile_options(project_options INTERFACE
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=./build)
endif()
if(WARNINGS_AS_ERRORS)
  target_compile_options(project_options INTERFACE -Werror)
endif()
if(COVERAGE)
  # Threads count together. Counters are written at the end, beside the objects, where a sandbox would not let them be.
  target_compile_definitions(project_options INTERFACE COUNTS_COVERAGE)
  target_compile_options(project_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(project_options INTERFACE --coverage)
endif()
if(FUZZ)
  target_compile_options(project_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=address,undefined)
elseif(SANITIZE STREQUAL "thread")
  target_compile_options(project_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=thread)
elseif(SANITIZE)
  target_compile_options(project_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(project_options INTERFACE -fsanitize=address,undefined)
elseif(HARDENING)
  include(CheckCCompilerFlag)
  include(CheckLinkerFlag)
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection)
    string(MAKE_C_IDENTIFIER "HAVE${flag}" have)
    check_c_compiler_flag(${flag} ${have})
    if(${have})
      target_compile_options(project_options INTERFACE ${flag})
    endif()
  endforeach()
  # Without optimization there is nothing to check it with, and a warning.
  target_compile_options(project_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
  check_linker_flag(C -Wl,-z,relro,-z,now HAVE_RELRO_NOW)
  if(HAVE_RELRO_NOW)
    target_link_options(project_options INTERFACE -Wl,-z,relro,-z,now)
  endif()
endif()
