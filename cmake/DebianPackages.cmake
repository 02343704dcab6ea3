# `cpack` makes Debian packages, one of each component:
#
#   libmemprof0        the shared runtime, all that a profiled program needs
#   libmemprof-dev     header, libraries, CMake package, pkg-config files, drivers
#   memprof-clang-NN   the pass for one LLVM, and the drivers with its number
#   memprof            the tool
#
# memprof-clang-NN brings the rest. The packages of several LLVMs can be
# installed side by side; libmemprof-dev's names without a number mean the LLVM
# of the tree that made it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME memprof)
set(CPACK_PACKAGE_CONTACT "MemProf's maintainers <memprof@localhost>" CACHE STRING
    "The maintainer in packages")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package has its own
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL runtime development pass tool)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(same "(= ${PROJECT_VERSION})")
set(passes memprof-clang-${MEMPROF_LLVM_MAJOR})

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libmemprof0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/shlibs)
file(WRITE ${PROJECT_BINARY_DIR}/shlibs # for packages of profiled programs
     "libmemprof 0 libmemprof0 (>= ${PROJECT_VERSION})\n")
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
"memory profiles of marked functions, runtime library
What a program that was compiled with MemProf's pass is linked with. It sleeps
until PROFILE_MEMORY=1 or profile_config.ini wakes it; then it counts the
program's allocations by function and line and reports them.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmemprof-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libmemprof0 ${same}, memprof ${same}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "${passes} ${same}")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"memory profiles of marked functions, development files
The header memprof.h, static libraries, the CMake package, the pkg-config files
and the compiler drivers. The pass itself is in memprof-clang-NN.")

set(CPACK_DEBIAN_PASS_PACKAGE_NAME ${passes})
set(CPACK_DEBIAN_PASS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PASS_PACKAGE_DEPENDS
    "clang-${MEMPROF_LLVM_MAJOR}, libmemprof-dev ${same}")
set(CPACK_COMPONENT_PASS_DESCRIPTION
"memory profiles of marked functions, pass for clang ${MEMPROF_LLVM_MAJOR}
The plugin that makes clang ${MEMPROF_LLVM_MAJOR} count where marked functions allocate, and the
compiler drivers memprof-clang-${MEMPROF_LLVM_MAJOR} and memprof-clang++-${MEMPROF_LLVM_MAJOR}.")

set(CPACK_DEBIAN_TOOL_PACKAGE_NAME memprof)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION devel)
set(CPACK_COMPONENT_TOOL_DESCRIPTION
"memory profiles of marked functions, tool
Prints, merges, plots and compares the profiles that programs compiled with
MemProf's pass leave, line by line.")

# Each package has the notices of the libraries that are linked statically. Only
# packages: EXCLUDE_FROM_ALL keeps them out of a plain cmake --install.
set(copyright ${PROJECT_BINARY_DIR}/copyright)
file(WRITE ${copyright} "Made by cpack from the source of MemProf ${PROJECT_VERSION}.

libmemprof and memprof contain inih and libmd. The notices of these:
")
foreach(library libinih-dev libmd-dev)
  if(EXISTS /usr/share/doc/${library}/copyright)
    file(READ /usr/share/doc/${library}/copyright notice)
    file(APPEND ${copyright} "\n---- ${library}\n\n${notice}")
  endif()
endforeach()
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  install(FILES ${copyright} COMPONENT ${component} EXCLUDE_FROM_ALL
          DESTINATION share/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
endforeach()
include(CPack)
