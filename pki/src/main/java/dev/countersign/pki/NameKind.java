package dev.countersign.pki;

/** The kinds of subject alternative name that Countersign certifies (RFC 5280 4.2.1.6). */
public enum NameKind {
  DNS("dns", 0x82),
  IP("ip", 0x87),
  URI("uri", 0x86),
  EMAIL("email", 0x81);

  private final String label;
  private final int tag;

  NameKind(String label, int tag) {
    this.label = label;
    this.tag = tag;
  }

  public String label() {
    return label;
  }

  /** The context tag in GeneralName. */
  int tag() {
    return tag;
  }
}
