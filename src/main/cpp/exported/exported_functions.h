// Functions in files, in MLX's own format: written by MLX, read by us (see exported_operations.h).
#pragma once

#include "handles.h"

namespace mlx4j {

// A Java array of byte arrays of UTF-8.
using Names = std::vector<std::string>;
struct names {
  Names v;
  explicit names(jobjectArray a);
  operator const Names&() const { return v; }
};

// An exporter that writes to `path`. Its examples are exported by export_example, for each the positional arguments,
// then those that are named, in the order of `names`, which is ascending. export_example says whether the graph is
// known to fit arguments of any size (see recordings.h).
Fn exporter(const std::string& path, const SharedFn& f, bool shapeless, const std::string& metadata);
bool export_example(const SharedFn& exporter, const Names& names, const Arrays& arguments);
void finish_export(const SharedFn& exporter);

Fn import_function(const std::string& path);
std::string exported_metadata(const SharedFn& imported);
Arrays call_imported(const SharedFn& imported, const Names& names, const Arrays& arguments, mx::StreamOrDevice s);

// The graph below `outputs` in the DOT language; `named` are called by their names in it.
std::string export_to_dot(const Arrays& outputs, const Names& names, const Arrays& named);

}  // namespace mlx4j
