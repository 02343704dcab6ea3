# memprof_instrument and memprof_add_test, part of find_package(MemProf).

# memprof_instrument(TARGET [FUNCTIONS glob...] [LIST file])
#
# Compiles one target with the pass and links the runtime to it, with line
# tables where the build type has no -g. FUNCTIONS and LIST select functions
# without a mark in the source, in addition to those that have one: globs over
# qualified names, and a file in LLVM's special-case-list format.
function(memprof_instrument TARGET)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LIST" "FUNCTIONS")
  _memprof_complete(memprof_instrument)
  if(NOT TARGET "${TARGET}")
    message(FATAL_ERROR "memprof_instrument: '${TARGET}' is not a target")
  endif()
  get_target_property(type "${TARGET}" TYPE)
  get_target_property(imported "${TARGET}" IMPORTED)
  if(imported OR NOT type MATCHES "^(EXECUTABLE|(.*_LIBRARY))$" OR
     type STREQUAL "INTERFACE_LIBRARY")
    message(FATAL_ERROR "memprof_instrument: nothing of '${TARGET}' is compiled "
      "here; name the executable or library that has the sources")
  endif()

  # As target_link_libraries(PRIVATE) does it, which refuses a target that has
  # been linked without a keyword.
  set_property(TARGET "${TARGET}" APPEND PROPERTY
               LINK_LIBRARIES MemProf::memprof)
  if(type MATCHES "^(STATIC|OBJECT)_LIBRARY$")
    set_property(TARGET "${TARGET}" APPEND PROPERTY
                 INTERFACE_LINK_LIBRARIES "$<LINK_ONLY:MemProf::memprof>")
  endif()
  foreach(language C CXX)
    set(with_g none)
    foreach(config DEBUG RELEASE RELWITHDEBINFO MINSIZEREL)
      if("${CMAKE_${language}_FLAGS_${config}}" MATCHES "(^| )-g")
        list(APPEND with_g ${config})
      endif()
    endforeach()
    list(JOIN with_g "," with_g)
    if(NOT "${CMAKE_${language}_FLAGS}" MATCHES "(^| )-g")
      # BEFORE: a -g among the target's own options wins.
      target_compile_options("${TARGET}" BEFORE PRIVATE
        "$<$<AND:$<COMPILE_LANGUAGE:${language}>,$<NOT:$<CONFIG:${with_g}>>>:-gline-tables-only>")
    endif()
  endforeach()

  if(arg_FUNCTIONS)
    list(JOIN arg_FUNCTIONS "," globs)
    _memprof_select("${TARGET}" "-profile-memory-functions=${globs}")
  endif()
  if(arg_LIST)
    _memprof_existing(memprof_instrument LIST "${arg_LIST}" list)
    _memprof_select("${TARGET}" "-profile-memory-list=${list}")
    # Another list selects other functions: compile again.
    get_target_property(sources "${TARGET}" SOURCES)
    list(FILTER sources EXCLUDE REGEX "\\$<")
    set_property(SOURCE ${sources} TARGET_DIRECTORY "${TARGET}"
                 APPEND PROPERTY OBJECT_DEPENDS "${list}")
  endif()
endfunction()

# memprof_add_test(NAME name COMMAND command...
#                  [LIMITS file] [BASELINE file] [OPTIONS key=value...]
#                  [WORKING_DIRECTORY dir] [CONFIGURATIONS config...]
#                  [COMMAND_EXPAND_LISTS])
#
# add_test, awake. LIMITS is the ini whose limits hold for this test; without it
# that of the variable MEMPROF_LIMITS, which a directory can set for its suite
# and -DMEMPROF_LIMITS= for a pipeline. OPTIONS are settings of this test alone.
#
# Two tests are added around it. `name.clean` removes the profiles of an older
# run. `name.memory` runs when the test has passed: it prints the peaks of what
# was measured and fails when that is nothing, for instance because the program
# was linked without the runtime. With BASELINE it compares the run with that
# file, which the target `memprof-baselines` writes from what ctest ran last.
function(memprof_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "COMMAND_EXPAND_LISTS"
    "NAME;LIMITS;BASELINE;WORKING_DIRECTORY" "COMMAND;OPTIONS;CONFIGURATIONS")
  _memprof_complete(memprof_add_test)
  if(NOT arg_NAME OR NOT arg_COMMAND)
    message(FATAL_ERROR "memprof_add_test: expected NAME name COMMAND command...")
  endif()

  set(further)
  set(configurations)
  if(arg_WORKING_DIRECTORY)
    list(APPEND further WORKING_DIRECTORY "${arg_WORKING_DIRECTORY}")
  endif()
  if(arg_CONFIGURATIONS)
    set(configurations CONFIGURATIONS ${arg_CONFIGURATIONS})
  endif()
  if(arg_COMMAND_EXPAND_LISTS)
    list(APPEND further COMMAND_EXPAND_LISTS)
  endif()
  add_test(NAME "${arg_NAME}" COMMAND ${arg_COMMAND} ${configurations} ${further})
  set_property(TEST "${arg_NAME}" PROPERTY LABELS memprof)
  set_property(TEST "${arg_NAME}" PROPERTY ENVIRONMENT PROFILE_MEMORY=1)

  if(NOT arg_LIMITS AND MEMPROF_LIMITS)
    set(arg_LIMITS "${MEMPROF_LIMITS}")
  endif()
  if(arg_LIMITS)
    _memprof_existing(memprof_add_test LIMITS "${arg_LIMITS}" limits)
    set_property(TEST "${arg_NAME}" APPEND PROPERTY ENVIRONMENT
                 "PROFILE_MEMORY_CONFIG=${limits}")
    set_property(TEST "${arg_NAME}" PROPERTY REQUIRED_FILES "${limits}")
  endif()
  set(options ${arg_OPTIONS})
  if(NOT options MATCHES "(^|;)require=")
    list(APPEND options require=yes)
  endif()
  string(REGEX REPLACE "[^A-Za-z0-9_.+-]" "_" file_name "${arg_NAME}")
  set(directory "${CMAKE_CURRENT_BINARY_DIR}/memprof/${file_name}")
  string(REPLACE "%" "%%" pattern "${directory}/run.mprof")
  list(APPEND options "output='${pattern}'")
  # All processes of the test are one run, also those that a script starts one
  # after the other: each keeps its profile.
  string(SHA256 run "${directory}")
  string(SUBSTRING "${run}" 0 16 run)
  set_property(TEST "${arg_NAME}" APPEND PROPERTY ENVIRONMENT
               "PROFILE_MEMORY_RUN=${run}")
  _memprof_look_at_profiles("${directory}" ${configurations})
  list(JOIN options ":" options)
  set_property(TEST "${arg_NAME}" APPEND PROPERTY ENVIRONMENT
               "PROFILE_MEMORY_OPTIONS=${options}")
endfunction()

# The tests around memprof_add_test's, which leaves its profiles in DIRECTORY.
function(_memprof_look_at_profiles DIRECTORY)
  file(MAKE_DIRECTORY "${DIRECTORY}")
  # Without a file the tool takes the newest run there is.
  set(look MemProf::tool peak)
  if(arg_BASELINE)
    cmake_path(ABSOLUTE_PATH arg_BASELINE
               BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    set(look MemProf::tool check --baseline "${arg_BASELINE}"
        --source-root "${PROJECT_SOURCE_DIR}")
  endif()
  set(clean "${arg_NAME}.clean")
  set(memory "${arg_NAME}.memory")
  add_test(NAME "${clean}" ${ARGN}
           COMMAND find "${DIRECTORY}" -name "*.mprof" -delete)
  add_test(NAME "${memory}" ${ARGN} COMMAND ${look}
           WORKING_DIRECTORY "${DIRECTORY}")
  set_property(TEST "${clean}" "${memory}" PROPERTY LABELS memprof)
  set_property(TEST "${clean}" PROPERTY FIXTURES_SETUP "${clean}")
  set_property(TEST "${arg_NAME}" PROPERTY FIXTURES_REQUIRED "${clean}")
  set_property(TEST "${arg_NAME}" PROPERTY FIXTURES_SETUP "${memory}")
  set_property(TEST "${memory}" PROPERTY FIXTURES_REQUIRED "${memory}")

  if(arg_BASELINE)
    set(target "memprof-baseline-${file_name}")
    add_custom_target("${target}"
      COMMAND ${look} --update WORKING_DIRECTORY "${DIRECTORY}" VERBATIM
      COMMENT "Accepting the memory of ${arg_NAME} in ${arg_BASELINE}")
    if(NOT TARGET memprof-baselines)
      add_custom_target(memprof-baselines)
    endif()
    add_dependencies(memprof-baselines "${target}")
  endif()
endfunction()

# Passes a selection to the pass when C and C++ are compiled.
function(_memprof_select TARGET OPTION)
  # Inside a generator expression, and inside SHELL:'s quotes.
  string(REGEX REPLACE "([\\\\\"])" "\\\\\\1" option "${OPTION}")
  string(REPLACE ">" "$<ANGLE-R>" option "${option}")
  target_compile_options("${TARGET}" PRIVATE
    "$<$<COMPILE_LANGUAGE:C,CXX>:SHELL:-mllvm \"${option}\">")
endfunction()

# Stops on arguments that cmake_parse_arguments of CALLER could not use.
function(_memprof_complete CALLER)
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "${CALLER}: '${arg_UNPARSED_ARGUMENTS}' was not expected")
  endif()
  if(arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR
      "${CALLER}: '${arg_KEYWORDS_MISSING_VALUES}' needs a value")
  endif()
endfunction()

# The absolute path of FILE, which must exist.
function(_memprof_existing CALLER KEYWORD FILE OUT)
  cmake_path(ABSOLUTE_PATH FILE BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
             NORMALIZE)
  if(NOT EXISTS "${FILE}" OR IS_DIRECTORY "${FILE}")
    message(FATAL_ERROR "${CALLER}: ${KEYWORD} '${FILE}' is not a file")
  endif()
  set(${OUT} "${FILE}" PARENT_SCOPE)
endfunction()
