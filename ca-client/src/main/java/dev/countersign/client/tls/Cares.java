package dev.countersign.client.tls;

import dev.countersign.client.Credential;
import java.util.List;
import java.util.Optional;

/**
 * What is done for an endpoint beside looking at its folder.
 *
 * @param folder keeps that fresh
 * @param authority says what is loaded, and asks
 * @param feed is followed on a thread of its own
 */
record Cares(
    Optional<FolderCare> folder, Optional<ContactCare> authority, Optional<DenialCare> feed) {
  static final Cares NONE = new Cares(Optional.empty(), Optional.empty(), Optional.empty());

  /** What the folder's care is to know. */
  FolderCare.News news(Denials denials, Credential present) {
    return new FolderCare.News(
        denials.number(),
        denials.against(List.of(present.certificate())).isPresent(),
        denials.against(present.chain()).isPresent(),
        authority.map(ContactCare::newestBundle).orElse(0L),
        authority.flatMap(ContactCare::window));
  }
}
