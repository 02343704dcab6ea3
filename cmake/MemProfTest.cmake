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

  target_link_libraries("${TARGET}" PRIVATE MemProf::memprof)
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
# With BASELINE there is a second test, `name.memory`, that runs when the first
# has passed and compares what it measured with the baseline; and a target
# `memprof-baselines`, which accepts what the last run of ctest measured. (A
# third, `name.clean`, comes before: no older run's profile is ever compared.)
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
  if(arg_BASELINE)
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
    _memprof_check_baseline("${arg_NAME}" "${file_name}" "${directory}"
                            "${arg_BASELINE}" ${configurations})
  endif()
  if(options)
    list(JOIN options ":" options)
    set_property(TEST "${arg_NAME}" APPEND PROPERTY ENVIRONMENT
                 "PROFILE_MEMORY_OPTIONS=${options}")
  endif()
endfunction()

# The tests around NAME that compare its profiles, in DIRECTORY, with BASELINE.
function(_memprof_check_baseline NAME FILE_NAME DIRECTORY BASELINE)
  file(MAKE_DIRECTORY "${DIRECTORY}")
  cmake_path(ABSOLUTE_PATH BASELINE BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
             NORMALIZE)
  # Without a file the tool takes the newest run here: a profile, and those of
  # the processes that the test started.
  set(check MemProf::tool check --baseline "${BASELINE}"
      --source-root "${PROJECT_SOURCE_DIR}")
  add_test(NAME "${NAME}.clean" ${ARGN}
           COMMAND find "${DIRECTORY}" -name "*.mprof" -delete)
  add_test(NAME "${NAME}.memory" ${ARGN} COMMAND ${check}
           WORKING_DIRECTORY "${DIRECTORY}")
  set_property(TEST "${NAME}.clean" "${NAME}.memory" PROPERTY LABELS memprof)
  set_property(TEST "${NAME}.clean" PROPERTY FIXTURES_SETUP "${NAME}.clean")
  set_property(TEST "${NAME}" PROPERTY FIXTURES_REQUIRED "${NAME}.clean")
  set_property(TEST "${NAME}" PROPERTY FIXTURES_SETUP "${NAME}.memory")
  set_property(TEST "${NAME}.memory" PROPERTY FIXTURES_REQUIRED "${NAME}.memory")

  add_custom_target("memprof-baseline-${FILE_NAME}"
    COMMAND ${check} --update WORKING_DIRECTORY "${DIRECTORY}" VERBATIM
    COMMENT "Accepting the memory of ${NAME} in ${BASELINE}")
  if(NOT TARGET memprof-baselines)
    add_custom_target(memprof-baselines)
  endif()
  add_dependencies(memprof-baselines "memprof-baseline-${FILE_NAME}")
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
