# SPDX-License-Identifier: GPL-2.0-or-later
# install_manual(): the pages in the folder man/, each where its section is: NAME.3 in man3.
function(install_manual)
  foreach(section 1 3 5 7)
    file(GLOB pages CONFIGURE_DEPENDS man/*.${section})
    if(pages)
      install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
    endif()
  endforeach()
endfunction()
