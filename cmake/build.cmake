# Configures, builds and stages the native library for one platform or several; Maven runs it:
#
#   cmake -DNAME=VALUE … -P build.cmake
#
# PLATFORMS  JavaCPP's names, separated by commas. The first is built into BUILD and STAGE. The others are cross-built with
#            cmake/toolchains/PLATFORM.cmake, into BUILD-PLATFORM and STAGE-PLATFORM, and then checked.
# TYPE       Release, Debug, ASan or TSan
# LOG_LEVEL  Maven's; from 3, which is mvn -q, only problems and long waits are reported
# SOURCE     the repository                          NATIVES    the compiled natives
# BUILD      CMake's working folder                  GENERATED  what JavaCPP generated from them
# STAGE      becomes the root of the jar of natives  JAVACPP    JavaCPP's version
# JAVA_HOME  a JDK, for jni.h                        PYTHON     Python 3
# MLX_ROOT   MLX for the first platform: include/ and lib/
# MLX        MLX for the others: MLX-PLATFORM/mlx
# OPENBLAS   OpenBLAS for Linux, and what that needs: OPENBLAS/PLATFORM
# LLVM_VERSION, MACOS_SDK, CHECKS   for a cross build: the compiler for macOS, and a Python environment with LIEF
cmake_minimum_required(VERSION 3.24)

set(types Release Debug ASan TSan)
if(NOT TYPE IN_LIST types)
  list(JOIN types ", " types)
  message(FATAL_ERROR "native.build is '${TYPE}', and one of ${types} is allowed")
endif()

set(QUIET FALSE)
if(LOG_LEVEL GREATER_EQUAL 3)
  set(QUIET TRUE)
endif()

# Runs a command; "quiet" leaves out what it reports, but not its errors.
function(run quiet)
  set(output "")
  if(quiet)
    set(output OUTPUT_QUIET)
  endif()
  execute_process(COMMAND ${ARGN} ${output} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# JavaCPP rewrites its files in each build. They reach CMake only when the natives that they are made from have changed, so
# that they are not compiled for nothing, and in an order that is always the same.
function(copy_generated build)
  file(GLOB generated "${GENERATED}/*.cpp")
  if(NOT generated)
    message(FATAL_ERROR "JavaCPP generated nothing in ${GENERATED}")
  endif()
  file(SHA256 "${SOURCE}/tools/sort_natives.py" sorting)
  set(origin "${JAVACPP} ${sorting}\n")
  file(GLOB natives "${NATIVES}/*.class")
  foreach(class IN LISTS natives)
    file(SHA256 "${class}" digest)
    string(APPEND origin "${digest} ${class}\n")
  endforeach()
  set(known "")
  if(EXISTS "${build}/generated/origin.txt")
    file(READ "${build}/generated/origin.txt" known)
  endif()
  if(NOT known STREQUAL origin)
    file(REMOVE_RECURSE "${build}/generated")
    file(COPY ${generated} DESTINATION "${build}/generated")
    file(GLOB copies "${build}/generated/*.cpp")
    run(FALSE "${PYTHON}" "${SOURCE}/tools/sort_natives.py" ${copies})
    file(WRITE "${build}/generated/origin.txt" "${origin}")
  endif()
endfunction()

cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
string(REPLACE "," ";" platforms "${PLATFORMS}")
list(GET platforms 0 own)
foreach(platform IN LISTS platforms)
  if(TYPE MATCHES "San" AND NOT platform MATCHES "linux")
    message(FATAL_ERROR "native.build is ${TYPE}, which is for Linux; this is a build for ${platform}")
  endif()
  if(platform STREQUAL own)
    set(build "${BUILD}")
    set(stage "${STAGE}")
    set(mlx "${MLX_ROOT}")
    set(options "")
  else()
    set(build "${BUILD}-${platform}")
    set(stage "${STAGE}-${platform}")
    set(mlx "${MLX}-${platform}/mlx")
    set(options "-DCMAKE_TOOLCHAIN_FILE=${SOURCE}/cmake/toolchains/${platform}.cmake")
    if(platform MATCHES "macosx")
      list(APPEND options "-DLLVM_VERSION=${LLVM_VERSION}" "-DMACOS_SDK=${MACOS_SDK}")
    endif()
  endif()
  string(REPLACE "-cuda" "" openblas "${OPENBLAS}/${platform}")

  if(NOT EXISTS "${build}/CMakeCache.txt")
    message(STATUS "Compiling the native library for ${platform}: this takes a minute or two, but only the first time")
  endif()
  copy_generated("${build}")
  run(TRUE "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${build}" "-DCMAKE_BUILD_TYPE=${TYPE}" ${options}
      "-DJAVA_HOME=${JAVA_HOME}" "-DMLX_ROOT=${mlx}" "-DMLX4J_PLATFORM=${platform}" "-DOPENBLAS=${openblas}"
      "-DMLX4J_GENERATED=${build}/generated")
  run(${QUIET} "${CMAKE_COMMAND}" --build "${build}" --config ${TYPE} --parallel ${cores})
  file(REMOVE_RECURSE "${stage}")   # what an earlier build staged, perhaps with another MLX, must not stay
  set(strip "")
  if(TYPE STREQUAL Release AND NOT platform MATCHES "macosx")   # there the linker has done it before it signed
    set(strip --strip)
  endif()
  run(TRUE "${CMAKE_COMMAND}" --install "${build}" --config ${TYPE} --prefix "${stage}" ${strip})

  if(NOT platform STREQUAL own)   # it cannot be loaded here
    file(GLOB libmlx "${mlx}/lib/libmlx.so" "${mlx}/lib/libmlx.dylib")
    run(${QUIET} "${CHECKS}/bin/python" "${SOURCE}/tools/check_natives.py"
        ${platform} "${stage}/org/mlx4j/internal/${platform}" --mlx "${libmlx}")
  endif()
endforeach()
