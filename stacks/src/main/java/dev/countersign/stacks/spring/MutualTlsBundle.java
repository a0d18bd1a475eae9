package dev.countersign.stacks.spring;

import dev.countersign.client.tls.MutualTls;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

/** For the clients that Spring Boot makes: {@code RestClient} and what else takes a bundle. */
public final class MutualTlsBundle implements SslBundle {
  private final MutualTls tls;

  public MutualTlsBundle(MutualTls tls) {
    this.tls = tls;
  }

  @Override
  public SSLContext createSslContext() {
    return tls.context();
  }

  @Override
  public SslStoreBundle getStores() {
    return SslStoreBundle.NONE;
  }

  @Override
  public SslBundleKey getKey() {
    return SslBundleKey.NONE;
  }

  @Override
  public SslOptions getOptions() {
    return SslOptions.NONE;
  }

  @Override
  public String getProtocol() {
    return tls.context().getProtocol();
  }

  /** Fails: managers are not asked about who resumes a session. */
  @Override
  public SslManagerBundle getManagers() {
    throw new UnsupportedOperationException(
        "What uses this bundle takes managers, which are not asked about sessions that are resumed:"
            + " use a client that takes an SSLContext, as those of java.net.http and Jetty do");
  }
}
