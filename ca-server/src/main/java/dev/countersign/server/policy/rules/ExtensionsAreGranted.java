package dev.countersign.server.policy.rules;

import dev.countersign.pki.DerReader;
import dev.countersign.pki.MalformedDerException;
import dev.countersign.pki.Oids;
import dev.countersign.server.policy.Claim;
import dev.countersign.server.policy.RequestedExtension;
import dev.countersign.server.policy.Rule;
import dev.countersign.server.refusal.Refusal;
import java.util.HashSet;
import java.util.Set;

/**
 * What a request asks for beyond names is copied by the profile, or is what the profile gives
 * anyway; anything else is refused, because whoever asked would take it as granted.
 */
public final class ExtensionsAreGranted implements Rule {

  @Override
  public void check(Claim claim) {
    for (RequestedExtension extension : RequestedExtension.of(claim.request())) {
      boolean copied = claim.profile().copiedExtensions().contains(extension.oid());
      if (!copied && !isGivenAnyway(extension, claim)) {
        throw new Refusal(
            Refusal.Kind.NOT_ALLOWED,
            "The request asks for extension "
                + extension.oid()
                + ", which the profile "
                + claim.profile().name()
                + " does not give: leave it out.");
      }
      if (copied && !isDer(extension.value())) {
        throw new Refusal(
            Refusal.Kind.MALFORMED,
            "The value of the requested extension " + extension.oid() + " is not DER.");
      }
      if (copied && extension.critical()) {
        throw new Refusal(
            Refusal.Kind.NOT_ALLOWED,
            "The request asks for extension "
                + extension.oid()
                + " as critical: ask without that.");
      }
    }
  }

  private static boolean isDer(byte[] value) {
    try {
      DerReader reader = DerReader.of(value);
      reader.checkTree();
      reader.skip();
      reader.end();
      return true;
    } catch (MalformedDerException e) {
      return false;
    }
  }

  private static boolean isGivenAnyway(RequestedExtension extension, Claim claim) {
    try {
      DerReader value = DerReader.of(extension.value());
      boolean given =
          switch (extension.oid()) {
            case Oids.SUBJECT_KEY_IDENTIFIER -> {
              value.octetString(); // keytool always asks for one; ours is the hash of the key
              yield true;
            }
            case Oids.BASIC_CONSTRAINTS -> {
              DerReader constraints = value.sequence();
              constraints.end();
              yield true;
            }
            case Oids.KEY_USAGE -> isWithinKeyUsage(value, claim);
            case Oids.EXTENDED_KEY_USAGE -> purposesAreGiven(value, claim);
            default -> false;
          };
      if (given) {
        value.end();
      }
      return given;
    } catch (MalformedDerException e) {
      return false;
    }
  }

  private static boolean isWithinKeyUsage(DerReader value, Claim claim)
      throws MalformedDerException {
    byte[] content = value.content(DerReader.BIT_STRING);
    int granted = claim.profile().keyUsageBits(claim.request().key().algorithm());
    for (int i = 0; i < 8 * (content.length - 1); i++) {
      boolean asked = (content[1 + i / 8] & 0x80 >>> i % 8) != 0;
      if (asked && (i > 30 || (granted & 1 << i) == 0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean purposesAreGiven(DerReader value, Claim claim)
      throws MalformedDerException {
    Set<String> asked = new HashSet<>();
    DerReader list = value.sequence();
    while (!list.atEnd()) {
      asked.add(list.oid());
    }
    return Set.copyOf(claim.profile().extendedKeyUsageOids()).containsAll(asked);
  }
}
