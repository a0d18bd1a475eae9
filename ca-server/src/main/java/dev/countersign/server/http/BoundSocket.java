package dev.countersign.server.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/**
 * A socket that is bound before anything else starts: a port in use is found out while nothing has
 * been done yet, and the number of a port that the system chose is known before the first
 * certificate names it.
 */
public final class BoundSocket implements AutoCloseable {
  private static final int BACKLOG = 256;

  private final ServerSocketChannel channel;
  private final InetSocketAddress address;

  private BoundSocket(ServerSocketChannel channel, InetSocketAddress address) {
    this.channel = channel;
    this.address = address;
  }

  /**
   * Binds and does not accept yet.
   *
   * @throws IOException when the address is not of this machine or the port is taken
   */
  public static BoundSocket bind(String host, int port) throws IOException {
    InetSocketAddress wanted = new InetSocketAddress(host, port);
    if (wanted.isUnresolved()) {
      throw new IOException("'" + host + "' is not an address of this machine");
    }
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(wanted, BACKLOG);
      return new BoundSocket(channel, (InetSocketAddress) channel.getLocalAddress());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  public int port() {
    return address.getPort();
  }

  ServerSocketChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
