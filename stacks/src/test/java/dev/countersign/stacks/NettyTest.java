package dev.countersign.stacks;

import dev.countersign.client.tls.MutualTls;
import dev.countersign.stacks.netty.NettyTls;
import dev.countersign.stacks.netty.OpenSslNettyTls;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import org.junit.jupiter.api.Nested;

/** Netty 4.2, with the JDK's engines and with OpenSSL's. */
class NettyTest {
  @Nested
  class ServerOfNetty extends ServerContract {
    @Override
    Running start(MutualTls tls) throws Exception {
      NettyTls netty = NettyTls.of(tls, "http/1.1");
      return NettyHttp.serve(netty::addToServer, served::incrementAndGet);
    }

    @Override
    boolean closesAtOnce() {
      return true;
    }
  }

  @Nested
  class ServerOfNettyWithoutGlue extends ServerContract {
    @Override
    Running start(MutualTls tls) throws Exception {
      JdkSslContext context =
          new JdkSslContext(
              tls.context(),
              false,
              null,
              IdentityCipherSuiteFilter.INSTANCE,
              ApplicationProtocolConfig.DISABLED,
              ClientAuth.REQUIRE,
              null,
              false);
      return NettyHttp.serve(
          pipeline -> pipeline.addLast(context.newHandler(pipeline.channel().alloc())),
          served::incrementAndGet);
    }
  }

  @Nested
  class ClientOfNetty extends ClientContract {
    @Override
    Client client(MutualTls tls, String protocol) {
      NettyTls netty = NettyTls.of(tls);
      return new NettyHttp.Client(
          (pipeline, host, port) ->
              netty
                  .addToClient(pipeline, host, port)
                  .engine()
                  .setEnabledProtocols(new String[] {protocol}));
    }
  }

  @Nested
  class ServerOfNettyOverOpenSsl extends ServerContract {
    @Override
    Running start(MutualTls tls) throws Exception {
      OpenSslNettyTls netty =
          OpenSslNettyTls.forServer(tls, settings -> settings.protocols("TLSv1.3", "TLSv1.2"));
      Running running = NettyHttp.serve(netty::addToServer, served::incrementAndGet);
      return new Running() {
        @Override
        public int port() {
          return running.port();
        }

        @Override
        public void close() throws Exception {
          running.close();
          netty.close();
        }
      };
    }

    @Override
    boolean closesAtOnce() {
      return true;
    }
  }

  @Nested
  class ClientOfNettyOverOpenSsl extends ClientContract {
    @Override
    Client client(MutualTls tls, String protocol) {
      OpenSslNettyTls netty =
          OpenSslNettyTls.forClient(tls, settings -> settings.protocols(protocol));
      NettyHttp.Client client = new NettyHttp.Client(netty::addToClient);
      return new ClosingClient() {
        @Override
        public String get(String url) throws Exception {
          return client.get(url);
        }

        @Override
        public void awaitEnd() throws Exception {
          client.awaitEnd();
        }

        @Override
        public void close() throws Exception {
          client.close();
          netty.close();
        }
      };
    }
  }
}
