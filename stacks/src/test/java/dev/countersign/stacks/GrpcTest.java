package dev.countersign.stacks;

import dev.countersign.client.tls.MutualTls;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** gRPC-Java over Netty, with the JDK's engines. */
class GrpcTest {
  /** Answers with the serial number of the client's certificate. */
  private static Server serve(MutualTls tls, AtomicInteger served) throws java.io.IOException {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(GrpcCall.METHOD.getServiceName())
            .addMethod(
                GrpcCall.METHOD,
                ServerCalls.<byte[], byte[]>asyncUnaryCall(
                    (request, answers) -> {
                      served.incrementAndGet();
                      answers.onNext(GrpcCall.CLIENT.get().getBytes(StandardCharsets.US_ASCII));
                      answers.onCompleted();
                    }))
            .build();
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sslContext(GrpcCall.context(tls.context(), false))
        .intercept(new WhoAsks())
        .addService(service)
        .build()
        .start();
  }

  private static final class WhoAsks implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      try {
        X509Certificate client = (X509Certificate) session.getPeerCertificates()[0];
        return io.grpc.Contexts.interceptCall(
            io.grpc.Context.current()
                .withValue(GrpcCall.CLIENT, client.getSerialNumber().toString(16)),
            call,
            headers,
            next);
      } catch (SSLPeerUnverifiedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void end(Server server) throws InterruptedException {
    server.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
  }

  @Nested
  class ServerOfGrpc extends ServerContract {
    @Override
    Running start(MutualTls tls) throws Exception {
      Server server = serve(tls, served);
      return new Running() {
        @Override
        public int port() {
          return server.getPort();
        }

        @Override
        public void close() throws Exception {
          end(server);
        }
      };
    }

    @Override
    Call connect(SSLContext context, String protocol, int port) {
      return new GrpcCall(context, protocol, port);
    }
  }

  @Nested
  class ClientOfGrpc extends ClientContract {
    @Override
    Peer serve(MutualTls tls) throws Exception {
      Server server = GrpcTest.serve(tls, served);
      return new Peer() {
        @Override
        public String url() {
          return "grpc://localhost:" + server.getPort();
        }

        @Override
        public void close() throws Exception {
          end(server);
        }
      };
    }

    @Override
    Client client(MutualTls tls, String protocol) {
      return new Client() {
        private @Nullable GrpcCall call;

        @Override
        public String get(String url) {
          if (call == null) {
            call = new GrpcCall(tls.context(), protocol, URI.create(url).getPort());
          }
          String answer = call.get();
          if (!keep) {
            call.hangUp();
          }
          return answer;
        }

        @Override
        public void close() throws Exception {
          if (call != null) {
            call.close();
          }
        }
      };
    }
  }
}
