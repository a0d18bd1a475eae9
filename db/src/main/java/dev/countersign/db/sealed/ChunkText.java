package dev.countersign.db.sealed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What H2 writes at the beginning of its file, and at the beginning and the end of each chunk: one
 * line of {@code key:value} pairs, numbers in hexadecimal digits.
 */
final class ChunkText {

  /** org.h2.mvstore.Chunk.MAX_HEADER_LENGTH: what H2 reads to see a chunk's beginning. */
  static final int HEADER_READ = 1024;

  /** org.h2.mvstore.Chunk.FOOTER_LENGTH: what H2 reads to see a chunk's end. */
  static final int FOOTER_READ = 128;

  /** Which chunk it is about. */
  record Identity(int chunk, long version, int blocks) {}

  private ChunkText() {}

  static Optional<Identity> identity(ByteBuffer bytes) {
    if (!bytes.hasRemaining() || bytes.get(bytes.position()) != 'c') { // most are no such line
      return Optional.empty();
    }
    try {
      return firstLine(bytes)
          .filter(line -> line.containsKey("chunk") && line.containsKey("version"))
          .map(
              line ->
                  new Identity(
                      Integer.parseUnsignedInt(line.get("chunk"), 16),
                      Long.parseUnsignedLong(line.get("version"), 16),
                      Integer.parseUnsignedInt(line.getOrDefault("len", "0"), 16)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<Map<String, String>> firstLine(ByteBuffer bytes) {
    byte[] start = new byte[Math.min(bytes.remaining(), HEADER_READ)];
    bytes.duplicate().get(start);
    String text = new String(start, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    if (end < 0) {
      return Optional.empty();
    }
    Map<String, String> line = new HashMap<>();
    for (String pair : text.substring(0, end).trim().split(",")) {
      int colon = pair.indexOf(':');
      if (colon <= 0) {
        return Optional.empty();
      }
      line.put(pair.substring(0, colon), pair.substring(colon + 1));
    }
    return Optional.of(line);
  }
}
