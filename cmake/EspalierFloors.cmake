# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
# A floor is a folder of core/ that may include only the floors named in BELOW.
# The compiler proves it: every floor is reachable only through a link of its own,
# build/floors/<name>/<name> -> core/<name>, and a floor's include path holds its own
# link and those of the floors below it, nothing else.
# A path like "../program/program.h" would go around that; tests/walls looks for those.
set(ESPALIER_FLOOR_ROOT ${CMAKE_BINARY_DIR}/floors)

function(espalier_floor name)
  cmake_parse_arguments(FLOOR "" "" "BELOW;LINK" ${ARGN})
  set(link_directory ${ESPALIER_FLOOR_ROOT}/${name})
  file(MAKE_DIRECTORY ${link_directory})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${name} ${link_directory}/${name} SYMBOLIC)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.h)
  if(NOT sources)
    add_library(espalier_${name} INTERFACE)
    target_include_directories(espalier_${name} INTERFACE ${link_directory})
    set(scope INTERFACE)
  else()
    add_library(espalier_${name} STATIC ${sources} ${headers})
    target_include_directories(espalier_${name} PUBLIC ${link_directory})
    target_link_libraries(espalier_${name} PRIVATE espalier_flags)
    set(scope PUBLIC)
    set_property(GLOBAL APPEND PROPERTY ESPALIER_FLOOR_OBJECTS $<TARGET_OBJECTS:espalier_${name}>)
  endif()
  foreach(lower IN LISTS FLOOR_BELOW)
    target_link_libraries(espalier_${name} ${scope} espalier_${lower})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY ESPALIER_FLOORS ${name})
  set_property(GLOBAL PROPERTY ESPALIER_BELOW_${name} ${FLOOR_BELOW})
  if(FLOOR_LINK)
    target_link_libraries(espalier_${name} ${scope} ${FLOOR_LINK})
  endif()
endfunction()
