package dev.countersign.stacks;

import dev.countersign.client.tls.MutualTls;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBrokerCollection;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBrokerCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;

/** As much of a broker as tells which cluster it is: the one of its client's serial number. */
final class KafkaPeer implements ClientContract.Peer {
  private static final int LARGEST = 10_000;

  private final ServerSocket listening;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<SSLSocket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger served;

  KafkaPeer(MutualTls tls, AtomicInteger served) throws IOException {
    this.served = served;
    listening =
        tls.serverSocketFactory().createServerSocket(0, 20, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  @Override
  public String url() {
    return "kafka://localhost:" + listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket connection = (SSLSocket) listening.accept();
        open.add(connection);
        threads.execute(() -> serve(connection));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(SSLSocket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      while (true) {
        ByteBuffer request = ByteBuffer.wrap(in.readNBytes(Math.min(in.readInt(), LARGEST)));
        RequestHeader header = RequestHeader.parse(request);
        ByteBuffer answer = answer(header, connection);
        out.write(ByteBuffer.allocate(4).putInt(answer.remaining()).array());
        Channels.newChannel(out).write(answer);
        out.flush();
      }
    } catch (EOFException e) {
      // the client has hung up
    } catch (IOException e) {
      // refused, or cut
    }
  }

  private ByteBuffer answer(RequestHeader request, SSLSocket connection) throws IOException {
    ApiMessage body =
        switch (request.apiKey()) {
          case API_VERSIONS -> versions();
          case METADATA -> metadata();
          case DESCRIBE_CLUSTER -> cluster(connection);
          default -> throw new IOException("not spoken here: " + request.apiKey());
        };
    ResponseHeader header = request.toResponseHeader();
    return RequestUtils.serialize(
        header.data(), header.headerVersion(), body, request.apiVersion());
  }

  private static ApiVersionsResponseData versions() {
    ApiVersionCollection versions = new ApiVersionCollection();
    for (ApiKeys key :
        new ApiKeys[] {ApiKeys.API_VERSIONS, ApiKeys.METADATA, ApiKeys.DESCRIBE_CLUSTER}) {
      versions.add(
          new ApiVersion()
              .setApiKey(key.id)
              .setMinVersion(key.oldestVersion())
              .setMaxVersion(key.latestVersion()));
    }
    return new ApiVersionsResponseData().setApiKeys(versions);
  }

  private MetadataResponseData metadata() {
    MetadataResponseBrokerCollection brokers = new MetadataResponseBrokerCollection();
    brokers.add(
        new MetadataResponseBroker()
            .setNodeId(0)
            .setHost("localhost")
            .setPort(listening.getLocalPort()));
    return new MetadataResponseData().setBrokers(brokers).setClusterId("one").setControllerId(0);
  }

  private DescribeClusterResponseData cluster(SSLSocket connection) throws IOException {
    served.incrementAndGet();
    X509Certificate client = (X509Certificate) connection.getSession().getPeerCertificates()[0];
    DescribeClusterBrokerCollection brokers = new DescribeClusterBrokerCollection();
    brokers.add(
        new DescribeClusterBroker()
            .setBrokerId(0)
            .setHost("localhost")
            .setPort(listening.getLocalPort()));
    return new DescribeClusterResponseData()
        .setClusterId(client.getSerialNumber().toString(16))
        .setControllerId(0)
        .setBrokers(brokers);
  }

  private static void close(SSLSocket connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // it is closed by others too
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    open.forEach(KafkaPeer::close);
    threads.shutdownNow();
  }
}
