package dev.countersign.stacks;

import dev.countersign.client.tls.MutualTls;
import dev.countersign.stacks.spring.MutualTlsBundle;
import dev.countersign.stacks.spring.MutualTlsServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Nested;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** Spring Boot 4: its server on Tomcat, its RestClient over java.net.http. */
class SpringBootTest {
  @EnableAutoConfiguration
  static class Application {}

  @RestController
  static class Controller {
    private final AtomicInteger served;

    Controller(AtomicInteger served) {
      this.served = served;
    }

    @GetMapping("/")
    String get() {
      served.incrementAndGet();
      return "hi";
    }
  }

  @Nested
  class ServerOfSpringBoot extends ServerContract {
    @Override
    Running start(MutualTls tls) throws IOException {
      SpringApplication application = new SpringApplication(Application.class);
      application.setDefaultProperties(
          Map.of(
              "server.port",
              "0",
              "server.address",
              "127.0.0.1",
              "server.tomcat.basedir",
              Files.createTempDirectory(folders, "tomcat").toString(),
              "spring.main.banner-mode",
              "off",
              "logging.level.root",
              "off"));
      application.addInitializers(
          context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            beans.registerBean(MutualTlsServer.class, () -> new MutualTlsServer(tls));
            beans.registerBean(Controller.class, () -> new Controller(served));
          });
      var context = (ServletWebServerApplicationContext) application.run();
      return new Running() {
        @Override
        public int port() {
          return Objects.requireNonNull(context.getWebServer()).getPort();
        }

        @Override
        public void close() {
          context.close();
        }
      };
    }

    @Override
    boolean closesAtOnce() {
      return true;
    }
  }

  @Nested
  class ClientOfSpringBoot extends ClientContract {
    @Override
    Client client(MutualTls tls, String protocol) {
      SSLParameters parameters = new SSLParameters();
      parameters.setProtocols(new String[] {protocol});
      RestClient http =
          RestClient.builder()
              .requestFactory(
                  ClientHttpRequestFactoryBuilder.jdk()
                      .withHttpClientCustomizer(
                          (HttpClient.Builder builder) -> builder.sslParameters(parameters))
                      .build(HttpClientSettings.ofSslBundle(new MutualTlsBundle(tls))))
              .build();
      return new Client() {
        @Override
        public String get(String url) {
          return Objects.requireNonNull(http.get().uri(url).retrieve().body(String.class));
        }

        @Override
        public void close() {}
      };
    }
  }
}
