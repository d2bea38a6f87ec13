# SPDX-License-Identifier: GPL-2.0-or-later
# nix-build scripts/packaging/nix: tools, libraries, headers and man pages, as outputs of their own.
{ pkgs ? import <nixpkgs> { } }:

let
  inherit (pkgs) lib;
  # The folders that are built from: what else lies there, such as build/, does not change the result.
  wanted = [ "CMakeLists.txt" "COPYING" "COPYING.LESSER" "README.md" "elfsect" "hashsect" "samples" "scripts" "tests" ];
  root = ../../..;
  top = path: builtins.head (lib.splitString "/" (lib.removePrefix (toString root + "/") path));
in
pkgs.stdenv.mkDerivation {
  pname = "hashsect";
  version = "1.0.0-rc1";
  src = builtins.path {
    path = root;
    name = "hashsect-source";
    filter = path: type: builtins.elem (top path) wanted && baseNameOf path != "__pycache__";
  };
  outputs = [ "out" "lib" "dev" "man" ];
  strictDeps = true;

  nativeBuildInputs = [ pkgs.cmake pkgs.pkg-config pkgs.python3 ];
  buildInputs = [ pkgs.bzip2 pkgs.elfutils pkgs.inih pkgs.json-c pkgs.libarchive pkgs.lz4 pkgs.lzo pkgs.openssl pkgs.xz pkgs.zlib pkgs.zstd ];
  nativeCheckInputs = [ pkgs.openssl pkgs.strace ];
  checkInputs = [ pkgs.cmocka ];

  cmakeFlags = [ "-DWITH_IPSEC_MB=OFF" ];
  postPatch = "patchShebangs scripts tests";
  doCheck = true;
  checkPhase = ''
    runHook preCheck
    ctest --label-regex '^quick$' --parallel "$NIX_BUILD_CORES" --output-on-failure --no-tests=error
    runHook postCheck
  '';

  meta = {
    description = "Sign a Linux kernel and keep it reproducible";
    license = [ lib.licenses.gpl2Plus lib.licenses.lgpl21Plus ];
    platforms = lib.platforms.linux;
    mainProgram = "hashsect";
  };
}
