// Memory that operations of the processor take where it cannot be refused without harm.
#pragma once

#include <string_view>

#include "handles.h"

namespace mlx4j {

// Bytes that computing the array takes for a while, on the thread of its stream: what FFTs, sorts and LAPACK allocate.
using Workspace = std::size_t (*)(const mx::array&);

// For a class of primitives as mangled names tell it; null where there is nothing of the kind.
Workspace workspace_of(std::string_view primitive);

}  // namespace mlx4j
