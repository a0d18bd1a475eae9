package dev.countersign.client;

import java.security.PrivateKey;
import java.util.function.Supplier;

/**
 * Who asks the authority: a credential, and its key wherever that is kept.
 *
 * @param key is asked for when a connection is made or a request signed
 */
public record Holder(Credential credential, Supplier<PrivateKey> key) {
  /** With the key in the credential's folder. */
  public static Holder of(Credential credential) {
    return new Holder(credential, credential::privateKey);
  }
}
