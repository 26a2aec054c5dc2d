# macOS 14 on Apple silicon, by the distribution's clang and lld and the SDK that macos_sdk.py makes.
#   LLVM_VERSION  the suffix of clang-N and its tools
#   MACOS_SDK     the SDK
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_VERSION 23.0)   # of the kernel of macOS 14
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(ENV{PATH} "${CMAKE_CURRENT_LIST_DIR}/bin:$ENV{PATH}")   # sw_vers
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LLVM_VERSION MACOS_SDK)

set(target arm64-apple-macosx14.0)
set(CMAKE_C_COMPILER clang-${LLVM_VERSION})
set(CMAKE_CXX_COMPILER clang++-${LLVM_VERSION})
set(CMAKE_C_COMPILER_TARGET ${target})
set(CMAKE_CXX_COMPILER_TARGET ${target})
set(CMAKE_ASM_COMPILER clang-${LLVM_VERSION})
set(CMAKE_ASM_COMPILER_TARGET ${target})
set(CMAKE_OSX_SYSROOT "${MACOS_SDK}" CACHE PATH "" FORCE)
set(CMAKE_OSX_DEPLOYMENT_TARGET 14.0 CACHE STRING "" FORCE)
set(CMAKE_OSX_ARCHITECTURES arm64 CACHE STRING "" FORCE)
foreach(tool ar ranlib install-name-tool strip)
  string(TOUPPER "${tool}" variable)
  string(REPLACE "-" "_" variable "${variable}")
  set(CMAKE_${variable} "/usr/bin/llvm-${tool}-${LLVM_VERSION}")
endforeach()

# Without -nostdinc++ clang would take a libc++ of this machine, whose headers do not know since which macOS a function is
# there. Apple's clang does not use sized deallocation for this target either.
set(CMAKE_CXX_FLAGS_INIT "-nostdinc++ -isystem ${MACOS_SDK}/usr/include/c++/v1 -fno-sized-deallocation")
# The system's libc++ and nothing else: exceptions and functions cross into libmlx, so both must use the same one. The
# system refuses code without a signature; this one names nobody.
set(link "-fuse-ld=lld -nodefaultlibs -lc++ -lSystem -Wl,-adhoc_codesign -Wl,-fatal_warnings")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "${link}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "${link}")
set(CMAKE_FIND_ROOT_PATH "${MACOS_SDK}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
