package dev.countersign.client.tls;

import dev.countersign.client.ClientException;
import dev.countersign.client.DenialFeed;
import dev.countersign.client.DenialState;
import dev.countersign.client.Holder;
import java.security.SecureRandom;
import java.time.InstantSource;

/** Follows the authority's feed of denials, so that they are in force as soon as they are said. */
final class DenialCare implements DenialFeed.Listener, AutoCloseable {
  private final FolderLoader loader;
  private final Endpoint endpoint;
  private final FeedTroubles troubles;
  private final DenialFeed feed;
  private volatile boolean started;

  DenialCare(FolderLoader loader, Endpoint endpoint, InstantSource clock, SecureRandom random) {
    this.loader = loader;
    this.endpoint = endpoint;
    this.troubles = new FeedTroubles(endpoint.listener(), clock);
    this.feed = DenialFeed.of(() -> holder(endpoint.generation()), this, clock, random);
  }

  /** With the key in use, whatever has become of the folder since. */
  static Holder holder(Generation generation) {
    return new Holder(generation.credential(), generation.identity()::privateKey);
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
    troubles.tell(failure);
  }

  @Override
  public void close() {
    feed.close();
  }
}
