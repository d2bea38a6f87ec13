# SPDX-License-Identifier: GPL-2.0-or-later
# Every library, found through pkg-config; what is missing is named at once, with the packages that bring it.

find_package(PkgConfig)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "pkg-config is missing. Debian, Ubuntu: apt-get install pkg-config")
endif()
find_package(Threads REQUIRED)

set(missing)
function(need target module version debian fedora)
  pkg_check_modules(${target} IMPORTED_TARGET GLOBAL QUIET "${module}>=${version}")
  if(NOT ${target}_FOUND)
    list(APPEND missing "  ${module} >= ${version}   Debian, Ubuntu: ${debian}   Fedora: ${fedora}")
    set(missing "${missing}" PARENT_SCOPE)
  endif()
endfunction()

need(ELF libelf 0.180 libelf-dev elfutils-libelf-devel)
need(CRYPTO libcrypto 3.0 libssl-dev openssl-devel)
need(JSON json-c 0.15 libjson-c-dev json-c-devel)
need(INIH inih 50 libinih-dev inih-devel)
need(ZLIB zlib 1.2.11 zlib1g-dev zlib-devel)
need(LZMA liblzma 5.2 liblzma-dev xz-devel)
need(ZSTD libzstd 1.4 libzstd-dev libzstd-devel)
need(ARCHIVE libarchive 3.6 libarchive-dev libarchive-devel)
need(LZ4 liblz4 1.9 liblz4-dev lz4-devel)
# Not every system has a .pc file for it.
find_package(BZip2)
if(NOT BZIP2_FOUND)
  list(APPEND missing "  bzip2 >= 1.0.6   Debian, Ubuntu: libbz2-dev   Fedora: bzip2-devel")
endif()
# Lines of source, for "explain": without it there are functions only.
pkg_check_modules(DW IMPORTED_TARGET GLOBAL QUIET "libdw>=0.176")
# Its licence is the GPL, so that the tool alone links it: kernels compressed with it are refused where it is missing, and by
# the library.
pkg_check_modules(LZO IMPORTED_TARGET GLOBAL QUIET "lzo2>=2.08")
if(BUILD_TESTS)
  need(CMOCKA cmocka 1.1.5 libcmocka-dev libcmocka-devel)
endif()

# Optional, and without a pkg-config file: SHA-256 of several messages at once.
option(WITH_IPSEC_MB "Use libipsec-mb where it is installed" ON)
find_library(IPSEC_MB_LIBRARY IPSec_MB)
find_path(IPSEC_MB_HEADERS intel-ipsec-mb.h)
add_library(ipsec_mb INTERFACE)
if(WITH_IPSEC_MB AND IPSEC_MB_LIBRARY AND IPSEC_MB_HEADERS)
  target_compile_definitions(ipsec_mb INTERFACE HAVE_IPSEC_MB)
  target_include_directories(ipsec_mb SYSTEM INTERFACE ${IPSEC_MB_HEADERS})
  target_link_libraries(ipsec_mb INTERFACE ${IPSEC_MB_LIBRARY})
  set(IPSEC_MB_PRIVATE -lIPSec_MB)
endif()

if(missing)
  list(JOIN missing "\n" text)
  message(FATAL_ERROR "These libraries are missing or too old:\n${text}\nscripts/test and scripts/demo install them.")
endif()
