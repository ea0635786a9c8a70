# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# What software centres show. They load pictures from the web alone, so whoever publishes the program says where
# resources/screenshots can be read; without that the metainfo has none.
set(ESPALIER_PICTURES_URL "" CACHE STRING "https address under which resources/screenshots is published")

function(espalier_metainfo template output)
  set(screenshots "")
  if(ESPALIER_PICTURES_URL)
    if(NOT ESPALIER_PICTURES_URL MATCHES "^https://")
      message(FATAL_ERROR "ESPALIER_PICTURES_URL has to begin with https://; it is ${ESPALIER_PICTURES_URL}")
    endif()
    string(APPEND screenshots "  <screenshots>\n")
    set(kind " type=\"default\"")
    set(names window-dark window-light window-effort)
    set(captions
      "The tree, the best program, and why it was proposed"
      "What a step changed, the timeline, the measurements"
      "Where the effort went, and why the search came to a node")
    foreach(name caption IN ZIP_LISTS names captions)
      string(APPEND screenshots "    <screenshot${kind}>\n      <caption>${caption}</caption>\n"
        "      <image>${ESPALIER_PICTURES_URL}/${name}.png</image>\n    </screenshot>\n")
      set(kind "")
    endforeach()
    string(APPEND screenshots "  </screenshots>\n")
  endif()
  configure_file("${template}" "${output}" @ONLY)
endfunction()
