package dev.countersign.client.tls;

import dev.countersign.client.CredentialFolder;
import dev.countersign.pki.SerialNumber;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The TLS of a service, from the credential folder that {@code countersign enroll} made: it shows
 * that credential, and accepts only peers that are named, have a good certificate of the same
 * authority, and are not denied.
 *
 * <pre>{@code
 * try (MutualTls tls = MutualTls.open(Path.of("/var/lib/countersign/orders"))) {
 *   tls.accept(peers -> peers.identities("billing", "ledger-*"));
 *   HttpClient http = HttpClient.newBuilder().sslContext(tls.context()).build();
 * }
 * }</pre>
 *
 * <p>The context is handed over once. Everything it makes is checked at the end of every handshake,
 * resumed ones too. All methods can be called from any thread.
 */
public final class MutualTls implements AutoCloseable {
  /**
   * What is in use.
   *
   * @param generation of the credential folder
   * @param denials the number of the newest denial that the authority's feed has told; 0 if that
   *     was not heard yet
   * @param denialsAsOf until when denials are known, by the authority's clock; empty if nothing is
   *     known
   * @param stale whether that is too long ago
   */
  public record Status(
      String identity,
      long generation,
      SerialNumber serial,
      Instant notAfter,
      long trustBundle,
      long denials,
      Optional<Instant> denialsAsOf,
      boolean stale) {}

  private final Endpoint endpoint;
  private final FolderLoader folder;
  private final Upkeep upkeep;
  private final SSLContext context;

  MutualTls(Endpoint endpoint, FolderLoader folder, Upkeep upkeep) {
    this.endpoint = endpoint;
    this.folder = folder;
    this.upkeep = upkeep;
    this.context = CheckedContext.of(endpoint);
  }

  /**
   * Whether this engine was made by the context of a {@code MutualTls}, for glue that must know.
   */
  public static boolean made(SSLEngine engine) {
    return engine instanceof CheckedEngine;
  }

  /**
   * For glue that has the connection beneath an engine: it is closed at once when the engine is
   * cut, idle or not, where it would else end with the next byte.
   *
   * @param close called once, on a thread of its own; now, if it has been cut already
   * @return whether the engine was {@link #made} by a {@code MutualTls}; nothing happens otherwise
   */
  public static boolean whenCut(SSLEngine engine, Runnable close) {
    if (engine instanceof CheckedEngine checked) {
      checked.whenCut(close);
      return true;
    }
    return false;
  }

  /**
   * With the credential in this folder.
   *
   * @throws dev.countersign.client.ClientException if there is none, or none that is whole and
   *     valid
   */
  public static MutualTls open(Path folder) {
    return builder(folder).open();
  }

  public static MutualTlsBuilder builder(Path folder) {
    return new MutualTlsBuilder(CredentialFolder.at(folder));
  }

  /**
   * Names whom to accept; before that it is nobody. Said again, it replaces what was said before:
   * those who are no longer named cannot resume their sessions, and their connections are cut.
   */
  public MutualTls accept(UnaryOperator<Peers> peers) {
    endpoint.accept(Peers.of(peers));
    return this;
  }

  /** To be handed to whatever connects or listens, once: what it stands for changes beneath it. */
  public SSLContext context() {
    return context;
  }

  public SSLSocketFactory socketFactory() {
    return context.getSocketFactory();
  }

  public SSLServerSocketFactory serverSocketFactory() {
    return context.getServerSocketFactory();
  }

  /**
   * For libraries that take managers only. It is not asked when a session is resumed, and sees no
   * live connections: prefer {@link #context()} wherever that is taken.
   */
  public X509ExtendedTrustManager trustManager() {
    return endpoint.trust();
  }

  /** For libraries that take managers only, as {@link #trustManager()}. */
  public X509ExtendedKeyManager keyManager() {
    return new CurrentKey(endpoint);
  }

  /** For glue between this and a TLS library that takes no {@link SSLContext}. */
  public TlsMaterial material() {
    return new TlsMaterial(endpoint, endpoint.open());
  }

  /**
   * Takes what is in the folder now. If that is not whole and valid, what was loaded last stays in
   * use.
   *
   * @return whether something is new
   * @throws dev.countersign.client.ClientException that says what is wrong with the folder
   */
  public boolean reload() {
    boolean changed = folder.reloadInto(endpoint);
    if (changed) {
      endpoint.tellLoaded();
    }
    return changed;
  }

  /**
   * What a failed call says about certificates, as far as can be known: the refusal that it comes
   * from, or, if the other side just hung up, what it may have against our certificate. Stacks over
   * engines see the end of a connection themselves, so their exceptions do not have that as a
   * cause.
   *
   * @return empty if the failure is about something else
   */
  public Optional<PeerRefused> explain(Throwable failure) {
    return endpoint.explain(failure);
  }

  /**
   * Does now what is done in the background within seconds: takes what is new in the folder, renews
   * if it is time, asks for news if it is time, and ends what has lasted too long. What does not
   * work is told to the listener.
   */
  public void keepUp() {
    upkeep.round();
  }

  public Status status() {
    return endpoint.status();
  }

  /** Ends the upkeep. No new connection is made from now on; those that are open stay. */
  @Override
  public void close() {
    endpoint.close();
    upkeep.close();
  }
}
