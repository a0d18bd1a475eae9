package dev.countersign.bench.operations;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Prepared;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate from a CSR, for an operator; a new one each time, since no Idempotency-Key says
 * otherwise.
 */
final class Issue implements Operation {

  @Override
  public String name() {
    return "issue";
  }

  @Override
  public String meaning() {
    return "POST /v1/certificates by an operator over mutual TLS, a CSR with a P-256 key";
  }

  @Override
  public Floor floor() {
    return Floor.CHECK_AND_SIGN;
  }

  @Override
  public Load load(Target target, Extent extent) {
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < target.subjects().count(); i++) {
      requests.add(Requests.issue(target.subjects().requestPem(i)));
    }
    Load all = Prepared.again(target.doors().operator(), requests);
    return target.stock().isFull() ? all : new Keeping(all, target.stock());
  }

  /** Until enough is in stock. */
  private record Keeping(Load all, Stock stock) implements Load {
    @Override
    public HttpConnection connect(int client) throws IOException {
      return all.connect(client);
    }

    @Override
    public @Nullable Shot next(int client) {
      return all.next(client);
    }

    @Override
    public boolean keeps() {
      return !stock.isFull();
    }

    @Override
    public void answered(Shot shot, byte[] body) {
      stock.offer(shot.number(), body);
    }
  }
}
