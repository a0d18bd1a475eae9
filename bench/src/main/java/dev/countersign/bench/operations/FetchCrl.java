package dev.countersign.bench.operations;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Prepared;
import java.util.List;

/** The complete list of an issuing CA. */
final class FetchCrl implements Operation {

  @Override
  public String name() {
    return "crl";
  }

  @Override
  public String meaning() {
    return "GET /crl/issuing-1.crl over plain HTTP, a list without entries";
  }

  @Override
  public Floor floor() {
    return Floor.NONE;
  }

  @Override
  public Load load(Target target, Extent extent) {
    return Prepared.again(
        target.doors().plain(), List.of(HttpConnection.get("/crl/issuing-1.crl")));
  }
}
