package dev.countersign.stacks;

import dev.countersign.client.tls.MutualTls;
import dev.countersign.stacks.tomcat.MutualTlsProtocol;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.apache.tomcat.util.net.SSLUtil;
import org.junit.jupiter.api.Nested;

/** Tomcat 11, embedded; Spring Boot's server is this one. */
class TomcatTest {
  private static final class Counting extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient AtomicInteger served;

    Counting(AtomicInteger served) {
      this.served = served;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      served.incrementAndGet();
      response.getOutputStream().write(new byte[] {'h', 'i'});
    }
  }

  @Nested
  class ServerOfTomcat extends ServerContract {
    @Override
    Running start(MutualTls tls) throws Exception {
      Connector connector = new Connector(MutualTlsProtocol.class.getName());
      MutualTlsProtocol.secure(connector, tls);
      connector.addUpgradeProtocol(new Http2Protocol());
      return TomcatTest.start(connector, folders, served);
    }

    @Override
    boolean closesAtOnce() {
      return true;
    }
  }

  @Nested
  class ServerOfTomcatWithoutGlue extends ServerContract {
    @Override
    Running start(MutualTls tls) throws Exception {
      Connector connector = new Connector("HTTP/1.1");
      connector.setProperty("SSLEnabled", "true");
      connector.setSecure(true);
      connector.setScheme("https");
      connector.addSslHostConfig(hostConfig(tls));
      return TomcatTest.start(connector, folders, served);
    }
  }

  private static ServerContract.Running start(
      Connector connector, Path folders, AtomicInteger served) throws Exception {
    Tomcat tomcat = new Tomcat();
    File base = Files.createTempDirectory(folders, "tomcat").toFile();
    tomcat.setBaseDir(base.getPath());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setConnector(connector);
    Context root = tomcat.addContext("", base.getPath());
    Tomcat.addServlet(root, "counting", new Counting(served));
    root.addServletMappingDecoded("/", "counting");
    tomcat.start();
    return new ServerContract.Running() {
      @Override
      public int port() {
        return connector.getLocalPort();
      }

      @Override
      public void close() throws Exception {
        tomcat.stop();
        tomcat.destroy();
      }
    };
  }

  private static SSLHostConfig hostConfig(MutualTls tls) {
    SSLHostConfig host = new SSLHostConfig();
    host.setCertificateVerification("required");
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setSslContext(
        SSLUtil.createSSLContext(tls.context(), tls.keyManager(), tls.trustManager()));
    host.addCertificate(certificate);
    return host;
  }
}
