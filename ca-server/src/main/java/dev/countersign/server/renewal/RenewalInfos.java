package dev.countersign.server.renewal;

import dev.countersign.db.Database;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.identity.Identities;
import dev.countersign.server.identity.Mandate;
import dev.countersign.server.issuance.AnswerContext;
import dev.countersign.server.issuance.CertificateRow;
import dev.countersign.server.issuance.Denial;
import dev.countersign.server.issuance.RenewalWindow;
import dev.countersign.server.ledger.Ledger;
import dev.countersign.server.ledger.LedgerEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/** When certificates are to be renewed: in their time, or when an operator calls for it. */
public final class RenewalInfos {
  private final Database database;
  private final Ledger ledger;
  private final Hierarchy hierarchy;
  private final AnswerContext context;
  private final InstantSource clock;

  /** Why then. */
  public enum Why {
    SCHEDULED("scheduled"),
    CALLED("called"),
    ISSUER_REVOKED("issuer-revoked"),
    DENIED("denied");

    private final String label;

    Why(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /** A window, which lies in the past when it is high time. */
  public record Info(RenewalWindow window, Why why) {}

  public RenewalInfos(
      Database database,
      Ledger ledger,
      Hierarchy hierarchy,
      AnswerContext context,
      InstantSource clock) {
    this.database = database;
    this.ledger = ledger;
    this.hierarchy = hierarchy;
    this.context = context;
    this.clock = clock;
  }

  /** Of one certificate. */
  public Info of(CertificateRow row) {
    RenewalWindow scheduled = context.renewalOf(row.profile(), row.certificate());
    Optional<Denial> denial = row.denial();
    if (denial.isPresent()) {
      return new Info(at(denial.get().revokedAt(), scheduled), Why.DENIED);
    }
    boolean fallen =
        hierarchy
            .find(row.issuer())
            .filter(issuer -> issuer.state() == Authority.State.REVOKED)
            .isPresent();
    if (fallen) { // nobody accepts it any more
      return new Info(at(row.certificate().notBefore(), scheduled), Why.ISSUER_REVOKED);
    }
    Info first = new Info(scheduled, Why.SCHEDULED);
    for (RenewalCall call : database.read(handle -> RenewalCallStore.of(handle, row))) {
      RenewalWindow called =
          new RenewalWindow(
                  call.calledAt(), call.calledAt().plus(call.within()), scheduled.graceUntil())
              .sliceOf(row.serial());
      if (called.start().isBefore(first.window().start())) {
        first = new Info(called, Why.CALLED);
      }
    }
    return first;
  }

  private static RenewalWindow at(Instant past, RenewalWindow scheduled) {
    return new RenewalWindow(past, past, scheduled.graceUntil());
  }

  /**
   * Calls for all that is issued already of a certificate, an identity or an issuing CA.
   *
   * @param within over which it is spread
   */
  public RenewalCall call(RenewalCall.Kind kind, String name, Duration within, Mandate mandate) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    RenewalCall call = new RenewalCall(kind, name, now, within);
    LedgerEvent event =
        LedgerEvent.of(now, mandate.actor(), "renewal.called")
            .with(Map.of(kind.label(), name, "within", within.toString()));
    LedgerEvent about =
        switch (kind) {
          case CERTIFICATE -> event.withSerial(name);
          case IDENTITY -> event.about(name);
          case ISSUER -> event;
        };
    if (kind == RenewalCall.Kind.IDENTITY) {
      Identities.mustNotBeReserved(name);
    }
    return database.writeAndWait(
        handle -> {
          mandate.check(handle, database.dialect(), Optional.empty());
          RenewalCallStore.add(handle, call);
          ledger.append(handle, about);
          return call;
        });
  }
}
