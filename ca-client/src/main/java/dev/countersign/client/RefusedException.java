package dev.countersign.client;

import java.net.URI;

/** The authority understood the request and said no, with a problem that says why. */
public final class RefusedException extends ClientException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  RefusedException(URI asked, Problem problem) {
    super(kindOf(problem), sentence(asked, problem));
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  private static Kind kindOf(Problem problem) {
    return switch (problem.word()) {
      case "enrollment-expired", "certificate-expired" -> Kind.EXPIRED;
      default -> Kind.REFUSED;
    };
  }

  private static String sentence(URI asked, Problem problem) {
    String said = problem.detail().isEmpty() ? problem.title() : problem.detail();
    return "The authority at "
        + asked.getAuthority()
        + " refused ("
        + problem.word()
        + "): "
        + said;
  }
}
