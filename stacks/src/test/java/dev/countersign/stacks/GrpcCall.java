package dev.countersign.stacks;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** One method of gRPC without anything generated. */
final class GrpcCall implements Call {
  static final Context.Key<String> CLIENT = Context.key("serial number of the client");

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream in) {
          try {
            return in.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final MethodDescriptor<byte[], byte[]> METHOD =
      MethodDescriptor.newBuilder(BYTES, BYTES)
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("stacks/ask")
          .build();

  private final ManagedChannel channel;
  private volatile @Nullable SSLSession session;

  GrpcCall(SSLContext context, String protocol, int port) {
    channel =
        NettyChannelBuilder.forAddress("localhost", port)
            .sslContext(context(context, true, protocol))
            .intercept(new Looking())
            .build();
  }

  /** As docs/java.md says. */
  static SslContext context(SSLContext context, boolean client, String... protocols) {
    return new JdkSslContext(
        context,
        client,
        null,
        IdentityCipherSuiteFilter.INSTANCE,
        new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2),
        ClientAuth.REQUIRE,
        protocols.length == 0 ? null : protocols,
        false);
  }

  private final class Looking implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onHeaders(Metadata received) {
                  session = getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
                  super.onHeaders(received);
                }
              },
              headers);
        }
      };
    }
  }

  @Override
  public String get() {
    byte[] answer =
        ClientCalls.blockingUnaryCall(
            channel,
            METHOD,
            CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
            new byte[0]);
    return new String(answer, StandardCharsets.US_ASCII);
  }

  /** The next call has a connection of its own. */
  void hangUp() {
    channel.enterIdle();
  }

  private SSLSession seen() {
    return Objects.requireNonNull(session, "nothing was asked");
  }

  @Override
  public long session() {
    return seen().getCreationTime();
  }

  @Override
  public String serverSerial() throws SSLPeerUnverifiedException {
    return ((X509Certificate) seen().getPeerCertificates()[0]).getSerialNumber().toString(16);
  }

  @Override
  public void awaitEnd() {
    throw new UnsupportedOperationException("gRPC does not tell");
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(60, TimeUnit.SECONDS);
  }
}
