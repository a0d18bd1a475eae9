package dev.countersign.stacks;

import dev.countersign.client.tls.MutualTls;
import java.util.List;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.TlsVersion;
import org.junit.jupiter.api.Nested;

/** OkHttp 5. */
class OkHttpTest {
  @Nested
  class ClientOfOkHttp extends ClientContract {
    @Override
    Client client(MutualTls tls, String protocol) {
      OkHttpClient http =
          new OkHttpClient.Builder()
              .sslSocketFactory(tls.socketFactory(), tls.trustManager())
              .connectionSpecs(
                  List.of(
                      new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
                          .tlsVersions(TlsVersion.forJavaName(protocol))
                          .build()))
              .build();
      return new Client() {
        @Override
        public String get(String url) throws Exception {
          try (Response response = http.newCall(new Request.Builder().url(url).build()).execute()) {
            return response.body().string();
          }
        }

        @Override
        public void close() {
          http.dispatcher().executorService().shutdown();
          http.connectionPool().evictAll();
        }
      };
    }
  }
}
