package dev.countersign.client.tls;

import dev.countersign.client.HostNames;
import dev.countersign.client.PathCheck;
import dev.countersign.client.PathCheck.BrokenPathException;
import dev.countersign.client.tls.PeerRefused.Reason;
import dev.countersign.client.tls.PeerRefused.Side;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.MalformedCertificateException;
import dev.countersign.pki.SpiffeId;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a peer is accepted, by all that is known at one moment. A pure function of that, of the
 * certificates shown, and of the time.
 *
 * @param trustDomain of the own authority
 */
record PeerCheck(TrustedPaths paths, String trustDomain, Denials denials, Peers accepted) {

  /** The path of a peer that is accepted. */
  PathCheck.Path check(List<X509Certificate> shown, Meeting meeting, Instant now)
      throws PeerRefused {
    if (shown.isEmpty()) {
      throw nothingShown(meeting);
    }
    PathCheck.Path path = path(shown, meeting, now);
    Certificate leaf = path.certificates().get(0);
    try {
      PathCheck.requireUsage(leaf, meeting.peer().usage(), meeting.peer().word());
    } catch (BrokenPathException e) {
      throw refusal(meeting, Reason.WRONG_USAGE, Optional.of(leaf), e.reason(), e);
    }
    checkStanding(path, meeting);
    checkHost(leaf, meeting);
    return path;
  }

  /** What may change while a connection lives: denials, and who is accepted. */
  void checkStanding(PathCheck.Path path, Meeting meeting) throws PeerRefused {
    Certificate leaf = path.certificates().get(0);
    Optional<String> denied = denials.against(path.certificates());
    if (denied.isPresent()) {
      throw refusal(meeting, Reason.DENIED, Optional.of(leaf), denied.get(), null);
    }
    if (!accepted.include(leaf, trustDomain)) {
      throw refusal(
          meeting,
          Reason.NOT_ACCEPTED,
          Optional.of(leaf),
          "it is not among those accepted here (" + accepted + ")",
          null);
    }
  }

  /** A client without a certificate, where those are let in. */
  void checkAnonymous(Meeting meeting) throws PeerRefused {
    if (meeting.peer() == Role.SERVER || !accepted.includeAnonymousClients()) {
      throw nothingShown(meeting);
    }
  }

  /** A live connection whose peer's certificate was good for long enough. */
  static PeerRefused outlived(PathCheck.Path path, Meeting meeting) {
    return refusal(
        meeting,
        Reason.EXPIRED,
        Optional.of(path.certificates().get(0)),
        "the connection is older than its certificate, which expired at " + path.notAfter(),
        null);
  }

  /** Nothing is wrong with the peer, but nobody knows who is denied. */
  static PeerRefused stale(PathCheck.Path path, Meeting meeting, String why) {
    return refusal(meeting, Reason.STALE, Optional.of(path.certificates().get(0)), why, null);
  }

  private PathCheck.Path path(List<X509Certificate> shown, Meeting meeting, Instant now)
      throws PeerRefused {
    try {
      return paths.of(shown, now);
    } catch (MalformedCertificateException e) {
      throw refusal(
          meeting,
          Reason.MALFORMED,
          Optional.empty(),
          "its certificate cannot be read: " + e.getMessage(),
          e);
    } catch (BrokenPathException e) {
      Reason reason =
          switch (e.fault()) {
            case EXPIRED -> Reason.EXPIRED;
            case NOT_YET_VALID -> Reason.NOT_YET_VALID;
            case UNKNOWN_ROOT -> Reason.UNKNOWN_ROOT;
            case WRONG_USAGE -> Reason.WRONG_USAGE;
            case OTHER -> Reason.MALFORMED;
          };
      throw refusal(meeting, reason, Optional.of(Certificate.of(shown.get(0))), e.reason(), e);
    }
  }

  private void checkHost(Certificate leaf, Meeting meeting) throws PeerRefused {
    if (meeting.hosts().isEmpty() || accepted.areAtAnyHost()) {
      return;
    }
    List<String> hosts = meeting.hosts().get();
    if (hosts.stream().noneMatch(host -> HostNames.matches(leaf, host))) {
      throw refusal(
          meeting,
          Reason.WRONG_NAME,
          Optional.of(leaf),
          hosts.isEmpty()
              ? "there is no host name to compare it with"
              : "its certificate is for "
                  + HostNames.shown(leaf)
                  + ", not for "
                  + String.join(" or ", hosts),
          null);
    }
  }

  private static PeerRefused nothingShown(Meeting meeting) {
    return refusal(
        meeting, Reason.NO_CERTIFICATE, Optional.empty(), "it showed no certificate", null);
  }

  private static PeerRefused refusal(
      Meeting meeting,
      Reason reason,
      Optional<Certificate> leaf,
      String why,
      @org.jspecify.annotations.Nullable Throwable cause) {
    String who = leaf.map(PeerCheck::shown).map(name -> " " + name).orElse("");
    return new PeerRefused(
        reason,
        Side.OURS,
        leaf,
        "The " + meeting.peer().word() + who + " is refused: " + why + ".",
        Advice.aboutPeer(reason, meeting),
        cause);
  }

  /** What people know it by. */
  static String shown(Certificate leaf) {
    return SpiffeId.of(leaf)
        .map(SpiffeId::toString)
        .or(() -> leaf.names().list().stream().findFirst().map(Object::toString))
        .orElse("\"" + leaf.subject() + "\"");
  }
}
