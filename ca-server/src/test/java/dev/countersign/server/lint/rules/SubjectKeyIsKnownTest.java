package dev.countersign.server.lint.rules;

import static dev.countersign.server.lint.DraftRecipe.fails;
import static dev.countersign.server.lint.DraftRecipe.hex;
import static dev.countersign.server.lint.DraftRecipe.leaf;
import static dev.countersign.server.lint.DraftRecipe.passes;

import org.junit.jupiter.api.Test;

class SubjectKeyIsKnownTest {
  private final SubjectKeyIsKnown rule = new SubjectKeyIsKnown();

  @Test
  void refuses_other_encodings_and_other_keys() {
    passes(rule, leaf());
    fails(
        rule,
        "point_compressed",
        leaf(),
        r ->
            r.key =
                hex("3039301306072a8648ce3d020106082a8648ce3d030107032200 02" + "11".repeat(32)));
    fails(
        rule,
        "curve_secp256k1",
        leaf(),
        r -> r.key = hex("3056301006072a8648ce3d020106052b8104000a034200 04" + "11".repeat(64)));
    fails(
        rule,
        "Ed25519_with_NULL",
        leaf(),
        r -> r.key = hex("302c300706032b65700500032100" + "11".repeat(32)));
    fails(rule, "Ed448", leaf(), r -> r.key = hex("3043300506032b6571033a00" + "11".repeat(57)));
    fails(
        rule,
        "RSA_512",
        leaf(),
        r ->
            r.key =
                hex(
                    "305c300d06092a864886f70d0101010500034b003048024100"
                        + "c1".repeat(64)
                        + "0203010001"));
  }
}
