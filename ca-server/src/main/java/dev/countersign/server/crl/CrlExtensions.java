package dev.countersign.server.crl;

import dev.countersign.pki.DerWriter;
import dev.countersign.server.authority.Extensions;
import java.util.List;

/** What a list says of itself besides its entries (RFC 5280 5.2). */
final class CrlExtensions {
  private static final String CRL_NUMBER = "2.5.29.20";
  private static final String DELTA_CRL_INDICATOR = "2.5.29.27";
  private static final String FRESHEST_CRL = "2.5.29.46";
  private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
  private static final int URI_NAME = 0x86;
  private static final byte[] TRUE = {(byte) 0xff};

  private CrlExtensions() {}

  static byte[] number(long number) {
    return Extensions.extension(CRL_NUMBER, false, new DerWriter(16).integer(number).toByteArray());
  }

  /**
   * RFC 5280 5.2.5: critical. A list of certificates that are no CA's, and that name one of these
   * addresses.
   */
  static byte[] issuingDistributionPoint(List<String> urls) {
    DerWriter value = new DerWriter(256);
    value.value(0x81, TRUE); // onlyContainsUserCerts
    distributionPoint(value, urls).sequence(0);
    return Extensions.extension(ISSUING_DISTRIBUTION_POINT, true, value.toByteArray());
  }

  /** RFC 5280 5.2.4: critical. A list of what has changed since that one. */
  static byte[] deltaIndicator(long base) {
    byte[] value = new DerWriter(16).integer(base).toByteArray();
    return Extensions.extension(DELTA_CRL_INDICATOR, true, value);
  }

  /** RFC 5280 5.2.6: where a complete list's delta list is. */
  static byte[] freshest(List<String> urls) {
    DerWriter value = new DerWriter(256);
    distributionPoint(value, urls).sequence(0).sequence(0); // of one DistributionPoint
    return Extensions.extension(FRESHEST_CRL, false, value.toByteArray());
  }

  private static DerWriter distributionPoint(DerWriter value, List<String> urls) {
    int point = value.mark();
    for (int i = urls.size() - 1; i >= 0; i--) {
      value.ascii(URI_NAME, urls.get(i));
    }
    return value.wrap(0xa0, point).wrap(0xa0, point); // fullName, distributionPoint
  }
}
