package dev.countersign.client.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** A client and a server with nothing but memory between them: no byte is lost. */
final class EnginePair {
  private static final int MOST_TURNS = 200;

  final SSLEngine client;
  final SSLEngine server;
  private final ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
  private final ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
  private final ByteBuffer received = ByteBuffer.allocate(1 << 17);

  EnginePair(SSLContext calling, SSLContext serving, String protocol) {
    client = calling.createSSLEngine("localhost", 443);
    client.setUseClientMode(true);
    client.setEnabledProtocols(new String[] {protocol});
    server = serving.createSSLEngine();
    server.setUseClientMode(false);
  }

  /** Ends with the exception of whoever refuses; asked again, the other side's turn comes. */
  void handshake() throws SSLException {
    for (int i = 0; i < MOST_TURNS; i++) {
      turn(client, toServer, toClient);
      turn(server, toClient, toServer);
    }
  }

  private void turn(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
      }
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      case NOT_HANDSHAKING -> {
        if (engine == client && !engine.getSession().isValid()) {
          engine.beginHandshake();
        } else {
          read(engine, in);
        }
      }
      default -> read(engine, in);
    }
  }

  private void read(SSLEngine engine, ByteBuffer in) throws SSLException {
    in.flip();
    try {
      received.clear();
      SSLEngineResult result = engine.unwrap(in, received);
      assert result != null;
    } finally {
      in.compact();
    }
  }
}
