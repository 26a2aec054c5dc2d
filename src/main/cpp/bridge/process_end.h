// What happens when the process ends while threads are computing.
#pragma once

namespace mlx4j {

// On Linux, keeps the library that contains this function or object intact until the process is gone: the destructors
// of its objects do not run when the process ends. Must be called before the library is used; objects that it created
// earlier are destroyed as before.
//
// Threads of MLX and of OpenBLAS compute until the kernel ends them. MLX's destructors would destroy the allocator that
// these threads use, and OpenBLAS's would wait for its threads, forever if one of them is given work meanwhile. Neither
// library holds anything that has to be written or released.
void never_destroy(const void* inside);

}  // namespace mlx4j
