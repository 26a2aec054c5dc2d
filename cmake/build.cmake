# Configures, builds and stages the native library; Maven runs it:
#
#   cmake -DNAME=VALUE … -P build.cmake
#
# SOURCE     the repository                          NATIVES    the compiled natives
# BUILD      CMake's working folder                  GENERATED  what JavaCPP generated from them
# STAGE      becomes the root of the jar of natives  JAVACPP    JavaCPP's version
# JAVA_HOME  a JDK, for jni.h                        PLATFORM   JavaCPP's name of the platform
# PYTHON     Python 3                                OPTIONS    for CMake: those of a cross build
# MLX_ROOT   MLX: include/ and lib/                    OPENBLAS   OpenBLAS for it and what that needs (Linux)
# TYPE       Release, Debug, ASan or TSan
cmake_minimum_required(VERSION 3.24)

set(types Release Debug ASan TSan)
if(NOT TYPE IN_LIST types)
  list(JOIN types ", " types)
  message(FATAL_ERROR "native.build is '${TYPE}', and one of ${types} is allowed")
endif()
if(TYPE MATCHES "San" AND NOT PLATFORM MATCHES "linux")
  message(FATAL_ERROR "native.build is ${TYPE}, which is for Linux; this is a build for ${PLATFORM}")
endif()

# Runs a command; "quiet" leaves out what it reports, but not its errors.
function(run quiet)
  set(output "")
  if(quiet)
    set(output OUTPUT_QUIET)
  endif()
  execute_process(COMMAND ${ARGN} ${output} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# JavaCPP writes its files anew each time. They reach CMake only when the natives that they are made from have changed, so
# that they are not compiled for nothing, and in an order that is always the same.
file(GLOB generated "${GENERATED}/*.cpp")
if(NOT generated)
  message(FATAL_ERROR "JavaCPP generated nothing in ${GENERATED}")
endif()
file(SHA256 "${SOURCE}/cmake/sort_natives.py" sorting)
set(origin "${JAVACPP} ${sorting}\n")
file(GLOB natives "${NATIVES}/*.class")
foreach(class IN LISTS natives)
  file(SHA256 "${class}" digest)
  string(APPEND origin "${digest} ${class}\n")
endforeach()
set(known "")
if(EXISTS "${BUILD}/generated/origin.txt")
  file(READ "${BUILD}/generated/origin.txt" known)
endif()
if(NOT known STREQUAL origin)
  file(REMOVE_RECURSE "${BUILD}/generated")
  file(COPY ${generated} DESTINATION "${BUILD}/generated")
  file(GLOB copies "${BUILD}/generated/*.cpp")
  run(FALSE "${PYTHON}" "${SOURCE}/cmake/sort_natives.py" ${copies})
  file(WRITE "${BUILD}/generated/origin.txt" "${origin}")
endif()

run(TRUE "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BUILD}" "-DCMAKE_BUILD_TYPE=${TYPE}"
    "-DJAVA_HOME=${JAVA_HOME}" "-DMLX_ROOT=${MLX_ROOT}" "-DMLX4J_PLATFORM=${PLATFORM}" "-DOPENBLAS=${OPENBLAS}" ${OPTIONS}
    "-DMLX4J_GENERATED=${BUILD}/generated")
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
run(FALSE "${CMAKE_COMMAND}" --build "${BUILD}" --config ${TYPE} --parallel ${cores})
file(REMOVE_RECURSE "${STAGE}")   # what an earlier build staged, perhaps with another MLX, must not stay
set(strip "")
if(TYPE STREQUAL Release AND NOT PLATFORM MATCHES "macosx")   # there the linker has done it before it signed
  set(strip --strip)
endif()
run(TRUE "${CMAKE_COMMAND}" --install "${BUILD}" --config ${TYPE} --prefix "${STAGE}" ${strip})
