package dev.countersign.db.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The content of one file. */
final class Image {

  private byte[] bytes;
  private int size;

  Image() {
    this.bytes = new byte[0];
  }

  private Image(byte[] bytes, int size) {
    this.bytes = bytes;
    this.size = size;
  }

  Image copy() {
    return new Image(Arrays.copyOf(bytes, size), size);
  }

  int size() {
    return size;
  }

  void write(long position, byte[] written) {
    int end = Math.toIntExact(position + written.length);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
    }
    System.arraycopy(written, 0, bytes, (int) position, written.length);
    size = Math.max(size, end);
  }

  /** Whoever grows the file again finds zeros. */
  void truncate(long to) {
    if (to < size) {
      Arrays.fill(bytes, (int) to, size, (byte) 0);
      size = (int) to;
    }
  }

  void save(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(bytes, 0, size);
    }
  }
}
