package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.Contact;
import dev.countersign.client.DenialFeed;
import dev.countersign.client.DenialState;

/** Follows the authority's feed of denials, so that they are in force as soon as they are said. */
final class DenialCare implements DenialFeed.Listener, AutoCloseable {
  private final FolderLoader loader;
  private final Endpoint endpoint;
  private final Troubles troubles;
  private final DenialFeed feed;
  private volatile boolean started;

  DenialCare(FolderLoader loader, Endpoint endpoint, Troubles troubles, Contact contact) {
    this.loader = loader;
    this.endpoint = endpoint;
    this.troubles = troubles;
    this.feed = contact.denials(this);
  }

  void start() {
    started = true;
    feed.start();
  }

  /** Where nothing happens in the background. */
  void catchUp() {
    if (!started) {
      feed.catchUp();
    }
  }

  @Override
  public void heard(DenialState state, boolean changed) {
    loader.heard(state, changed, endpoint);
    if (changed) {
      endpoint.tellLoaded();
    }
  }

  @Override
  public void failed(ClientException failure) {
    troubles.tell(
        "The feed of denials cannot be followed; what was known stays in force, and it is tried"
            + " again.",
        failure);
  }

  @Override
  public void close() {
    feed.close();
  }
}
