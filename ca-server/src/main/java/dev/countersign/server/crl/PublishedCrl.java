package dev.countersign.server.crl;

import dev.countersign.server.http.Tag;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A CRL that is on record, in pieces that it shares with others. */
public final class PublishedCrl {
  private final CrlRow row;
  private final List<byte[]> pieces;
  private final SortedEntries shard;
  private final long length;
  private final String tag;

  /**
   * @param shard what it lists, if it is one of a shard
   */
  PublishedCrl(CrlRow row, List<byte[]> pieces, SortedEntries shard) {
    this.row = row;
    this.pieces = List.copyOf(pieces);
    this.shard = shard;
    this.length = pieces.stream().mapToLong(piece -> piece.length).sum();
    this.tag = Tag.of(row.signature()); // of nothing but exactly these bytes
  }

  public long number() {
    return row.number();
  }

  public Instant thisUpdate() {
    return row.thisUpdate();
  }

  public Instant nextUpdate() {
    return row.nextUpdate();
  }

  /** By this, lists can be told apart; not each has one. */
  Optional<Instant> modified() {
    return row.modified();
  }

  /** The number of the newest revocation or release that it knows of. */
  public long revocations() {
    return row.revocations();
  }

  CrlRow row() {
    return row;
  }

  /** Whether the next would say something else, whatever its times. */
  @SuppressWarnings("ReferenceEquality") // what nothing has changed in is the same object
  boolean isBehind(Snapshot snapshot) {
    return row.isShard()
        ? shard != snapshot.shards().get(row.shard())
        : row.revocations() < snapshot.revocations();
  }

  List<byte[]> pieces() {
    return pieces;
  }

  /** A strong tag of exactly these bytes. */
  String tag() {
    return tag;
  }

  /** In bytes. */
  public long length() {
    return length;
  }

  /** In one piece, which for a large list is a large copy. */
  public byte[] der() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream((int) length());
    pieces.forEach(whole::writeBytes);
    return whole.toByteArray();
  }
}
