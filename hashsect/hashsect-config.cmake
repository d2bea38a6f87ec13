# SPDX-License-Identifier: LGPL-2.1-or-later
# find_package(hashsect): hashsect::hashsect and hashsect::elfsect, as the pkg-config files beside this one describe them.
include(CMakeFindDependencyMacro)
find_dependency(PkgConfig)

set(hashsect_saved_path "$ENV{PKG_CONFIG_PATH}")
set(ENV{PKG_CONFIG_PATH} "${CMAKE_CURRENT_LIST_DIR}/../../pkgconfig:$ENV{PKG_CONFIG_PATH}")
foreach(hashsect_module elfsect hashsect)
  pkg_check_modules(HASHSECT_PC_${hashsect_module} REQUIRED QUIET IMPORTED_TARGET ${hashsect_module})
  if(NOT TARGET hashsect::${hashsect_module})
    add_library(hashsect::${hashsect_module} ALIAS PkgConfig::HASHSECT_PC_${hashsect_module})
  endif()
endforeach()
set(ENV{PKG_CONFIG_PATH} "${hashsect_saved_path}")
