package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import dev.countersign.client.RevocationLists;
import dev.countersign.client.Revoked;
import dev.countersign.pki.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The revocation lists of a credential folder. */
record ListedDenials(RevocationLists lists, Certificate own) implements Denials {

  /** A list that was known is never forgotten for an older one, whatever the folder holds now. */
  static ListedDenials of(Credential credential, Optional<ListedDenials> before) {
    RevocationLists lists = credential.revocationLists();
    return new ListedDenials(
        before.map(known -> lists.with(known.lists)).orElse(lists), credential.certificate());
  }

  @Override
  public Optional<String> against(List<Certificate> path) {
    return lists.revoked(path).map(Revoked::reasonNotToTrust);
  }

  /** Peers have their certificates from the CA that we have ours from, or from its successor. */
  @Override
  public Optional<Instant> asOf() {
    return lists.asOf(own);
  }
}
