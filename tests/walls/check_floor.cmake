# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
cmake_minimum_required(VERSION 3.25)
set(options)
foreach(directory IN LISTS INCLUDES)
  list(APPEND options -I${directory})
endforeach()

# found(RESULT header): whether `#include "header"` compiles with the floor's include path.
function(found result header)
  execute_process(COMMAND ${COMPILER} -std=c++20 -x c++ -E -o /dev/null ${options} -include ${header} /dev/null
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE text)
  if(status EQUAL 0)
    set(${result} TRUE PARENT_SCOPE)
  elseif(text MATCHES "No such file|file not found")
    set(${result} FALSE PARENT_SCOPE)
  else()
    message(FATAL_ERROR "the preprocessor failed for another reason than a missing file:\n${text}")
  endif()
endfunction()

set(forbidden 0)
foreach(other IN LISTS FLOORS)
  file(GLOB headers RELATIVE ${CORE} ${CORE}/${other}/*.h)
  foreach(header IN LISTS headers)
    found(visible ${header})
    if(other IN_LIST ALLOWED)
      if(NOT visible)
        message(SEND_ERROR "${FLOOR} stands above ${other}, but cannot include ${header}")
      endif()
      break()  # One header proves that the floor below is in reach.
    endif()
    math(EXPR forbidden "${forbidden} + 1")
    if(visible)
      message(SEND_ERROR "${FLOOR} can include ${header}, which is not below it")
    endif()
  endforeach()
endforeach()
message(STATUS "${FLOOR}: ${forbidden} headers of other floors are out of reach")
