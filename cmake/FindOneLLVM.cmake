# Finds the one LLVM of this build tree: the one of -DLLVM_DIR=, else the
# distribution's default, which is the one that plain `llvm-config` or plain
# `clang` belong to. Sets MEMPROF_LLVM_MAJOR and MEMPROF_LLVM_BIN, the directory
# of its programs.

function(memprof_default_llvm OUT)
  find_program(MEMPROF_LLVM_CONFIG llvm-config)
  mark_as_advanced(MEMPROF_LLVM_CONFIG)
  if(MEMPROF_LLVM_CONFIG)
    execute_process(COMMAND ${MEMPROF_LLVM_CONFIG} --cmakedir
                    OUTPUT_VARIABLE dir OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(EXISTS "${dir}/LLVMConfig.cmake")
      set(${OUT} "${dir}" PARENT_SCOPE)
      return()
    endif()
  endif()
  find_program(MEMPROF_DEFAULT_CLANG clang)
  mark_as_advanced(MEMPROF_DEFAULT_CLANG)
  if(MEMPROF_DEFAULT_CLANG)
    file(REAL_PATH "${MEMPROF_DEFAULT_CLANG}" real)
    cmake_path(GET real PARENT_PATH bin)
    if(EXISTS "${bin}/../lib/cmake/llvm/LLVMConfig.cmake")
      file(REAL_PATH "${bin}/../lib/cmake/llvm" dir)
      set(${OUT} "${dir}" PARENT_SCOPE)
    endif()
  endif()
endfunction()

if(NOT LLVM_DIR)
  memprof_default_llvm(default)
  if(default)
    set(LLVM_DIR "${default}" CACHE PATH "Directory of LLVMConfig.cmake" FORCE)
  endif()
elseif(NOT EXISTS "${LLVM_DIR}/LLVMConfig.cmake")
  message(FATAL_ERROR "no LLVM in LLVM_DIR='${LLVM_DIR}': it must be the "
    "directory of LLVMConfig.cmake, for instance "
    "-DLLVM_DIR=$(llvm-config-19 --cmakedir) after: "
    "apt-get install llvm-19-dev clang-19")
endif()

# What LLVM's own configuration looks for (zlib, libxml2, ...) is not needed by
# a plugin: no talk about it.
find_package(LLVM QUIET CONFIG)
if(NOT LLVM_FOUND)
  message(FATAL_ERROR "no LLVM found: apt-get install llvm-dev clang, or point "
    "-DLLVM_DIR= at the directory of an LLVMConfig.cmake")
endif()

set(MEMPROF_LLVM_MAJOR ${LLVM_VERSION_MAJOR})
if(MEMPROF_LLVM_MAJOR LESS 14)
  message(FATAL_ERROR "LLVM ${LLVM_VERSION} in '${LLVM_DIR}' is too old: "
    "MemProf needs LLVM 14 or newer")
endif()
set(MEMPROF_LLVM_BIN "${LLVM_TOOLS_BINARY_DIR}")
if(NOT EXISTS "${MEMPROF_LLVM_BIN}/clang")
  message(WARNING "no clang beside LLVM ${MEMPROF_LLVM_MAJOR} in "
    "'${MEMPROF_LLVM_BIN}': the compiler drivers and the tests need it; "
    "apt-get install clang-${MEMPROF_LLVM_MAJOR}")
endif()
message(STATUS "MemProf's pass is for LLVM ${LLVM_VERSION} in ${LLVM_DIR}")
