package dev.countersign.stacks;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 by Netty, over whatever TLS is put into its pipelines. */
final class NettyHttp {
  private static final int SECONDS = 60;

  private NettyHttp() {}

  private static EventLoopGroup loop() {
    return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  private static void end(EventLoopGroup loop) throws InterruptedException {
    loop.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS).await();
  }

  /** How TLS gets into the pipeline of a connection that was accepted. */
  interface ServerTls {
    void addTo(ChannelPipeline pipeline) throws SSLException;
  }

  static ServerContract.Running serve(ServerTls tls, Runnable count) throws InterruptedException {
    EventLoopGroup loop = loop();
    Channel listening =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) throws SSLException {
                    tls.addTo(channel.pipeline());
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(1000),
                            new Answering(count));
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    return new ServerContract.Running() {
      @Override
      public int port() {
        return ((java.net.InetSocketAddress) listening.localAddress()).getPort();
      }

      @Override
      public void close() throws InterruptedException {
        end(loop);
      }
    };
  }

  private static final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Runnable count;

    Answering(Runnable count) {
      this.count = count;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      count.run();
      FullHttpResponse answer =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.OK,
              Unpooled.copiedBuffer("hi", StandardCharsets.US_ASCII));
      HttpUtil.setContentLength(answer, 2);
      context.writeAndFlush(answer);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** How TLS gets into the pipeline of a client. */
  interface ClientTls {
    void addTo(ChannelPipeline pipeline, String host, int port) throws SSLException;
  }

  /** Keeps its connection as long as the server does. */
  static final class Client implements ClientContract.ClosingClient {
    private final EventLoopGroup loop = loop();
    private final ClientTls tls;
    private @Nullable Channel channel;
    private CompletableFuture<String> answer = new CompletableFuture<>();

    Client(ClientTls tls) {
      this.tls = tls;
    }

    @Override
    public String get(String url) throws Exception {
      URI uri = URI.create(url);
      if (channel == null) {
        channel = connect(uri.getHost(), uri.getPort());
      }
      CompletableFuture<String> awaited = new CompletableFuture<>();
      answer = awaited;
      FullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
      request.headers().set(HttpHeaderNames.HOST, "localhost");
      // Written before the handshake has ended: it must wait for the check
      channel
          .writeAndFlush(request)
          .addListener(
              written -> {
                if (!written.isSuccess()) {
                  awaited.completeExceptionally(written.cause());
                }
              });
      try {
        String body = awaited.get(SECONDS, TimeUnit.SECONDS);
        if (body.endsWith("!")) {
          channel.closeFuture().await();
          channel = null;
          return body.substring(0, body.length() - 1);
        }
        return body;
      } catch (ExecutionException e) {
        throw (Exception) e.getCause();
      }
    }

    private Channel connect(String host, int port) throws InterruptedException {
      return new Bootstrap()
          .group(loop)
          .channel(NioSocketChannel.class)
          .handler(
              new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel opened) throws SSLException {
                  tls.addTo(opened.pipeline(), host, port);
                  opened
                      .pipeline()
                      .addLast(
                          new HttpClientCodec(), new HttpObjectAggregator(1000), new Receiving());
                }
              })
          .connect(host, port)
          .sync()
          .channel();
    }

    private final class Receiving extends SimpleChannelInboundHandler<FullHttpResponse> {
      @Override
      protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        String body = response.content().toString(StandardCharsets.US_ASCII);
        answer.complete(HttpUtil.isKeepAlive(response) ? body : body + "!");
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        answer.completeExceptionally(cause);
        context.close();
      }

      @Override
      public void channelInactive(ChannelHandlerContext context) {
        answer.completeExceptionally(new java.io.EOFException("the connection ended"));
      }
    }

    @Override
    public void awaitEnd() throws Exception {
      if (channel != null && !channel.closeFuture().await(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the connection is open");
      }
    }

    @Override
    public void close() throws InterruptedException {
      end(loop);
    }
  }
}
