# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
cmake_minimum_required(VERSION 3.25)
# What include paths cannot prove: nobody climbs with "../", the core includes no Qt, and ui/models no widgets.
function(refuse_includes folder pattern reason)
  file(GLOB_RECURSE sources ${ROOT}/${folder}/*.h ${ROOT}/${folder}/*.cpp)
  foreach(source IN LISTS sources)
    file(STRINGS ${source} lines REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]${pattern}")
    if(lines)
      message(SEND_ERROR "${source}: ${reason}: ${lines}")
    endif()
  endforeach()
  list(LENGTH sources count)
  message(STATUS "${folder}: ${count} files, none includes ${pattern}")
endfunction()

refuse_includes(core "[^>\"]*\\.\\./" "a relative path goes around the walls")
refuse_includes(core "(Q[A-Z]|Qt|Qsci)" "the core knows no Qt")
refuse_includes(ui/models "(QtWidgets|QWidget|QApplication|QMainWindow|QDialog|QAbstractScrollArea)" "models know no widgets")
refuse_includes(ui "(program|transform|codegen|surrogate|measure|tensor_problem|exporting|reasoning|workload)/"
  "the window sees the core through the values of session/ alone")
