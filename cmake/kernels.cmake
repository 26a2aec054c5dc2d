# Fails if an object file of kernels, compiled for one instruction set, brings functions or data of which the linker keeps
# one copy for the whole library: that copy might then run on a processor without these instructions.
#
#   cmake -DNM=… "-DOBJECTS=FILE;FILE" -P kernels.cmake
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND "${NM}" --defined-only "${object}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[0-9a-f]+ [WVu] [^\n]+" shared "${symbols}")
  list(FILTER shared EXCLUDE REGEX "DW\\.ref\\.")
  if(shared)
    message(FATAL_ERROR "${object} shares ${shared}")
  endif()
endforeach()
