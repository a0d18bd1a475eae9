package dev.countersign.bench.operations;

import dev.countersign.bench.load.HttpConnection;
import dev.countersign.bench.load.Load;
import dev.countersign.bench.load.Prepared;
import dev.countersign.pki.Certificate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a certificate is revoked, without a nonce. About one certificate, all answers but the
 * first were signed before; about so many that they are forgotten before they are asked for again,
 * each costs a signature.
 */
final class AskOcsp implements Operation {
  /**
   * In four forms each, 24,000 questions: the answers that a server keeps (8 MiB of them, and once
   * more those that were kept before) are some 18,000.
   */
  private static final int CERTIFICATES = 6000;

  private final Method method;
  private final Serials serials;

  enum Method {
    POST,
    GET
  }

  enum Serials {
    ONE,
    MANY
  }

  AskOcsp(Method method, Serials serials) {
    this.method = method;
    this.serials = serials;
  }

  @Override
  public String name() {
    return "ocsp-"
        + method.name().toLowerCase(Locale.ROOT)
        + (serials == Serials.ONE ? "-one" : "-many");
  }

  @Override
  public String meaning() {
    return method
        + " /ocsp/issuing-1 over plain HTTP, no nonce, "
        + (serials == Serials.ONE ? "one serial" : "24,000 questions about 6,000 serials");
  }

  @Override
  public Floor floor() {
    return serials == Serials.ONE ? Floor.NONE : Floor.SIGN;
  }

  @Override
  public Load load(Target target, Extent extent) throws IOException, InterruptedException {
    int count = serials == Serials.ONE ? 1 : CERTIFICATES;
    List<Certificate> asked =
        target.issued(count).subList(0, count).stream().map(Stock.Issued::certificate).toList();
    OcspQuestions questions = new OcspQuestions(target.issuer());
    int forms = serials == Serials.ONE ? 1 : questions.forms();
    List<byte[]> requests = new ArrayList<>();
    for (int form = 0; form < forms; form++) {
      for (Certificate certificate : asked) {
        requests.add(request(questions.question(certificate, form)));
      }
    }
    // An error is answered with 200 too
    try (HttpConnection connection = target.doors().plain().connect()) {
      byte[] last = requests.get(requests.size() - 1);
      OcspQuestions.mustBeAnswered(Target.expect(connection.ask(last)));
    }
    // All that ask about many go round together, so that none begins with what was just asked
    return Prepared.again(target.doors().plain(), requests, target.counter("ocsp " + serials));
  }

  private byte[] request(byte[] question) {
    return method == Method.POST ? OcspQuestions.post(question) : OcspQuestions.get(question);
  }
}
