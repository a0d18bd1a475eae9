package dev.countersign.server.issuance;

import dev.countersign.pki.Certificate;
import java.util.List;

/** What goes with a certificate and is not stored with it, because it may change. */
public interface AnswerContext {

  /** The CA certificates from this authority upwards, without the root. */
  List<Certificate> chainFrom(String issuer);

  /** By the profile as it is configured now. */
  RenewalWindow renewalOf(String profile, Certificate certificate);
}
