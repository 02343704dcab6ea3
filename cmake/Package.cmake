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
# with a number stay; the names without one belong to the last. The components
# are Debian packages, see DebianPackages.cmake.
install(TARGETS MemProfPass DESTINATION lib/${MEMPROF_PASS_DIR} COMPONENT pass)
install(FILES ${MEMPROF_LIB}/${MEMPROF_PASS_DIR}/clang-directory
        DESTINATION lib/${MEMPROF_PASS_DIR} COMPONENT pass)
install(TARGETS memprof LIBRARY DESTINATION lib
        COMPONENT runtime NAMELINK_COMPONENT development)
install(TARGETS memprof_hooks DESTINATION lib COMPONENT development)
install(FILES ${MEMPROF_LIB}/MemProfPass.so ${MEMPROF_LIB}/libmemprof.a
              ${MEMPROF_LIB}/libmemprof_wrap.a
        DESTINATION lib COMPONENT development)
install(FILES ${MEMPROF_LIB}/memprof/wrap
        DESTINATION lib/memprof COMPONENT development)
install(FILES runtime/memprof.h DESTINATION include COMPONENT development)
install(DIRECTORY runtime/adapters/ DESTINATION include/memprof
        COMPONENT development)
install(DIRECTORY ${MEMPROF_LIB}/pkgconfig ${MEMPROF_LIB}/cmake
        DESTINATION lib COMPONENT development)
install(PROGRAMS tools/memprof-clang DESTINATION bin COMPONENT development)
foreach(driver IN LISTS MEMPROF_DRIVERS)
  if(driver MATCHES "[0-9]$")
    set(component pass)
  else()
    set(component development)
  endif()
  install(FILES ${MEMPROF_BIN}/${driver} DESTINATION bin COMPONENT ${component})
endforeach()
install(TARGETS memprof_tool DESTINATION bin COMPONENT tool)
install(DIRECTORY ${MEMPROF_SHARE}/ DESTINATION share COMPONENT tool)

configure_file(cmake/Uninstall.cmake.in Uninstall.cmake @ONLY)
add_custom_target(uninstall VERBATIM COMMENT "Removing what was installed"
  COMMAND ${CMAKE_COMMAND} -P ${PROJECT_BINARY_DIR}/Uninstall.cmake)
include(DebianPackages)
