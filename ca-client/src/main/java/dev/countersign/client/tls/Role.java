package dev.countersign.client.tls;

import dev.countersign.client.PathCheck;

/** What a peer is in a connection: the other one of what we are. */
enum Role {
  CLIENT("client", PathCheck.CLIENT_AUTH),
  SERVER("server", PathCheck.SERVER_AUTH);

  private final String word;
  private final String usage;

  Role(String word, String usage) {
    this.word = word;
    this.usage = usage;
  }

  /** In a sentence. */
  String word() {
    return word;
  }

  /** The extended key usage that its certificate must have (RFC 5280 4.2.1.12). */
  String usage() {
    return usage;
  }
}
