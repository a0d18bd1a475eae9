package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import dev.countersign.client.DenialState;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.Revoked;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.RevocationReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The revocation lists of a credential folder, and what the feed has said. What either of them says
 * to be revoked for good is; a hold may have been lifted since, so the later of them decides.
 */
record KnownDenials(RevocationLists lists, Certificate own, Optional<DenialState> heard)
    implements Denials {
  // The time of a list has no fractions (RFC 5280 4.1.2.5)
  private static final Duration LIST_TIME = Duration.ofSeconds(1);

  /** A list that was known is never forgotten for an older one, whatever the folder holds now. */
  static KnownDenials of(Credential credential, Optional<KnownDenials> before) {
    RevocationLists lists = credential.revocationLists();
    return new KnownDenials(
        before.map(known -> lists.with(known.lists)).orElse(lists),
        credential.certificate(),
        before.flatMap(KnownDenials::heard));
  }

  KnownDenials with(DenialState state) {
    return new KnownDenials(lists, own, Optional.of(state));
  }

  @Override
  public Optional<String> against(List<Certificate> path) {
    for (int i = 0; i < path.size(); i++) {
      Certificate certificate = path.get(i);
      Optional<String> ca = i == 0 ? Optional.empty() : Optional.of(certificate.subject());
      Optional<Revoked> listed =
          lists
              .revoked(List.of(certificate))
              .map(found -> new Revoked(found.since(), found.reason(), ca));
      Optional<RevocationReason> said =
          heard.flatMap(state -> state.serials().reason(certificate.serial()));
      if (listed.isPresent() && (!listed.get().isOnHold() || !isReleased(certificate, said))) {
        return listed.map(Revoked::reasonNotToTrust);
      }
      if (said.isPresent() && (isForGood(said.get()) || !isOffTheList(certificate, listed))) {
        return said.map(reason -> Revoked.reasonNotToTrust(reason, ca));
      }
    }
    return Optional.empty();
  }

  private static boolean isForGood(RevocationReason reason) {
    return reason != RevocationReason.CERTIFICATE_HOLD;
  }

  /** The feed does not say so, and knows more than the list. */
  private boolean isReleased(Certificate certificate, Optional<RevocationReason> said) {
    return said.isEmpty()
        && heard.isPresent()
        && made(certificate).isBefore(heard.get().at().minus(LIST_TIME));
  }

  /** The list does not say so, and knows more than the feed. */
  private boolean isOffTheList(Certificate certificate, Optional<Revoked> listed) {
    return listed.isEmpty() && made(certificate).isAfter(heard.orElseThrow().at());
  }

  private Instant made(Certificate certificate) {
    return lists.asOf(certificate).orElse(Instant.MIN);
  }

  /** Peers have their certificates from the CA that we have ours from, or from its successor. */
  @Override
  public Optional<Instant> asOf() {
    Optional<Instant> listed = lists.asOf(own);
    Optional<Instant> said = heard.map(DenialState::at);
    return listed.filter(made -> said.filter(made::isBefore).isEmpty()).or(() -> said);
  }

  @Override
  public long number() {
    return heard.map(DenialState::number).orElse(0L);
  }
}
