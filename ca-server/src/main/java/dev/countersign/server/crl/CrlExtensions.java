package dev.countersign.server.crl;

import dev.countersign.pki.DerWriter;
import dev.countersign.server.authority.Extensions;

/** What a list says of itself besides its entries (RFC 5280 5.2). */
final class CrlExtensions {
  private static final String CRL_NUMBER = "2.5.29.20";

  private CrlExtensions() {}

  static byte[] number(long number) {
    return Extensions.extension(CRL_NUMBER, false, new DerWriter(16).integer(number).toByteArray());
  }
}
