# Finds the libraries under the runtime and the tool, and says which Debian
# package is missing.

function(memprof_library OUT LIBRARY HEADER PACKAGE)
  find_library(${OUT} NAMES ${LIBRARY})
  find_path(${OUT}_INCLUDE ${HEADER})
  mark_as_advanced(${OUT} ${OUT}_INCLUDE)
  if(NOT ${OUT} OR NOT ${OUT}_INCLUDE)
    message(FATAL_ERROR
      "no ${LIBRARY} with ${HEADER} found: apt-get install ${PACKAGE}")
  endif()
endfunction()

# Static: the runtime is a guest in someone's process and brings no library of
# its own along.
memprof_library(MEMPROF_INIH libinih.a ini.h libinih-dev)
memprof_library(MEMPROF_LIBMD libmd.a md5.h libmd-dev)
memprof_library(MEMPROF_LIBELF elf gelf.h libelf-dev)
memprof_library(MEMPROF_NCURSES ncursesw ncurses.h libncurses-dev)
memprof_library(MEMPROF_JANSSON jansson jansson.h libjansson-dev)
memprof_library(MEMPROF_CAIRO cairo cairo/cairo.h libcairo2-dev)
memprof_library(MEMPROF_PROTOBUF_C protobuf-c protobuf-c/protobuf-c.h
  libprotobuf-c-dev)
memprof_library(MEMPROF_SQLITE sqlite3 sqlite3.h libsqlite3-dev)
memprof_library(MEMPROF_ZLIB z zlib.h zlib1g-dev)

find_program(MEMPROF_PROTOC protoc-c)
mark_as_advanced(MEMPROF_PROTOC)
if(NOT MEMPROF_PROTOC)
  message(FATAL_ERROR
    "no protoc-c found: apt-get install protobuf-c-compiler")
endif()
