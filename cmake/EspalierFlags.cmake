# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# One interface target, espalier_flags, that every target of ours links.
add_library(espalier_flags INTERFACE)
target_compile_options(espalier_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wswitch)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105651: false alarms inside std::string once it is inlined.
  target_compile_options(espalier_flags INTERFACE -Wno-restrict)
endif()
if(ESPALIER_WERROR)
  target_compile_options(espalier_flags INTERFACE -Werror)
endif()
foreach(sanitizer IN LISTS ESPALIER_SANITIZE)
  target_compile_options(espalier_flags INTERFACE -fsanitize=${sanitizer} -fno-omit-frame-pointer)
  target_link_options(espalier_flags INTERFACE -fsanitize=${sanitizer})
endforeach()
if("undefined" IN_LIST ESPALIER_SANITIZE)
  target_compile_options(espalier_flags INTERFACE -fno-sanitize-recover=undefined)
endif()
if(ESPALIER_FUZZ)
  target_compile_options(espalier_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
