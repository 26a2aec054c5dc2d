// What happens when the process ends while threads compute.
#pragma once

namespace mlx4j {

// On Linux, keeps the library that has this function or object as it is until the process is gone: the destructors of
// what it holds do not run at the end of the process. Call it before the library is used; what it made by then is
// destroyed as before.
//
// Threads of MLX and of OpenBLAS compute until the kernel ends them. MLX's destructors would take its allocator from
// under them, and OpenBLAS's wait for its threads, for ever when one of them is given work meanwhile. Neither library
// holds anything that has to be written or given back.
void never_destroy(const void* inside);

}  // namespace mlx4j
