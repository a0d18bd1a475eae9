package dev.countersign.client.doctor;

import dev.countersign.client.Few;
import dev.countersign.client.Printable;
import dev.countersign.client.doctor.Evidence.AwaitedDenial;
import dev.countersign.client.doctor.Evidence.Fetched;
import dev.countersign.client.doctor.Evidence.Visit;
import dev.countersign.client.doctor.Prober.Limits;
import dev.countersign.client.doctor.Seen.Ending;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds out what is wrong between a client here and a server. Changes nothing on either side, and
 * takes some ten seconds at most, unless it is told to await a denial.
 */
public final class Doctor {
  /** Reserved (RFC 6761 6.4), so that no server is right to have a certificate for it. */
  static final String NO_SUCH_NAME = "nobody.countersign-doctor.invalid";

  /**
   * Who is examined.
   *
   * @param server what is on the other side's disk, if that is here
   * @param denied a credential that is revoked
   * @param stranger a good credential that the server must not let in
   * @param awaitDenial how long to wait until {@code denied} is revoked
   */
  public record Patients(
      String host,
      int port,
      Optional<Side> client,
      Optional<Side> server,
      Optional<Side> denied,
      Optional<Side> stranger,
      Optional<Duration> awaitDenial) {}

  private final InstantSource clock;
  private final SecureRandom random;
  private final Limits limits;

  public Doctor(InstantSource clock, SecureRandom random) {
    this(clock, random, Limits.USUAL);
  }

  Doctor(InstantSource clock, SecureRandom random, Limits limits) {
    this.clock = clock;
    this.random = random;
    this.limits = limits;
  }

  /** Ids of all checks, in the order in which they are told. */
  public static List<String> checks() {
    return Checks.ALL.stream().map(Check::id).toList();
  }

  public Diagnosis examine(Patients patients) {
    Evidence evidence = new Gathering(patients, clock, random, limits).all();
    List<Ailment> ailments = new ArrayList<>();
    List<String> passed = new ArrayList<>();
    Map<String, String> blind = new LinkedHashMap<>();
    for (Check check : Checks.ALL) {
      Optional<String> why = check.blind(evidence);
      List<Ailment> found = why.isPresent() ? List.of() : check.look(evidence);
      why.ifPresent(reason -> blind.put(check.id(), Printable.line(reason)));
      if (why.isEmpty() && found.isEmpty()) {
        passed.add(check.id());
      }
      ailments.addAll(found);
    }
    ailments.sort(Comparator.comparing(Ailment::severity)); // what is worst first
    return new Diagnosis(
        evidence.address(),
        evidence.visit(Visit.BARE).filter(s -> s.ending() != Ending.UNREACHABLE).isPresent(),
        Printable.line(handshake(evidence)),
        List.copyOf(ailments),
        List.copyOf(passed),
        blind);
  }

  private static String handshake(Evidence evidence) {
    if (evidence.presented().isEmpty()) {
      return evidence.address() + " shows no certificate.";
    }
    String asked =
        evidence
            .asked()
            .map(
                a ->
                    "a client certificate of "
                        + (a.issuers().isEmpty()
                            ? "any CA"
                            : Few.of(a.issuers().stream().map(p -> p.getName()).toList())))
            .orElse("no client certificate");
    String own =
        evidence
            .visit(Visit.OWN)
            .filter(seen -> seen.showed())
            .map(
                seen ->
                    seen.isAccepted() ? "; this side's is accepted" : "; this side's is refused")
            .orElse("");
    return evidence.address()
        + " shows \""
        + Printable.line(evidence.presented().get(0).subject())
        + "\" of \""
        + Printable.line(evidence.presented().get(0).issuer())
        + "\" and asks for "
        + asked
        + own
        + ".";
  }

  /** Threads of one examination, which end with it. */
  static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "countersign-doctor-" + COUNT.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Nothing came back in time. */
  static Fetched tooSlow() {
    return ListFetch.none("there was no answer in time");
  }

  static AwaitedDenial neverDenied(Optional<Seen> before) {
    return new AwaitedDenial(false, before, Optional.empty());
  }
}
