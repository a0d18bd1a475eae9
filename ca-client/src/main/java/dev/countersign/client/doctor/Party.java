package dev.countersign.client.doctor;

import dev.countersign.client.PathCheck;

/** The two sides of a connection: the client is here, the server is where HOST:PORT leads. */
public enum Party {
  CLIENT("client", PathCheck.CLIENT_AUTH),
  SERVER("server", PathCheck.SERVER_AUTH);

  private final String word;
  private final String usage;

  Party(String word, String usage) {
    this.word = word;
    this.usage = usage;
  }

  /** In a sentence. */
  public String word() {
    return word;
  }

  /** The extended key usage that its certificate must have (RFC 5280 4.2.1.12). */
  String usage() {
    return usage;
  }

  Party other() {
    return this == CLIENT ? SERVER : CLIENT;
  }
}
