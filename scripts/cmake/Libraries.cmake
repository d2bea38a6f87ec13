# SPDX-License-Identifier: GPL-2.0-or-later
# How the two libraries are put together.

include(CheckLinkerFlag)
check_linker_flag(C -Wl,--no-undefined-version LINKER_KNOWS_NO_UNDEFINED_VERSION)

# export_only(TARGET MAP): a shared library exports what its version script names, and has all of that.
function(export_only target map)
  target_link_options(${target} PRIVATE "LINKER:--version-script=${map}")
  if(LINKER_KNOWS_NO_UNDEFINED_VERSION)
    target_link_options(${target} PRIVATE LINKER:--no-undefined-version)
  endif()
  if(NOT SANITIZE AND NOT FUZZ)
    # What a library lacks is found when it is linked. The sanitizers' functions come with the program.
    target_link_options(${target} PRIVATE LINKER:-z,defs)
  endif()
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${map})
endfunction()

check_linker_flag(C -Wl,--force-group-allocation LINKER_KNOWS_FORCE_GROUP_ALLOCATION)

# add_closed_library(TARGET OBJECTS...): a static library of one member, in which the object libraries are linked already and
# what they hide is local. So a program may have functions of its own with the names of ours, and both libraries their base.
function(add_closed_library target)
  set(member ${CMAKE_CURRENT_BINARY_DIR}/${target}${CMAKE_C_OUTPUT_EXTENSION})
  set(objects)
  foreach(library ${ARGN})
    list(APPEND objects $<TARGET_OBJECTS:${library}>)
  endforeach()
  separate_arguments(flags UNIX_COMMAND "${CMAKE_C_FLAGS}")
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND flags -flinker-output=nolto-rel) # with -flto: machine code, in which names can be made local
  endif()
  if(LINKER_KNOWS_FORCE_GROUP_ALLOCATION)
    list(APPEND flags -Wl,--force-group-allocation) # a group that is known by a local name could be dropped for another
  endif()
  add_custom_command(OUTPUT ${member}
    COMMAND ${CMAKE_C_COMPILER} ${flags} -nostdlib -r -o ${member} ${objects}
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${member}
    DEPENDS ${objects} COMMAND_EXPAND_LISTS VERBATIM
    COMMENT "Linking C object ${target}${CMAKE_C_OUTPUT_EXTENSION}")
  set_source_files_properties(${member} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  add_library(${target} STATIC ${member})
  add_dependencies(${target} ${ARGN}) # make(1) must be told that the objects are those targets' products
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
endfunction()

# public_headers(TARGET HEADER...): what is installed with a library, and tested against what it exports.
function(public_headers target)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set_target_properties(${target} PROPERTIES PUBLIC_HEADER "${ARGN}")
endfunction()

# install_pkgconfig(NAME): NAME.pc from NAME.pc.in. The prefix is known when it is installed (cmake --install --prefix), and
# folders may be absolute: cmake_path(APPEND) takes those as they are.
function(install_pkgconfig name)
  set(prefix "@CMAKE_INSTALL_PREFIX@")
  foreach(folder libdir includedir)
    string(TOUPPER ${folder} FOLDER)
    set(${folder} "\${prefix}")
    cmake_path(APPEND ${folder} "${CMAKE_INSTALL_${FOLDER}}")
  endforeach()
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc)
  configure_file(${name}.pc.in ${file}.in @ONLY)
  configure_file(${file}.in ${file} @ONLY)
  install(CODE "configure_file(\"${file}.in\" \"${file}\" @ONLY)" COMPONENT pkgconfig)
  install(FILES ${file} DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT pkgconfig)
endfunction()
