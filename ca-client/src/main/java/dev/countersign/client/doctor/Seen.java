package dev.countersign.client.doctor;

import dev.countersign.client.Printable;
import dev.countersign.pki.Certificate;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * What came of one handshake.
 *
 * @param chain that the server presented, its own certificate first
 * @param malformed why a certificate of it cannot be read
 * @param asked for a client certificate, if it did
 * @param showed whether a client certificate was shown
 * @param completed whether our part of the handshake came to its end
 * @param resumed whether an earlier session was gone on with
 * @param detail the name of the alert, or what this side has against the handshake
 */
record Seen(
    List<Certificate> chain,
    Optional<String> malformed,
    Optional<Asked> asked,
    boolean showed,
    boolean completed,
    boolean resumed,
    String protocol,
    Ending ending,
    String detail) {

  /**
   * A CertificateRequest: the kinds of keys and the CAs in it; no CA means any (RFC 8446 4.2.4).
   */
  record Asked(List<String> keyTypes, List<X500Principal> issuers) {}

  /** How it ended. */
  enum Ending {
    /** It sent a session ticket or data. */
    WELCOMED,
    /** It said goodbye when we did. */
    POLITE,
    /** It waits for what we have to say. */
    QUIET,
    ALERT,
    /** It closed the connection without a word. */
    HUNG_UP,
    /** This side cannot go on. */
    OUR_FAILURE,
    TOO_SLOW,
    NOT_TLS,
    UNREACHABLE
  }

  Seen {
    detail = Printable.line(detail);
  }

  static Seen nothing(Ending ending, String detail) {
    return new Seen(
        List.of(), Optional.empty(), Optional.empty(), false, false, false, "", ending, detail);
  }

  Seen ending(Ending other) {
    return new Seen(chain, malformed, asked, showed, completed, resumed, protocol, other, detail);
  }

  /** The server has nothing against this client, as far as a handshake shows. */
  boolean isAccepted() {
    return completed
        && (ending == Ending.WELCOMED || ending == Ending.POLITE || ending == Ending.QUIET);
  }

  boolean isRefused() {
    return ending == Ending.ALERT || ending == Ending.HUNG_UP;
  }

  /** How a refusal looked, as the end of a sentence. */
  String manner() {
    return ending == Ending.ALERT
        ? "it sends the alert " + detail
        : "it closes the connection without a word";
  }
}
