// The operations that a file of an exported function may name. Each is read with its parameters and applied through the
// public operation that creates it. So a file can ask for nothing that a program could not, and the result supports
// every transform and runs on the caller's device.
#pragma once

#include <functional>

#include "exported/function_file.h"

namespace mlx4j {

struct Exported {
  // Applies the operation to inputs, given what the file says about the results. Throws if they do not fit the
  // parameters.
  std::function<Arrays(const Arrays& inputs, const std::vector<Signature>& results, mx::StreamOrDevice s)> apply;
};

// Reads the parameters of the named operation; throws bad_file if it is unknown.
Exported read_operation(const std::string& name, FunctionFile& file);

// For tests: returns the names of all operations that can be read, a line for each.
std::string readable_operations();

}  // namespace mlx4j
