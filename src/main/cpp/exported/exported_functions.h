// Functions in files, in MLX's own format: written by MLX, read by us (see exported_operations.h).
#pragma once

#include "handles.h"

namespace mlx4j {

// A Java array of byte arrays in UTF-8.
using Names = std::vector<std::string>;
struct names {
  Names v;
  explicit names(jobjectArray a);
  operator const Names&() const { return v; }
};

// Creates an exporter that writes to `path`. export_example exports its examples, each given by the positional
// arguments, followed by the named ones in the order of `names`, which is ascending. It returns whether the graph is
// known to be valid for arguments of any size (see recordings.h).
Fn exporter(const std::string& path, const SharedFn& f, bool shapeless, const std::string& metadata);
bool export_example(const SharedFn& exporter, const Names& names, const Arrays& arguments);
void finish_export(const SharedFn& exporter);

Fn import_function(const std::string& path);
std::string exported_metadata(const SharedFn& imported);
Arrays call_imported(const SharedFn& imported, const Names& names, const Arrays& arguments, mx::StreamOrDevice s);

// Returns the graph below `outputs` in the DOT language; the `named` arrays appear by their names.
std::string export_to_dot(const Arrays& outputs, const Names& names, const Arrays& named);

}  // namespace mlx4j
