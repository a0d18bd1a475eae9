package dev.countersign.stacks.kafka;

import dev.countersign.client.tls.MutualTls;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a Kafka client or broker, by its properties alone:
 *
 * <pre>
 * security.protocol=SSL
 * ssl.engine.factory.class=dev.countersign.stacks.kafka.MutualTlsEngineFactory
 * countersign.folder=/var/lib/countersign/orders
 * countersign.accept=kafka-*,kafka-controller
 * </pre>
 *
 * <p>A program that has a {@code MutualTls} gives that instead of the last two, as {@link #TLS}.
 */
public final class MutualTlsEngineFactory implements SslEngineFactory {
  /** The credential folder. */
  public static final String FOLDER = "countersign.folder";

  /** The identities of the other side, with commas between them. */
  public static final String ACCEPT = "countersign.accept";

  /** A {@link MutualTls}, which whoever opened it closes. */
  public static final String TLS = "countersign.tls";

  private @Nullable MutualTls tls;
  private boolean opened;
  private String @Nullable [] protocols;
  private String @Nullable [] suites;

  @Override
  public void configure(Map<String, ?> properties) {
    Object given = properties.get(TLS);
    if (given instanceof MutualTls shared) {
      tls = shared;
    } else if (given != null) {
      throw new ConfigException(TLS, given, "must be a MutualTls; a folder is " + FOLDER);
    } else {
      String folder = text(properties, FOLDER, "the credential folder");
      String[] accepted = identities(text(properties, ACCEPT, "whom to accept"));
      tls = MutualTls.open(Path.of(folder)).accept(peers -> peers.identities(accepted));
      opened = true;
    }
    protocols = list(properties, SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG);
    suites = list(properties, SslConfigs.SSL_CIPHER_SUITES_CONFIG);
  }

  /** As Kafka has parsed it; null for what the JVM has by itself. */
  private static String @Nullable [] list(Map<String, ?> properties, String name) {
    return properties.get(name) instanceof List<?> list && !list.isEmpty()
        ? list.stream().map(String::valueOf).toArray(String[]::new)
        : null;
  }

  private static String text(Map<String, ?> properties, String name, String meaning) {
    Object value = properties.get(name);
    if (value instanceof String text && !text.isBlank()) {
      return text;
    }
    throw new ConfigException(name, value, "must say " + meaning);
  }

  private static String[] identities(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(identity -> !identity.isEmpty())
        .toArray(String[]::new);
  }

  private MutualTls tls() {
    return Objects.requireNonNull(tls, "configure comes first");
  }

  /**
   * @param endpointIdentification by {@code ssl.endpoint.identification.algorithm}; empty to accept
   *     a server at any host
   */
  @Override
  public SSLEngine createClientSslEngine(
      String host, int port, @Nullable String endpointIdentification) {
    SSLEngine engine = engine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public SSLEngine createServerSslEngine(String host, int port) {
    SSLEngine engine = engine(host, port);
    engine.setUseClientMode(false);
    return engine;
  }

  private SSLEngine engine(String host, int port) {
    SSLEngine engine = tls().context().createSSLEngine(host, port);
    if (protocols != null) {
      engine.setEnabledProtocols(protocols);
    }
    if (suites != null) {
      engine.setEnabledCipherSuites(suites);
    }
    return engine;
  }

  /** What changes, changes beneath the context. */
  @Override
  public boolean shouldBeRebuilt(Map<String, Object> next) {
    return false;
  }

  @Override
  public Set<String> reconfigurableConfigs() {
    return Set.of();
  }

  @Override
  public @Nullable KeyStore keystore() {
    return null;
  }

  @Override
  public @Nullable KeyStore truststore() {
    return null;
  }

  @Override
  public void close() {
    if (opened) {
      tls().close();
    }
  }
}
