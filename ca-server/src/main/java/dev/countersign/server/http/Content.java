package dev.countersign.server.http;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The body of an answer: bytes in pieces that others may hold as well and that nobody changes, so
 * that a large one is in memory once, however many are reading it.
 */
public final class Content {
  static final Content NOTHING = new Content(List.of(), 0, 0);

  private final List<byte[]> pieces;
  private final long from;
  private final long length;

  private Content(List<byte[]> pieces, long from, long length) {
    this.pieces = pieces;
    this.from = from;
    this.length = length;
  }

  public static Content of(List<byte[]> pieces) {
    return new Content(List.copyOf(pieces), 0, pieces.stream().mapToLong(p -> p.length).sum());
  }

  static Content of(byte[] whole) {
    return of(List.of(whole));
  }

  long length() {
    return length;
  }

  /** Some of it, without a copy. */
  Content part(long first, long count) {
    if (first < 0 || count < 0 || first + count > length) {
      throw new IndexOutOfBoundsException(first + " + " + count + " of " + length);
    }
    return new Content(pieces, from + first, count);
  }

  /** All of it at once, if it lies in one piece. */
  Optional<ByteBuffer> buffer() {
    return pieces.size() == 1
        ? Optional.of(ByteBuffer.wrap(pieces.get(0), (int) from, (int) length))
        : Optional.empty();
  }

  /** Reading it never waits. */
  InputStream stream() {
    return new Pieces(pieces, from, length);
  }

  private static final class Pieces extends InputStream {
    private final List<byte[]> pieces;
    private int piece;
    private int offset;
    private long left;

    Pieces(List<byte[]> pieces, long from, long length) {
      this.pieces = pieces;
      this.left = length;
      long skip = from;
      while (left > 0 && skip >= pieces.get(piece).length) {
        skip -= pieces.get(piece++).length;
      }
      offset = (int) skip;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int at, int most) {
      if (most == 0) {
        return 0;
      }
      if (left == 0) {
        return -1;
      }
      while (offset == pieces.get(piece).length) {
        piece++;
        offset = 0;
      }
      byte[] current = pieces.get(piece);
      int count = (int) Math.min(left, Math.min(most, current.length - offset));
      System.arraycopy(current, offset, target, at, count);
      offset += count;
      left -= count;
      return count;
    }
  }
}
