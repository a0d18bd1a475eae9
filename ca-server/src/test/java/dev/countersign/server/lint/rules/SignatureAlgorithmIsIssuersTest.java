package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import org.junit.jupiter.api.Test;

class SignatureAlgorithmIsIssuersTest {
  private final SignatureAlgorithmIsIssuers rule = new SignatureAlgorithmIsIssuers();

  @Test
  void refuses_another_algorithm_and_other_parameters() {
    passes(rule, leaf());
    fails(rule, "ECDSA_with_SHA_384", leaf(), r -> r.signature = hex("300a06082a8648ce3d040303"));
    fails(rule, "ECDSA_with_NULL", leaf(), r -> r.signature = hex("300c06082a8648ce3d0403020500"));
    fails(rule, "RSA", leaf(), r -> r.signature = hex("300d06092a864886f70d01010b0500"));
  }
}
