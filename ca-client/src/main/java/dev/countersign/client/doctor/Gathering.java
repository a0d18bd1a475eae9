package dev.countersign.client.doctor;

import dev.countersign.client.CrlDownload;
import dev.countersign.client.TlsIdentity;
import dev.countersign.client.doctor.Doctor.Patients;
import dev.countersign.client.doctor.Evidence.AwaitedDenial;
import dev.countersign.client.doctor.Evidence.Fetched;
import dev.countersign.client.doctor.Evidence.Visit;
import dev.countersign.client.doctor.Prober.Limits;
import dev.countersign.client.doctor.Prober.Offer;
import dev.countersign.client.doctor.Seen.Asked;
import dev.countersign.client.doctor.Seen.Ending;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Gathers the evidence: first one visit as nobody, then all that this one calls for at once. */
final class Gathering {
  private static final int MOST_LISTS = 6; // two chains of three CAs
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Patients patients;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Limits limits;
  private final Prober prober;
  private final ExecutorService threads = Executors.newCachedThreadPool(Doctor::thread);

  Gathering(Patients patients, InstantSource clock, SecureRandom random, Limits limits) {
    this.patients = patients;
    this.clock = clock;
    this.random = random;
    this.limits = limits;
    this.prober = new Prober(patients.host(), patients.port(), limits);
  }

  Evidence all() {
    try {
      Map<Visit, Seen> visits = new EnumMap<>(Visit.class);
      visits.putAll(inTime(Map.of(Visit.BARE, () -> visit(Optional.empty(), Offer.USUAL)), SLOW));
      Seen bare = visits.getOrDefault(Visit.BARE, SLOW);
      boolean reached = bare.ending() != Ending.UNREACHABLE && bare.ending() != Ending.NOT_TLS;
      if (reached) {
        visits.putAll(inTime(further(bare), SLOW));
      }
      Map<URI, Fetched> lists = lists(evidence(visits, Map.of(), Optional.empty()));
      Optional<AwaitedDenial> awaited =
          reached
              ? patients.awaitDenial().flatMap(longest -> await(longest, visits, lists))
              : Optional.empty();
      return evidence(visits, lists, awaited);
    } finally {
      threads.shutdownNow();
    }
  }

  private static final Seen SLOW = Seen.nothing(Ending.TOO_SLOW, "");

  private Evidence evidence(
      Map<Visit, Seen> visits, Map<URI, Fetched> lists, Optional<AwaitedDenial> awaited) {
    return new Evidence(
        patients.host(),
        patients.port(),
        clock.instant(),
        patients.client(),
        patients.server(),
        patients.denied(),
        patients.stranger(),
        visits,
        lists,
        awaited);
  }

  private Seen visit(Optional<TlsIdentity> identity, Offer offer) {
    return prober.visit(new Recorder(identity), offer);
  }

  private Map<Visit, Callable<Seen>> further(Seen bare) {
    Map<Visit, Callable<Seen>> calls = new EnumMap<>(Visit.class);
    if (bare.chain().isEmpty() && !bare.completed()) {
      calls.put(
          Visit.TLS_13,
          () -> visit(Optional.empty(), new Offer(List.of("TLSv1.3"), Optional.empty())));
      calls.put(
          Visit.TLS_12,
          () -> visit(Optional.empty(), new Offer(List.of("TLSv1.2"), Optional.empty())));
      return calls;
    }
    calls.put(
        Visit.NO_SUCH_NAME,
        () -> visit(Optional.empty(), new Offer(List.of(), Optional.of(Doctor.NO_SUCH_NAME))));
    as(Visit.OWN, patients.client(), calls);
    bare.asked()
        .ifPresent(
            asked -> {
              TlsIdentity canary = Canary.make(kind(asked), random, clock.instant());
              calls.put(Visit.CANARY, () -> visit(Optional.of(canary), Offer.USUAL));
              if (patients.awaitDenial().isEmpty()) {
                as(Visit.DENIED, patients.denied(), calls);
              }
              as(Visit.STRANGER, patients.stranger(), calls);
            });
    return calls;
  }

  private static KeyAlgorithm kind(Asked asked) {
    return asked.keyTypes().contains("EC") ? KeyAlgorithm.P256 : KeyAlgorithm.RSA_2048;
  }

  private void as(Visit visit, Optional<Side> side, Map<Visit, Callable<Seen>> calls) {
    side.flatMap(Side::identity)
        .ifPresent(identity -> calls.put(visit, () -> visit(Optional.of(identity), Offer.USUAL)));
  }

  /** Whatever is not ready when a visit must be over is not waited for: a name may not resolve. */
  private <K, V> Map<K, V> inTime(Map<K, Callable<V>> calls, V otherwise) {
    Map<K, V> results = new LinkedHashMap<>();
    try {
      List<K> keys = new ArrayList<>(calls.keySet());
      List<Future<V>> futures =
          threads.invokeAll(
              keys.stream().map(calls::get).toList(),
              limits.connect().plus(limits.visit()).toMillis(),
              TimeUnit.MILLISECONDS);
      for (int i = 0; i < keys.size(); i++) {
        try {
          results.put(keys.get(i), futures.get(i).get());
        } catch (CancellationException e) {
          results.put(keys.get(i), otherwise);
        } catch (ExecutionException e) {
          throw new IllegalStateException("a visit failed", e.getCause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return results;
  }

  /** Only where certificates of the two folders say, or such as lead to their roots. */
  private Map<URI, Fetched> lists(Evidence evidence) {
    Set<URI> points = new LinkedHashSet<>();
    for (Showing showing : evidence.showings()) {
      boolean ours =
          evidence.sides().values().stream().anyMatch(s -> s.chain().equals(showing.chain()));
      if (ours || showing.path().isPresent()) {
        showing.chain().forEach(c -> points.addAll(CrlDownload.points(c)));
      }
    }
    patients.denied().ifPresent(d -> d.chain().forEach(c -> points.addAll(CrlDownload.points(c))));
    Map<URI, Callable<Fetched>> calls = new LinkedHashMap<>();
    points.stream()
        .limit(MOST_LISTS)
        .forEach(uri -> calls.put(uri, () -> signed(ListFetch.fetch(uri, limits.connect()))));
    return inTime(calls, Doctor.tooSlow());
  }

  private Fetched signed(Fetched fetched) {
    Optional<X509CRL> list = fetched.list();
    if (list.isEmpty() || issuers().stream().anyMatch(issuer -> signs(issuer, list.get()))) {
      return fetched;
    }
    return new Fetched(
        Optional.empty(),
        "what is there is not signed by a CA that is known",
        fetched.serverTime());
  }

  private List<Certificate> issuers() {
    List<Certificate> all = new ArrayList<>();
    for (Optional<Side> side :
        List.of(patients.client(), patients.server(), patients.denied(), patients.stranger())) {
      side.ifPresent(s -> all.addAll(s.all()));
    }
    return all;
  }

  private static boolean signs(Certificate issuer, X509CRL list) {
    try {
      if (!list.getIssuerX500Principal().equals(issuer.x509().getSubjectX500Principal())) {
        return false;
      }
      list.verify(issuer.x509().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * A session is made while the canary is good. When its revocation is known, and the server has
   * refused it afresh or the time is over, that session is gone on with.
   */
  private Optional<AwaitedDenial> await(
      Duration longest, Map<Visit, Seen> visits, Map<URI, Fetched> lists) {
    Optional<TlsIdentity> identity = patients.denied().flatMap(Side::identity);
    if (identity.isEmpty()) {
      return Optional.empty();
    }
    Recorder session = new Recorder(identity);
    Seen before = prober.waiting(session, Offer.USUAL);
    boolean known = false;
    for (long i = Math.max(1, longest.dividedBy(BETWEEN_LOOKS)); i > 0; i--) {
      lists.putAll(lists(evidence(visits, lists, Optional.empty())));
      Side canary = Side.read(patients.denied().orElseThrow().folder());
      known = DenialChecks.isRevoked(canary, lists.values(), canary.lists().stream().toList());
      if (known) {
        visits.put(Visit.DENIED, visit(identity, Offer.USUAL));
        if (!visits.get(Visit.DENIED).isAccepted()) {
          break;
        }
      }
      if (!pause()) {
        break;
      }
    }
    if (!known) {
      return Optional.of(Doctor.neverDenied(Optional.of(before)));
    }
    return Optional.of(
        new AwaitedDenial(
            true, Optional.of(before), Optional.of(prober.waiting(session, Offer.USUAL))));
  }

  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
