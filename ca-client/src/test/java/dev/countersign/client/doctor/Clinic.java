package dev.countersign.client.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.client.testing.Crls;
import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.pki.PrivateKeys;
import dev.countersign.pki.SubjectName;
import dev.countersign.pki.testing.MovableClock;
import dev.countersign.pki.testing.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Two sides that are well, so that a test makes one thing wrong; shared by all tests. */
final class Clinic {
  static final SecureRandom RANDOM = new SecureRandom();
  static final MovableClock CLOCK = new MovableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  static final TestCa CA = TestCa.create("Ours", KeyAlgorithm.P256, CLOCK);
  static final TestCa FOREIGN = TestCa.create("Foreign", KeyAlgorithm.P256, CLOCK);
  static final KeyPair KEY = KeyAlgorithm.P256.generate(RANDOM);
  static final KeyPair OTHER_KEY = KeyAlgorithm.P256.generate(RANDOM);
  static final List<SubjectName> LOCALHOST = List.of(SubjectName.dns("localhost"));
  static final TestCa.Credential SERVER = credential(CA, "server");
  static final TestCa.Credential CLIENT = credential(CA, "client");

  // Only a server that refuses without a word, or says nothing, is waited for
  private static final Prober.Limits PATIENT =
      new Prober.Limits(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(300));

  private Clinic() {}

  static TestCa.Credential credential(TestCa ca, String name) {
    return new TestCa.Credential(
        KEY,
        List.of(ca.issue(KEY.getPublic(), name, LOCALHOST, Duration.ofDays(30)), ca.issuing()));
  }

  /** A folder with the files of one side, as any program may have them. */
  static Path folder(
      Path in, String name, KeyPair key, List<Certificate> chain, Certificate... roots) {
    try {
      Path folder = Files.createDirectories(in.resolve(name));
      Files.writeString(folder.resolve("key.pem"), PrivateKeys.toPem(key));
      Files.writeString(folder.resolve("fullchain.pem"), Certificate.toPem(chain));
      if (roots.length > 0) {
        Files.writeString(folder.resolve("trust.pem"), Certificate.toPem(List.of(roots)));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path folder(Path in, String name, TestCa.Credential credential, Certificate... roots) {
    return folder(in, name, credential.key(), credential.chain(), roots);
  }

  static String lists(TestCa ca) {
    return Crls.empty(ca, CLOCK);
  }

  /** An examination. */
  static final class Examination {
    private final int port;
    private String host = "localhost";
    private Optional<Side> client = Optional.empty();
    private Optional<Side> server = Optional.empty();
    private Optional<Side> denied = Optional.empty();
    private Optional<Side> stranger = Optional.empty();
    private Optional<Duration> await = Optional.empty();
    private java.time.InstantSource clock = CLOCK;

    Examination(int port) {
      this.port = port;
    }

    Examination as(Path folder) {
      client = Optional.of(Side.read(folder));
      return this;
    }

    Examination with(Path folder) {
      server = Optional.of(Side.read(folder));
      return this;
    }

    Examination denied(Path folder) {
      denied = Optional.of(Side.read(folder));
      return this;
    }

    Examination stranger(Path folder) {
      stranger = Optional.of(Side.read(folder));
      return this;
    }

    Examination awaiting(Duration longest) {
      await = Optional.of(longest);
      return this;
    }

    Examination at(String other) {
      host = other;
      return this;
    }

    Examination when(Instant time) {
      clock = () -> time;
      return this;
    }

    Diagnosis diagnosis() {
      return new Doctor(clock, RANDOM, PATIENT)
          .examine(new Doctor.Patients(host, port, client, server, denied, stranger, await));
    }

    /** The one that this check finds. */
    Ailment finds(String check) {
      Diagnosis diagnosis = diagnosis();
      List<Ailment> found =
          diagnosis.ailments().stream().filter(a -> a.check().equals(check)).toList();
      assertThat(found).as("%s in %s", check, diagnosis).hasSize(1);
      assertThat(found.get(0).mend()).isNotBlank();
      return found.get(0);
    }

    /** Errors and warnings alone. */
    List<String> ills() {
      return diagnosis().ailments().stream()
          .filter(a -> a.severity() != Ailment.Severity.NOTE)
          .map(Ailment::check)
          .toList();
    }
  }

  static Stream<String> sentences(Diagnosis diagnosis) {
    return diagnosis.ailments().stream().map(Ailment::sentence);
  }
}
