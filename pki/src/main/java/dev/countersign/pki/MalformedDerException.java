package dev.countersign.pki;

/** Bytes that are not the strict DER expected; the message tells where, and may be shown. */
public final class MalformedDerException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;

  public MalformedDerException(String what, int offset) {
    super(what + " at byte " + offset);
    this.offset = offset;
  }

  /** The offset of the offending element in the bytes given, counted from 0. */
  public int offset() {
    return offset;
  }
}
