// Files that arrays are read from.
//
// Java reads and writes the formats, because MLX's own readers end the process, or read beyond their memory, for some
// damaged files. Only the bytes are handled here: a file stays open for the arrays that are not computed yet.
#pragma once

#include "handles.h"

namespace mlx4j {

class SourceFile;
using SharedFile = std::shared_ptr<SourceFile>;
using FileTable = SlotTable<SharedFile, 4>;
extern FileTable& file_table;

struct file {
  SharedFile f;
  explicit file(jlong h) {
    Entry entry;
    f = file_table.get(h);
  }
  operator const SharedFile&() const { return f; }
};
struct fileout {
  jlong h;
  explicit fileout(SharedFile f) {
    Entry entry;
    h = file_table.put(std::move(f));
  }
  operator jlong() const { return h; }
};

SharedFile open_file(const std::string& path);
void close_file(jlong h);  // arrays that need the file keep it open; closing twice is a no-op
jlong file_size(const SharedFile& f);
// Reads n bytes, beginning at `offset`, into `into`, beginning at `at`.
void read_file(const SharedFile& f, jlong offset, jbyteArray into, jint at, jint n);

// Returns the array whose elements are in the file, beginning at `offset` and in row-major order; they are read when it
// is evaluated. `swap` reverses the bytes of each element.
mx::array load(const SharedFile& f, jlong offset, const mx::Shape& shape, mx::Dtype dtype, bool swap,
               mx::StreamOrDevice s);

jint open_files();

}  // namespace mlx4j
