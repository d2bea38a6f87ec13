# SPDX-License-Identifier: GPL-2.0-or-later
# embed_text(TARGET FILE NAME): `const char NAME[]` is the text of a file, with a zero byte at its end.
# As a script (cmake -DIN=FILE -DOUT=FILE.c -DNAME=NAME -P Embed.cmake) it writes the source that has it.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${IN} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  file(WRITE ${OUT} "extern const char ${NAME}[];\nconst char ${NAME}[] = {\n${bytes}0};\n")
  return()
endif()

set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(embed_text target file name)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  add_custom_command(OUTPUT ${out} DEPENDS ${file} ${EMBED_SCRIPT} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DIN=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DOUT=${out} -DNAME=${name} -P ${EMBED_SCRIPT})
  target_sources(${target} PRIVATE ${out})
endfunction()
