package dev.countersign.pki;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Textual encodings (RFC 7468): strict in what is written, lax about what stands around the blocks.
 */
public final class Pem {
  /** The longest text that is read. */
  public static final int MOST_CHARACTERS = 1 << 20;

  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";
  private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /** One block with lines of 64 characters, ended by a line feed. */
  public static String encode(String label, byte[] der) {
    return BEGIN
        + label
        + DASHES
        + "\n"
        + ENCODER.encodeToString(der)
        + "\n-----END "
        + label
        + DASHES
        + "\n";
  }

  /**
   * All blocks in their order; text outside of blocks is passed over.
   *
   * @throws MalformedPemException if a block does not end, is not base64 or carries headers, or the
   *     text is too long
   */
  public static List<PemBlock> decode(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new MalformedPemException("PEM text longer than 1 MiB");
    }
    List<PemBlock> blocks = new ArrayList<>();
    int from = 0;
    while (true) {
      int begin = text.indexOf(BEGIN, from);
      if (begin < 0) {
        return List.copyOf(blocks);
      }
      int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
      if (labelEnd < 0 || labelEnd - begin > 80 || text.substring(begin, labelEnd).contains("\n")) {
        throw new MalformedPemException("a PEM block whose first line is not whole");
      }
      String label = text.substring(begin + BEGIN.length(), labelEnd);
      int bodyStart = labelEnd + DASHES.length();
      String endLine = "-----END " + label + DASHES;
      int end = text.indexOf(endLine, bodyStart);
      if (end < 0) {
        throw new MalformedPemException(
            "the PEM block '" + SafeText.of(label) + "' is cut off: its END line is missing");
      }
      blocks.add(new PemBlock(label, body(label, text.substring(bodyStart, end))));
      from = end + endLine.length();
    }
  }

  private static byte[] body(String label, String body) {
    if (body.indexOf(':') >= 0) {
      throw new MalformedPemException(
          "the PEM block '"
              + SafeText.of(label)
              + "' has headers (the old encrypted form?): convert it with 'openssl pkcs8 -topk8'");
    }
    StringBuilder base64 = new StringBuilder(body.length());
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c != '\n' && c != '\r' && c != ' ' && c != '\t') {
        base64.append(c);
      }
    }
    try {
      return Base64.getDecoder().decode(base64.toString());
    } catch (IllegalArgumentException e) {
      throw new MalformedPemException(
          "the PEM block '" + SafeText.of(label) + "' is not base64", e);
    }
  }
}
