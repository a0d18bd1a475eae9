package dev.countersign.stacks.netty;

import dev.countersign.client.tls.MutualTls;
import dev.countersign.client.tls.TlsMaterial;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS for Netty's pipelines with OpenSSL's engines, which ask no trust manager about who resumes a
 * session. So each peer is checked once more at the end of its handshake, and each change of key,
 * certificate, roots or of who is accepted has an {@code SslContext} of its own: with its own
 * tickets and no session of before.
 */
public final class OpenSslNettyTls implements AutoCloseable {
  private final MutualTls tls;
  private final boolean client;
  private final Consumer<SslContextBuilder> settings;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Made made;
  private boolean closed;

  private record Made(TlsMaterial material, SslContext context) {}

  private OpenSslNettyTls(MutualTls tls, boolean client, Consumer<SslContextBuilder> settings) {
    this.tls = tls;
    this.client = client;
    this.settings = settings;
  }

  /**
   * @param settings other than keys, trust and whether clients must show a certificate: protocols,
   *     ciphers, ALPN
   */
  public static OpenSslNettyTls forServer(MutualTls tls, Consumer<SslContextBuilder> settings) {
    return new OpenSslNettyTls(tls, false, settings);
  }

  /**
   * @param settings other than keys and trust: protocols, ciphers, ALPN
   */
  public static OpenSslNettyTls forClient(MutualTls tls, Consumer<SslContextBuilder> settings) {
    return new OpenSslNettyTls(tls, true, settings);
  }

  /**
   * To the pipeline of a connection that was accepted; what is added after it sees checked bytes.
   */
  public SslHandler addToServer(ChannelPipeline pipeline) throws SSLException {
    require(!client);
    return add(pipeline, context -> context.newHandler(pipeline.channel().alloc()));
  }

  /**
   * To the pipeline of a connection to a server, whose certificate must be for this host; what is
   * added after it sees checked bytes.
   */
  public SslHandler addToClient(ChannelPipeline pipeline, String host, int port)
      throws SSLException {
    require(client);
    return add(pipeline, context -> context.newHandler(pipeline.channel().alloc(), host, port));
  }

  private static void require(boolean thisSide) {
    if (!thisSide) {
      throw new IllegalStateException("This was made for the other side of a connection");
    }
  }

  private interface Maker {
    SslHandler handler(SslContext context);
  }

  private SslHandler add(ChannelPipeline pipeline, Maker maker) throws SSLException {
    lock.lock();
    try {
      Made present = present();
      SslHandler handler = maker.handler(present.context());
      pipeline.addLast(handler, new PeerGate(present.material(), handler.engine()));
      return handler;
    } finally {
      lock.unlock();
    }
  }

  private Made present() throws SSLException {
    if (closed) {
      throw new IllegalStateException("This is closed: it makes no new connections");
    }
    Made present = made;
    if (present == null || !present.material().isCurrent()) {
      TlsMaterial material = tls.material();
      Made next = new Made(material, context(material));
      made = next;
      release(present);
      return next;
    }
    return present;
  }

  private SslContext context(TlsMaterial material) throws SSLException {
    SslContextBuilder builder =
        client ? SslContextBuilder.forClient() : SslContextBuilder.forServer(material.keyManager());
    settings.accept(builder);
    return builder
        .sslProvider(SslProvider.OPENSSL_REFCNT)
        .keyManager(material.keyManager())
        .trustManager(material.trustManager())
        .clientAuth(material.needsClientCertificates() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL)
        .build();
  }

  /** The engines that it made hold it as long as they are used. */
  private static void release(@Nullable Made old) {
    if (old != null) {
      ReferenceCountUtil.release(old.context());
    }
  }

  /** No new connection is made from now on; those that are open stay. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      release(made);
      made = null;
    } finally {
      lock.unlock();
    }
  }
}
