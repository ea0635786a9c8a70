# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# One interface target, espalier_flags, that every target of ours links.
add_library(espalier_flags INTERFACE)
target_compile_options(espalier_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wswitch)
if(ESPALIER_WERROR)
  target_compile_options(espalier_flags INTERFACE -Werror)
endif()
foreach(sanitizer IN LISTS ESPALIER_SANITIZE)
  target_compile_options(espalier_flags INTERFACE -fsanitize=${sanitizer} -fno-omit-frame-pointer)
  target_link_options(espalier_flags INTERFACE -fsanitize=${sanitizer})
endforeach()
if(ESPALIER_FUZZ)
  target_compile_options(espalier_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
