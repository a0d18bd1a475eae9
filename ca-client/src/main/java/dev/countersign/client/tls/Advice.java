package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import dev.countersign.client.tls.PeerRefused.Reason;
import java.time.Instant;
import java.util.Optional;

/** What to do about a refusal, by whoever reads it. */
final class Advice {
  private Advice() {}

  /**
   * A connection that was made with an earlier certificate of ours, and has lasted to the limit.
   */
  static PeerRefused superseded(Instant limit) {
    return new PeerRefused(
        Reason.SUPERSEDED,
        PeerRefused.Side.OURS,
        Optional.empty(),
        "The connection was made with an earlier certificate of this side, and those end at "
            + limit
            + ".",
        "Connect again.",
        null);
  }

  /** About a peer that we refused. */
  static String aboutPeer(Reason reason, Meeting meeting) {
    String it = "the " + meeting.peer().word();
    return switch (reason) {
      case EXPIRED ->
          "Renew it where "
              + it
              + " runs (countersign renew), and see whether that has loaded what was renewed; if it"
              + " is fresh there, set this machine's clock.";
      case NOT_YET_VALID -> "Set the clocks of this machine and of " + it + "'s.";
      case DENIED ->
          "If that is a mistake, ask the authority's operator; else find out who uses the key.";
      case UNKNOWN_ROOT ->
          "See that "
              + it
              + " sends its whole chain (fullchain.pem), and that it has its certificate from the"
              + " same authority; if the authority's root has changed: countersign trust on both"
              + " sides.";
      case WRONG_NAME ->
          "Connect by a name that is in the certificate, or have the authority's operator add the"
              + " name to the identity; where identities alone count, accept peers atAnyHost().";
      case NOT_ACCEPTED -> "If it should be let in, name it in MutualTls.accept.";
      case WRONG_USAGE ->
          "Have it use a certificate of a profile for "
              + meeting.peer().word()
              + "s, such as peer.";
      case NO_CERTIFICATE ->
          meeting.peer() == Role.CLIENT
              ? "Have the client use its credential: enrol it with this authority (countersign"
                  + " enroll)."
              : "See that it is a TLS server with a certificate of the same authority.";
      case MALFORMED -> "See what " + it + " shows: countersign inspect.";
      case STALE ->
          "See that this machine reaches the authority (countersign status), or choose to go on with"
              + " what is known.";
      case SUPERSEDED -> "Connect again.";
      case UNKNOWN -> "See the log of " + it + ".";
    };
  }

  /** About our certificate, which the other side does not like. */
  static String aboutOurs(Reason reason, Role peer, Credential own) {
    String folder = own.folder().resolve("../..").normalize().toString(); // DIR/generations/N
    String theirLog = "What the " + peer.word() + " has against it is in its log.";
    return switch (reason) {
      case EXPIRED ->
          "Renew it (countersign renew --dir "
              + folder
              + "); if it is fresh, compare the clocks of both machines.";
      case DENIED ->
          "Ask the authority's operator why, and for a new enrolment string (countersign enroll"
              + " --replace --dir "
              + folder
              + ").";
      case UNKNOWN_ROOT ->
          "See that the "
              + peer.word()
              + " trusts this authority and has its newest roots: countersign trust there.";
      case WRONG_USAGE -> "Ask the authority's operator for a profile that suits, such as peer.";
      case NOT_ACCEPTED ->
          "Have it named there: MutualTls.accept, or whatever the " + peer.word() + " goes by.";
      case NO_CERTIFICATE ->
          "The key may be of a kind that the " + peer.word() + " does not take. " + theirLog;
      default -> theirLog + " Here, countersign status --dir " + folder + " shows it.";
    };
  }
}
