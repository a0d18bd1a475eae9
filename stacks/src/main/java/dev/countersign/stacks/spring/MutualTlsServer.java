package dev.countersign.stacks.spring;

import dev.countersign.client.tls.MutualTls;
import dev.countersign.stacks.tomcat.MutualTlsProtocol;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * The TLS of Spring Boot's server on Tomcat: a bean. Not an {@code SslBundle}, of which that server
 * takes the key stores only, and no context.
 */
public final class MutualTlsServer implements WebServerFactoryCustomizer<TomcatWebServerFactory> {
  private final MutualTls tls;

  public MutualTlsServer(MutualTls tls) {
    this.tls = tls;
  }

  @Override
  public void customize(TomcatWebServerFactory factory) {
    factory.setProtocol(MutualTlsProtocol.class.getName());
    factory.addConnectorCustomizers(connector -> MutualTlsProtocol.secure(connector, tls));
  }
}
