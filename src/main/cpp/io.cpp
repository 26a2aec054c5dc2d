#include "io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "mlx/io/load.h"
#include "threads.h"

namespace mlx4j {

FileTable& file_table = immortal<FileTable>("file is closed");

static std::atomic<int> files{0};

static timespec modified(const struct stat& s) {
#ifdef __APPLE__
  return s.st_mtimespec;
#else
  return s.st_mtim;
#endif
}

// Can be read by several threads at once. If the file ends too early, MLX's own reader frees its memory while other
// threads still write to it.
class SourceFile {
 public:
  explicit SourceFile(std::string path) : path_(std::move(path)) {
    do {
      descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    } while (descriptor_ < 0 && errno == EINTR);
    if (descriptor_ < 0 || ::fstat(descriptor_, &opened_) != 0 || !S_ISREG(opened_.st_mode)) {
      const int error = descriptor_ < 0 ? errno : EINVAL;
      if (descriptor_ >= 0) {
        ::close(descriptor_);
      }
      throw std::runtime_error("[load] " + path_ + " cannot be opened: " + std::strerror(error));
    }
    ++files;
  }
  ~SourceFile() {
    ::close(descriptor_);
    --files;
  }
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  const std::string& path() const { return path_; }
  jlong size() const { return jlong(opened_.st_size); }

  void read(char* to, std::size_t n, std::size_t offset) const {
    while (n > 0) {
      const auto got = ::pread(descriptor_, to, std::min<std::size_t>(n, std::size_t(1) << 30), off_t(offset));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        throw std::runtime_error("[load] " + path_ + " cannot be read at byte " + std::to_string(offset) + ": " +
                                 (got < 0 ? std::strerror(errno) : "the file ends there"));
      }
      to += got;
      offset += std::size_t(got);
      n -= std::size_t(got);
    }
    require_unchanged();
  }

 private:
  void require_unchanged() const {
    struct stat now;
    if (::fstat(descriptor_, &now) != 0 || now.st_size != opened_.st_size ||
        modified(now).tv_sec != modified(opened_).tv_sec || modified(now).tv_nsec != modified(opened_).tv_nsec) {
      throw std::runtime_error("[load] " + path_ + " was changed after it was opened");
    }
  }

  std::string path_;
  int descriptor_;
  struct stat opened_;
};

namespace {

// A part of a file that MLX reads as a .npy file, with a header that is made here.
class Section : public mx::io::Reader {
 public:
  Section(SharedFile file, std::size_t offset, const mx::Shape& shape, mx::Dtype dtype, bool swap)
      : file_(std::move(file)), offset_(offset) {
    std::ostringstream dictionary;
    dictionary << "{'descr': '"
               << (dtype.size() == 1 ? '|'
                   : swap            ? '>'
                                     : '<')
               << mx::kindof(dtype) << int(dtype.size()) << "', 'fortran_order': False, 'shape': (";
    for (auto d : shape) {
      dictionary << d << ", ";
    }
    dictionary << ")}\n";
    const auto n = dictionary.str().size();
    header_ = std::string("\x93NUMPY\x01\x00", 8) + char(n & 0xff) + char(n >> 8) + dictionary.str();
  }

  bool is_open() const override { return true; }
  bool good() const override { return true; }
  std::size_t tell() override { return at_; }
  void seek(std::int64_t to, std::ios_base::seekdir) override { at_ = std::size_t(to); }
  void read(char* to, std::size_t n) override {
    n = std::min(n, header_.size() - at_);
    std::memcpy(to, header_.data() + at_, n);
    at_ += n;
  }
  void read(char* to, std::size_t n, std::size_t offset) override {
    file_->read(to, n, offset_ + offset - header_.size());
  }
  std::string label() const override { return "file " + file_->path(); }

 private:
  SharedFile file_;
  std::size_t offset_;
  std::string header_;
  std::size_t at_ = 0;
};

}  // namespace

SharedFile open_file(const std::string& path) { return std::make_shared<SourceFile>(path); }

void close_file(jlong h) {
  Entry entry;
  file_table.take(h);
}

jlong file_size(const SharedFile& f) { return f->size(); }

void read_file(const SharedFile& f, jlong offset, jbyteArray into, jint at, jint n) {
  std::string bytes(std::size_t(n), '\0');
  f->read(bytes.data(), bytes.size(), std::size_t(offset));
  require_env()->SetByteArrayRegion(into, at, n, reinterpret_cast<const jbyte*>(bytes.data()));
}

mx::array load(const SharedFile& f, jlong offset, const mx::Shape& shape, mx::Dtype dtype, bool swap,
               mx::StreamOrDevice s) {
  // With Metal only the CPU loads; if no stream is given, MLX chooses one that can.
  const auto* chosen = std::get_if<mx::Stream>(&s);
  const bool cpu = chosen && chosen->device == mx::Device::cpu;
  return mx::load(std::make_shared<Section>(f, std::size_t(offset), shape, dtype, swap),
                  cpu ? s : mx::StreamOrDevice{});
}

jint open_files() { return files; }

}  // namespace mlx4j
