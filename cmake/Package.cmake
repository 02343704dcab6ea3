# The pkg-config file and the CMake package, and what is installed.
include(CMakePackageConfigHelpers)

configure_file(cmake/memprof.pc.in ${MEMPROF_LIB}/pkgconfig/memprof.pc @ONLY)
configure_file(cmake/memprof-static.pc.in
  ${MEMPROF_LIB}/pkgconfig/memprof-static.pc @ONLY)
configure_file(cmake/MemProfConfig.cmake.in
  ${MEMPROF_LIB}/cmake/MemProf/MemProfConfig.cmake @ONLY)
configure_file(cmake/MemProfTest.cmake
  ${MEMPROF_LIB}/cmake/MemProf/MemProfTest.cmake COPYONLY)
write_basic_package_version_file(
  ${MEMPROF_LIB}/cmake/MemProf/MemProfConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)

# Several LLVMs go into one prefix one after the other: the pass and the drivers
# with a number stay; the names without one belong to the last.
install(TARGETS MemProfPass DESTINATION lib/${MEMPROF_PASS_DIR})
install(FILES ${MEMPROF_LIB}/${MEMPROF_PASS_DIR}/clang-directory
        DESTINATION lib/${MEMPROF_PASS_DIR})
install(FILES ${MEMPROF_LIB}/MemProfPass.so DESTINATION lib)
install(TARGETS memprof memprof_hooks DESTINATION lib)
install(FILES ${MEMPROF_LIB}/libmemprof.a ${MEMPROF_LIB}/libmemprof_wrap.a
        DESTINATION lib)
install(FILES ${MEMPROF_LIB}/memprof/wrap DESTINATION lib/memprof)
install(FILES runtime/memprof.h DESTINATION include)
install(TARGETS memprof_tool DESTINATION bin)
install(PROGRAMS tools/memprof-clang DESTINATION bin)
foreach(driver IN LISTS MEMPROF_DRIVERS)
  install(FILES ${MEMPROF_BIN}/${driver} DESTINATION bin)
endforeach()
install(DIRECTORY ${MEMPROF_LIB}/pkgconfig ${MEMPROF_LIB}/cmake DESTINATION lib)
