package dev.countersign.server.cleaning;

import dev.countersign.server.ledger.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** All that is ever removed, by this configuration. */
public final class Chores {

  /** Those that are about removing. */
  static final Set<String> EVENTS = Set.of(ExpiredCertificateStore.REMOVED, OldEventStore.REMOVED);

  private final List<Chore> list;

  private Chores(List<Chore> list) {
    this.list = List.copyOf(list);
  }

  public static Chores of(Retention retention, Ledger ledger) {
    List<Chore> chores = new ArrayList<>();
    chores.add(new DenialStore());
    chores.add(new EndedCheckinStore());
    chores.add(new EndedEnrollmentStore(retention.enrollments()));
    chores.add(new RetryKeyStore(retention.retryKeys()));
    retention
        .certificates()
        .ifPresent(kept -> chores.add(new ExpiredCertificateStore(kept, ledger)));
    retention.events().ifPresent(kept -> chores.add(new OldEventStore(kept, ledger)));
    return new Chores(chores);
  }

  /** How they are called. */
  public List<String> names() {
    return list.stream().map(Chore::what).toList();
  }

  List<Chore> list() {
    return list;
  }
}
