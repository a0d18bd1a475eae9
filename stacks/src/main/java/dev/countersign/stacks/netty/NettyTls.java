package dev.countersign.stacks.netty;

import dev.countersign.client.tls.MutualTls;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS for Netty's pipelines with the JDK's engines. A {@code JdkSslContext} over {@code
 * tls.context()} does it too, but wraps the engine once more to negotiate a protocol, and so its
 * connections are not closed before the next byte when they are cut.
 */
public final class NettyTls {
  private final MutualTls tls;
  private final String[] applicationProtocols;

  private NettyTls(MutualTls tls, String... applicationProtocols) {
    this.tls = tls;
    this.applicationProtocols = applicationProtocols;
  }

  /**
   * @param applicationProtocols to negotiate by ALPN, the preferred one first
   */
  public static NettyTls of(MutualTls tls, String... applicationProtocols) {
    return new NettyTls(tls, applicationProtocols.clone());
  }

  /** To the pipeline of a connection that was accepted. */
  public SslHandler addToServer(ChannelPipeline pipeline) {
    SSLEngine engine = tls.context().createSSLEngine();
    engine.setUseClientMode(false);
    return addTo(pipeline, engine);
  }

  /** To the pipeline of a connection to a server, whose certificate must be for this host. */
  public SslHandler addToClient(ChannelPipeline pipeline, String host, int port) {
    SSLEngine engine = tls.context().createSSLEngine(host, port);
    engine.setUseClientMode(true);
    return addTo(pipeline, engine);
  }

  private SslHandler addTo(ChannelPipeline pipeline, SSLEngine engine) {
    if (applicationProtocols.length > 0) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(applicationProtocols);
      engine.setSSLParameters(parameters);
    }
    SslHandler handler = new HandlerOfJdkEngine(engine);
    pipeline.addLast(handler);
    MutualTls.whenCut(engine, () -> pipeline.channel().close());
    return handler;
  }

  /** Netty's own asks only engines of its own for the protocol. */
  private static final class HandlerOfJdkEngine extends SslHandler {
    HandlerOfJdkEngine(SSLEngine engine) {
      super(engine);
    }

    @Override
    public @Nullable String applicationProtocol() {
      String protocol = engine().getApplicationProtocol();
      return protocol == null || protocol.isEmpty() ? null : protocol;
    }
  }
}
