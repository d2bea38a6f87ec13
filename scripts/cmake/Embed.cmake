# SPDX-License-Identifier: GPL-2.0-or-later
# embed_text(TARGET FILE NAME): `const char NAME[]` is the text of a file, with a zero byte at its end. The source is written
# when the build is configured, which happens again when the file changes.
function(embed_text target file name)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  file(CONFIGURE OUTPUT ${source} CONTENT "extern const char ${name}[];\nconst char ${name}[] = {\n${bytes}0};\n" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
