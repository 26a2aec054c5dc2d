// The operations that a file of an exported function may name. Each is read with its parameters, and applied as the
// public operation that makes it: whatever a file says, it cannot ask for more than a program could, and the result
// knows every transform and runs on the caller's device.
#pragma once

#include <functional>

#include "exported/function_file.h"

namespace mlx4j {

struct Exported {
  // From inputs and from what the file says of the results; throws when they do not fit the parameters.
  std::function<Arrays(const Arrays& inputs, const std::vector<Signature>& results, mx::StreamOrDevice s)> apply;
};

// Reads the parameters of the named operation; throws bad_file for an unknown one.
Exported read_operation(const std::string& name, FunctionFile& file);

// For tests: the names of all operations that are read, a line for each.
std::string readable_operations();

}  // namespace mlx4j
