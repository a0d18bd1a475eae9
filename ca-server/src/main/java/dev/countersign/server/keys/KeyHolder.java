package dev.countersign.server.keys;

import java.util.Optional;

/**
 * Where the key of an authority is: at hand, in a file that is opened when it is needed, or
 * elsewhere.
 */
public interface KeyHolder {

  /** Whether the key is on this machine; cheap. */
  boolean present();

  /**
   * The key, or empty when it is not on this machine. May take as long as opening a file of keys.
   */
  Optional<SigningKey> open();

  static KeyHolder of(SigningKey key) {
    return new KeyHolder() {
      @Override
      public boolean present() {
        return true;
      }

      @Override
      public Optional<SigningKey> open() {
        return Optional.of(key);
      }
    };
  }

  static KeyHolder absent() {
    return new KeyHolder() {
      @Override
      public boolean present() {
        return false;
      }

      @Override
      public Optional<SigningKey> open() {
        return Optional.empty();
      }
    };
  }

  /**
   * Opened anew for each use and then forgotten: a root key, which is needed once in years, is not
   * kept in the memory of a process that talks to the network.
   */
  static KeyHolder onDemand(KeyFiles files, String name, Passphrase passphrase) {
    return new KeyHolder() {
      @Override
      public boolean present() {
        return files.present(name);
      }

      @Override
      public Optional<SigningKey> open() {
        return files.open(name, passphrase);
      }
    };
  }
}
