package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.ClientException.Kind;
import dev.countersign.client.CredentialFolder;
import dev.countersign.client.Enrollment;
import dev.countersign.client.Notices;
import dev.countersign.pki.EnrollmentString;
import dev.countersign.pki.InvalidEnrollmentStringException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes a folder's first credential from an enrolment string. Tried again with the same string
 * after a crash or a lost answer, it gets the same certificate.
 */
final class FirstEnrollment {
  private final CredentialFolder folder;
  private final Supplier<String> string;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * @param string is asked for only if it is needed
   */
  FirstEnrollment(
      CredentialFolder folder, Supplier<String> string, InstantSource clock, SecureRandom random) {
    this.folder = folder;
    this.string = string;
    this.clock = clock;
    this.random = random;
  }

  void unlessThereIsOne() {
    if (folder.isUsed()) {
      return;
    }
    try {
      new Enrollment(clock, random, Notices.NONE)
          .enroll(parsed(), folder, Enrollment.Options.USUAL);
    } catch (ClientException e) {
      // Of two processes that begin together, the other one may have enrolled it
      if (e.kind() != Kind.LOCAL_FILES || !folder.isUsed()) {
        throw e;
      }
    }
  }

  private EnrollmentString parsed() {
    String text = Optional.ofNullable(string.get()).orElse("").strip();
    if (text.isEmpty()) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "There is no credential in "
              + folder.path()
              + " yet, and no enrolment string to make one with. Ask the authority's operator for a"
              + " string, and give it to this program the way it expects it.");
    }
    try {
      return EnrollmentString.parse(text);
    } catch (InvalidEnrollmentStringException e) {
      throw new ClientException(
          Kind.LOCAL_FILES,
          "The enrolment string for " + folder.path() + " cannot be used: " + e.getMessage(),
          e);
    }
  }
}
