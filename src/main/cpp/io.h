// Files that arrays are read from.
//
// The formats are read and written in Java: MLX's own readers end the process, or read beyond their memory, on some
// damaged files. What remains here is the bytes: a file that stays open for the arrays that are not computed yet.
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
void close_file(jlong h);  // arrays that need the file keep it open; closing twice is harmless
jlong file_size(const SharedFile& f);
// The n bytes from `offset` on, to `into` from `at` on.
void read_file(const SharedFile& f, jlong offset, jbyteArray into, jint at, jint n);

// The array whose elements are in the file from `offset` on, row-major; read when it is evaluated. `swap` turns the
// bytes of every element round.
mx::array load(const SharedFile& f, jlong offset, const mx::Shape& shape, mx::Dtype dtype, bool swap,
               mx::StreamOrDevice s);

jint open_files();

}  // namespace mlx4j
