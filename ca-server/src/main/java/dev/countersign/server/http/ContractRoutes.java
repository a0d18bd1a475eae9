package dev.countersign.server.http;

import dev.countersign.server.http.Endpoints.Method;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The contract, and a page to read it with: a viewer from our own origin under a policy that lets
 * it load nothing else.
 */
public final class ContractRoutes {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Of the contract itself, on the HTTPS listener. */
  public static final String ADDRESS = "/openapi.yaml";

  private ContractRoutes() {}

  public static void register(Endpoints endpoints) {
    asset(endpoints, ADDRESS, "/openapi.yaml", "application/yaml");
    asset(endpoints, "/", "contract.html", "text/html; charset=utf-8");
    asset(endpoints, "/assets/contract.js", "contract.js", "text/javascript; charset=utf-8");
    String viewer = "/META-INF/resources/webjars/swagger-ui/" + viewerVersion() + "/";
    asset(
        endpoints, "/assets/swagger-ui.css", viewer + "swagger-ui.css", "text/css; charset=utf-8");
    asset(
        endpoints,
        "/assets/swagger-ui-bundle.js",
        viewer + "swagger-ui-bundle.js",
        "text/javascript; charset=utf-8");
  }

  private static void asset(Endpoints endpoints, String path, String resource, String type) {
    Asset asset = new Asset(resource);
    endpoints.waiting(Method.GET, path, call -> answer(call, asset.content(), type));
  }

  private static void answer(Call call, Content content, String type) {
    call.header("Content-Security-Policy", POLICY);
    call.header("Cache-Control", "no-cache");
    if (!Tag.unchanged(call, content.tag(), Optional.empty())) {
      call.contentType(type).result(content.bytes());
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // nobody changes it
  private record Content(byte[] bytes, String tag) {}

  /** Read when first asked for: most servers never show the page. Then one copy for everybody. */
  private static final class Asset {
    private final String resource;
    private @Nullable Content content;

    Asset(String resource) {
      this.resource = resource;
    }

    synchronized Content content() throws IOException {
      if (content == null) {
        byte[] bytes = load(resource);
        content = new Content(bytes, Tag.of(bytes));
      }
      return content;
    }
  }

  private static byte[] load(String resource) throws IOException {
    try (InputStream in = ContractRoutes.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not in this build");
      }
      return in.readAllBytes();
    }
  }

  private static String viewerVersion() {
    try (InputStream in =
        ContractRoutes.class.getResourceAsStream(
            "/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "absent");
    } catch (IOException e) {
      return "absent";
    }
  }
}
