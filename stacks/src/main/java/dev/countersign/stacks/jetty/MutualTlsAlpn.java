package dev.countersign.stacks.jetty;

import dev.countersign.client.tls.MutualTls;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.alpn.java.server.JDK9ServerALPNProcessor;

/**
 * Jetty's server negotiates ALPN by the JDK's own means, but only with engines that are the JDK's
 * by name. Found by the service loader: to be on the class path is enough.
 */
public final class MutualTlsAlpn extends JDK9ServerALPNProcessor {
  @Override
  public boolean appliesTo(SSLEngine engine) {
    return MutualTls.made(engine);
  }
}
