# Configures, builds and stages the native library; Maven runs it:
#
#   cmake -DSOURCE=… -DBUILD=… -DSTAGE=… -DGENERATED=… -DPLATFORM=… -DJAVA_HOME=… -DMLX_ROOT=… -P build.cmake
#
# SOURCE     the repository           GENERATED  what JavaCPP generated
# BUILD      CMake's working folder   PLATFORM   JavaCPP's name of the platform
# STAGE      becomes the root of the jar of natives
cmake_minimum_required(VERSION 3.24)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# JavaCPP writes its files anew each time. Only those that changed reach CMake, so that the rest is not compiled again.
file(GLOB generated RELATIVE "${GENERATED}" "${GENERATED}/*.cpp")
if(NOT generated)
  message(FATAL_ERROR "JavaCPP generated nothing in ${GENERATED}")
endif()
file(GLOB known RELATIVE "${BUILD}/generated" "${BUILD}/generated/*.cpp")
foreach(name IN LISTS known)
  if(NOT name IN_LIST generated)
    file(REMOVE "${BUILD}/generated/${name}")
  endif()
endforeach()
file(MAKE_DIRECTORY "${BUILD}/generated")
foreach(name IN LISTS generated)
  file(COPY_FILE "${GENERATED}/${name}" "${BUILD}/generated/${name}" ONLY_IF_DIFFERENT)
endforeach()

run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BUILD}" -DCMAKE_BUILD_TYPE=Release --log-level=WARNING
    "-DJAVA_HOME=${JAVA_HOME}" "-DMLX_ROOT=${MLX_ROOT}" "-DMLX4J_PLATFORM=${PLATFORM}"
    "-DMLX4J_GENERATED=${BUILD}/generated")
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
run("${CMAKE_COMMAND}" --build "${BUILD}" --config Release --parallel ${cores})
file(REMOVE_RECURSE "${STAGE}")   # what an earlier build staged, perhaps with another MLX, must not stay
run("${CMAKE_COMMAND}" --install "${BUILD}" --config Release --prefix "${STAGE}" --strip)
