# Fills SHARE with what TOOL, the built memprof, prints of itself: a manual page
# for each command, completion scripts for each shell.

function(print FILE)
  execute_process(COMMAND ${TOOL} ${ARGN} OUTPUT_VARIABLE text
                  COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${SHARE}/${FILE} "${text}")
endfunction()

file(REMOVE_RECURSE ${SHARE}/man ${SHARE}/bash-completion ${SHARE}/zsh
     ${SHARE}/fish)
print(bash-completion/completions/memprof completion bash)
print(zsh/site-functions/_memprof completion zsh)
print(fish/vendor_completions.d/memprof.fish completion fish)

print(man/man1/memprof.1 help --man)
execute_process(COMMAND ${TOOL} help OUTPUT_VARIABLE commands)
string(REGEX MATCHALL "\n  [a-z]+ " commands "${commands}")
foreach(command IN LISTS commands)
  string(STRIP "${command}" command)
  print(man/man1/memprof-${command}.1 help --man ${command})
endforeach()
