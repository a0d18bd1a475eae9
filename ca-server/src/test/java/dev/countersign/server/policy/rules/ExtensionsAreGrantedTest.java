package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.refused;

import dev.countersign.pki.Oids;
import dev.countersign.server.policy.Asked;
import dev.countersign.server.policy.Profile;
import dev.countersign.server.policy.Profiles;
import dev.countersign.server.refusal.Refusal.Kind;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtensionsAreGrantedTest {
  private final ExtensionsAreGranted rule = new ExtensionsAreGranted();
  private final Asked asked = new Asked();

  private static final String TLS_FEATURE = "1.3.6.1.5.5.7.1.24";

  @Test
  void what_the_profile_gives_anyway_may_be_asked_for() {
    granted(rule, asked);
    granted(rule, new Asked().extension(Oids.SUBJECT_KEY_IDENTIFIER, false, hex("0401aa")));
    granted(rule, new Asked().extension(Oids.KEY_USAGE, true, hex("03020780")));
    granted(
        rule,
        new Asked().extension(Oids.EXTENDED_KEY_USAGE, false, hex("300a06082b06010505070301")));
  }

  @Test
  void anything_more_is_refused_by_its_number() {
    refused(
        rule,
        new Asked().extension(TLS_FEATURE, false, hex("3003020105")),
        Kind.NOT_ALLOWED,
        TLS_FEATURE,
        "peer");
    refused(
        rule,
        new Asked().extension(Oids.KEY_USAGE, true, hex("03020106")),
        Kind.NOT_ALLOWED,
        "2.5.29.15");
    refused(
        rule,
        new Asked().extension(Oids.EXTENDED_KEY_USAGE, false, hex("300a06082b06010505070309")),
        Kind.NOT_ALLOWED,
        "2.5.29.37");
    refused(
        rule,
        new Asked().extension(Oids.KEY_USAGE, true, hex("0500")),
        Kind.NOT_ALLOWED,
        "2.5.29.15");
  }

  @Test
  void what_the_profile_copies_is_granted_unless_it_is_critical() {
    Profile peer = Profiles.base("peer");
    asked.profiles =
        Profiles.defaults()
            .with(
                List.of(
                    new Profile(
                        "peer",
                        peer.keyUsage(),
                        peer.extendedKeyUsage(),
                        peer.keyAlgorithms(),
                        peer.defaultLifetime(),
                        peer.maximumLifetime(),
                        peer.nameKinds(),
                        peer.spiffeId(),
                        peer.renewAfter(),
                        peer.grace(),
                        List.of(TLS_FEATURE))));
    granted(rule, asked.extension(TLS_FEATURE, false, hex("3003020105")));
    Asked critical = new Asked().extension(TLS_FEATURE, true, hex("3003020105"));
    critical.profiles = asked.profiles;
    refused(rule, critical, Kind.NOT_ALLOWED, TLS_FEATURE, "critical");
    Asked garbage = new Asked().extension(TLS_FEATURE, false, hex("3009020105"));
    garbage.profiles = asked.profiles;
    refused(rule, garbage, Kind.MALFORMED, TLS_FEATURE);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
