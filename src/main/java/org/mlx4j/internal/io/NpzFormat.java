package org.mlx4j.internal.io;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.mlx4j.MlxArray;
import org.mlx4j.MlxException;
import org.mlx4j.internal.ArrayAccess;

/** NumPy's format of several arrays: a zip archive of .npy files. */
public final class NpzFormat {
  private static final String EXTENSION = ".npy";

  /** The date of all entries, so that equal arrays make equal files. */
  private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

  private NpzFormat() {}

  // ---- writing ----------------------------------------------------------------------------------

  /**
   * Checks that an array can have a name.
   *
   * @param function the public function that writes
   * @param name the name
   * @throws IllegalArgumentException if it is too long or not valid Unicode
   */
  public static void check(String function, String name) {
    if (ArrayTarget.utf8(function, "the name of an array", name + EXTENSION).length > 0xffff) {
      throw new IllegalArgumentException(
          "["
              + function
              + "] the name of an array is too long for a zip archive: "
              + name.length()
              + " characters");
    }
  }

  /**
   * Writes arrays whose names have been checked.
   *
   * @param access reads the arrays
   * @param function the public function that writes
   * @param out where to write
   * @param arrays the arrays by their names, evaluated
   * @param compressed whether to compress them
   * @throws IOException if the stream cannot be written to
   */
  public static void write(
      ArrayAccess access,
      String function,
      OutputStream out,
      Map<String, MlxArray> arrays,
      boolean compressed)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, MlxArray> each : arrays.entrySet()) {
      MlxArray array = each.getValue();
      ZipEntry entry = new ZipEntry(each.getKey() + EXTENSION);
      entry.setTimeLocal(DATE);
      if (!compressed) {
        CheckedOutputStream sum =
            new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
        ArrayTarget counted = new ArrayTarget(access, function, sum);
        NpyFormat.write(counted, array);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(counted.position());
        entry.setCompressedSize(counted.position());
        entry.setCrc(sum.getChecksum().getValue());
      }
      zip.putNextEntry(entry);
      NpyFormat.write(new ArrayTarget(access, function, zip), array);
      zip.closeEntry();
    }
    zip.finish();
  }

  // ---- reading a file ---------------------------------------------------------------------------

  /**
   * Reads the arrays of a file.
   *
   * @param access makes the arrays
   * @param function the public function that reads
   * @param file the file
   * @param into takes the arrays
   */
  public static void read(ArrayAccess access, String function, File file, LoadedArrays into) {
    try (InputStream in = new FileInputStream(file)) {
      byte[] start = in.readNBytes(Unreadable.START);
      if (!isZip(start)) {
        throw notNpz(function, file.toString(), start);
      }
    } catch (IOException e) {
      throw unreadable(function, file.toString(), e);
    }
    try (ZipFile zip = new ZipFile(file)) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        try (InputStream in = zip.getInputStream(entry)) {
          CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
          StreamSource source = source(access, function, file.toString(), entry, checked);
          into.add(source, name(entry), NpyFormat.read(source));
          requireEnd(source, checked);
          if (entry.getCrc() != checked.getChecksum().getValue()) {
            throw source.corrupt("its checksum is wrong");
          }
        }
      }
    } catch (IOException | IllegalArgumentException e) { // the latter for invalid names
      throw unreadable(function, file.toString(), e);
    }
  }

  // ---- reading a stream -------------------------------------------------------------------------

  /**
   * Reads the arrays of a stream, to its end.
   *
   * @param access makes the arrays
   * @param function the public function that reads
   * @param name the stream, as messages name it
   * @param stream the stream
   * @param into takes the arrays
   */
  public static void read(
      ArrayAccess access, String function, String name, InputStream stream, LoadedArrays into) {
    try {
      byte[] start = stream.readNBytes(Unreadable.START);
      if (!isZip(start)) {
        throw notNpz(function, name, start);
      }
      Tail tail = new Tail(new SequenceInputStream(new ByteArrayInputStream(start), stream));
      int entries = 0;
      @SuppressWarnings("resource") // would close the caller's stream
      ZipInputStream zip = new ZipInputStream(tail);
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; entries++) {
        StreamSource source = source(access, function, name, entry, zip);
        into.add(source, name(entry), NpyFormat.read(source));
        requireEnd(source, zip); // also checks the sum
      }
      if (tail.entries() != (entries & 0xffff)) {
        throw new MlxException(
            "[" + function + "] " + name + ": it ends too early; it is truncated or damaged");
      }
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(function, name, e);
    }
  }

  /** Keeps the last bytes of a stream, in which a zip archive records its number of entries. */
  private static final class Tail extends FilterInputStream {
    private static final int RECORD = 22;
    private static final int LONGEST = RECORD + 0xffff;

    private byte[] kept = new byte[1 << 17];
    private int count;

    Tail(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int n) throws IOException {
      int got = super.read(into, at, Math.min(n, kept.length - LONGEST));
      if (got > 0) {
        if (count + got > kept.length) {
          System.arraycopy(kept, count - LONGEST, kept, 0, LONGEST);
          count = LONGEST;
        }
        System.arraycopy(into, at, kept, count, got);
        count += got;
      }
      return got;
    }

    /** Reads to the end and returns the number of entries recorded there, or -1. */
    int entries() throws IOException {
      byte[] rest = new byte[1 << 13];
      while (read(rest, 0, rest.length) >= 0) {
        // read keeps the bytes
      }
      ByteBuffer bytes = ByteBuffer.wrap(kept, 0, count).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = count - RECORD; at >= 0 && at >= count - LONGEST; at--) {
        boolean last = at + RECORD + (bytes.getShort(at + 20) & 0xffff) == count;
        if (last && bytes.getInt(at) == 0x06054b50) {
          return bytes.getShort(at + 10) & 0xffff;
        }
      }
      return -1;
    }
  }

  // ---- both -------------------------------------------------------------------------------------

  private static boolean isZip(byte[] start) {
    return start.length >= 4 && start[0] == 'P' && start[1] == 'K' && start[2] <= 8;
  }

  private static MlxException notNpz(String function, String name, byte[] start) {
    return new MlxException(
        "[" + function + "] " + name + ": it is not a .npz file: " + Unreadable.seems(start));
  }

  private static StreamSource source(
      ArrayAccess access, String function, String name, ZipEntry entry, InputStream in) {
    long size = entry.getSize() < 0 ? Long.MAX_VALUE : entry.getSize();
    return new StreamSource(access, function, name + " (" + entry.getName() + ")", in, size);
  }

  private static String name(ZipEntry entry) {
    String name = entry.getName();
    boolean extended = name.length() > EXTENSION.length() && name.endsWith(EXTENSION);
    return extended ? name.substring(0, name.length() - EXTENSION.length()) : name;
  }

  private static void requireEnd(ArraySource source, InputStream in) throws IOException {
    if (in.read() >= 0) {
      throw source.corrupt("more bytes follow the array");
    }
  }

  private static RuntimeException unreadable(String function, String name, Exception e) {
    String message = "[" + function + "] " + name + " cannot be read as .npz: " + e.getMessage();
    if (e instanceof IOException io) {
      return new UncheckedIOException(message, io);
    }
    MlxException damaged = new MlxException(message);
    damaged.initCause(e);
    return damaged;
  }
}
