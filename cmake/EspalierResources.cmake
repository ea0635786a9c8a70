# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# espalier_embed(floor name...): compiles text files of resources/ into a floor, as
# `std::string_view resourceText(std::string_view name)` of core/<floor>/resource_text.h.
function(espalier_embed floor)
  set(ESPALIER_RESOURCE_CASES "")
  foreach(name IN LISTS ARGN)
    set(path ${CMAKE_SOURCE_DIR}/resources/${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    string(APPEND ESPALIER_RESOURCE_CASES
      "  if (name == \"${name}\") return R\"espalier(${text})espalier\";\n")
  endforeach()
  set(ESPALIER_RESOURCE_FLOOR ${floor})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${floor}_resource_text.cpp)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/resource_text.cpp.in ${source} @ONLY)
  target_sources(espalier_${floor} PRIVATE ${source})
endfunction()
