#include "exported/exported_operations.h"

#include "exported/operation_reading.h"

namespace mlx4j {

static const exported::Operations& operations() {
  static const exported::Operations all = [] {
    auto operations = exported::elementwise();
    operations.merge(exported::shapes_and_indexing());
    operations.merge(exported::reductions());
    operations.merge(exported::products());
    return operations;
  }();
  return all;
}

Exported read_operation(const std::string& name, FunctionFile& file) {
  const auto it = operations().find(name);
  if (it == operations().end()) {
    throw bad_file("it has an unknown operation");
  }
  return {it->second(file)};
}

std::string readable_operations() {
  std::string lines;
  for (const auto& [name, read] : operations()) {
    lines.append(name).append("\n");
  }
  return lines;
}

}  // namespace mlx4j
