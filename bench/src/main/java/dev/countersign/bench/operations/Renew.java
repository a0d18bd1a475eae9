package dev.countersign.bench.operations;

import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Prepared;
import dev.countersign.pki.FlattenedJws;
import dev.countersign.pki.JwsSigner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The next certificate, by a request that the current one's key has signed. */
final class Renew implements Operation {
  static final int RENEWED = 3000;

  @Override
  public String name() {
    return "renew";
  }

  @Override
  public String meaning() {
    return "POST /v1/renew, a JWS signed with the current certificate's key, a new key each time";
  }

  @Override
  public Floor floor() {
    return Floor.CHECK_AND_SIGN;
  }

  @Override
  public Load load(Target target, Extent extent) throws IOException, InterruptedException {
    List<Stock.Issued> current = target.issued(RENEWED).subList(0, RENEWED);
    AtomicInteger counter = target.counter(name());
    int keys = target.subjects().count();
    List<byte[]> requests = new ArrayList<>();
    while (requests.size() < extent.most()) {
      // All certificates first, then all again with another key: the same pair another time would
      // get the same certificate.
      int turn = counter.getAndIncrement();
      Stock.Issued one = current.get(turn % RENEWED);
      int key = (one.number() + 1 + turn / RENEWED) % keys;
      requests.add(
          Requests.signed(
              target.base(),
              "/v1/renew",
              Map.of("x5c", FlattenedJws.x5c(List.of(one.certificate()))),
              target.subjects().requestPem(key),
              JwsSigner.of(target.subjects().key(one.number()).getPrivate())));
    }
    return Prepared.once(target.doors().anonymous(), requests);
  }
}
