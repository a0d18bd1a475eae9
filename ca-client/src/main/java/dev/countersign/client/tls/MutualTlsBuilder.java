package dev.countersign.client.tls;

import dev.countersign.client.CredentialFolder;
import java.time.InstantSource;

/** How a {@link MutualTls} is to be, where it is not to be as usual. */
public final class MutualTlsBuilder {
  private final CredentialFolder folder;
  private InstantSource clock = InstantSource.system();
  private MutualTlsListener listener = new LoggingListener();

  MutualTlsBuilder(CredentialFolder folder) {
    this.folder = folder;
  }

  /** The time by which certificates are valid; that of this machine if not set. */
  public MutualTlsBuilder clock(InstantSource other) {
    clock = other;
    return this;
  }

  /** Who hears what happens; a {@link System.Logger} does if not set. */
  public MutualTlsBuilder listener(MutualTlsListener other) {
    listener = other;
    return this;
  }

  /**
   * @throws dev.countersign.client.ClientException if there is no credential in the folder, or none
   *     that is whole and valid
   */
  public MutualTls open() {
    FolderLoader loader = new FolderLoader(folder, clock);
    return new MutualTls(new Endpoint(loader, clock, listener), loader);
  }
}
