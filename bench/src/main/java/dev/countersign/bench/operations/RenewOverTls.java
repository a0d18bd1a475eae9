package dev.countersign.bench.operations;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.Load;
import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The next certificate, for whoever has brought the current one in the handshake. */
final class RenewOverTls implements Operation {
  // Of the stock's second part: what the first has renewed would get the same certificate again
  private static final int FIRST = Renew.RENEWED;
  private static final int COUNT = Stock.MOST - FIRST;

  @Override
  public String name() {
    return "renew-mtls";
  }

  @Override
  public String meaning() {
    return "POST /v1/renew over mutual TLS on a kept connection, a new key each time";
  }

  @Override
  public Floor floor() {
    return Floor.CHECK_AND_SIGN;
  }

  @Override
  public Load load(Target target, Extent extent) throws IOException, InterruptedException {
    List<Stock.Issued> stock = target.issued(FIRST + COUNT);
    AtomicInteger counter = target.counter(name());
    List<Stock.Issued> holders = new ArrayList<>();
    for (int i = 0; i < extent.clients(); i++) {
      holders.add(stock.get(FIRST + counter.getAndIncrement() % COUNT));
    }
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < target.subjects().count(); i++) {
      requests.add(Requests.renew(target.subjects().requestPem(i)));
    }
    return new OfHolders(target, target.issuer(), holders, requests, new Places(extent.clients()));
  }

  /** Of each client, how many keys it has sent. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Places(int[] sent) {
    Places(int clients) {
      this(new int[clients]);
    }
  }

  private record OfHolders(
      Target target,
      Certificate issuer,
      List<Stock.Issued> holders,
      List<byte[]> requests,
      Places places)
      implements Load {

    @Override
    public HttpConnection connect(int client) throws IOException {
      Stock.Issued holder = holders.get(client);
      return target
          .doors()
          .holder(target.subjects().key(holder.number()), List.of(holder.certificate(), issuer));
    }

    @Override
    public @Nullable Shot next(int client) {
      int sent = places.sent()[client]++; // of this client's thread alone
      if (sent == requests.size()) {
        return null;
      }
      // Another order for each, so that not all ask for one key at once
      int number = (client * 131 + sent) % requests.size();
      return new Shot(number, requests.get(number));
    }
  }
}
