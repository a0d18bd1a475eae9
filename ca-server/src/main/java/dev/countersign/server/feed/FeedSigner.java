package dev.countersign.server.feed;

import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.JwsSigner;
import dev.countersign.server.authority.Authority;
import dev.countersign.server.authority.Hierarchy;
import dev.countersign.server.http.Answers;
import dev.countersign.server.keys.SigningKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Signs pages with the key of the issuing CA, whose certificate goes with them: who trusts a root
 * can check them. They begin with other bytes than anything in DER, so that none can be taken for a
 * certificate or a list.
 */
final class FeedSigner {
  /** RFC 7515 4.1.9: what this signature is for, and for nothing else. */
  static final String TYPE = "countersign-denials+jws";

  private final Hierarchy hierarchy;

  FeedSigner(Hierarchy hierarchy) {
    this.hierarchy = hierarchy;
  }

  byte[] sign(DenialsPage page) {
    Authority authority = hierarchy.issuing();
    SigningKey key =
        authority
            .signingKey()
            .orElseThrow(
                () -> new IllegalStateException("The key of " + authority + " is not here."));
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("typ", TYPE);
    header.put("x5c", FlattenedJws.x5c(authority.chain()));
    return FlattenedJws.sign(
            header, Answers.bytes(page), JwsSigner.ofX509(key.publicKey(), key::sign))
        .toJson();
  }
}
