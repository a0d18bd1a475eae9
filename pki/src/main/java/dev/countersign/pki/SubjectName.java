package dev.countersign.pki;

/** One name of a subject; in its canonical spelling when it comes out of a {@link Names}. */
public record SubjectName(NameKind kind, String value) {

  public static SubjectName dns(String value) {
    return new SubjectName(NameKind.DNS, value);
  }

  public static SubjectName ip(String value) {
    return new SubjectName(NameKind.IP, value);
  }

  public static SubjectName uri(String value) {
    return new SubjectName(NameKind.URI, value);
  }

  public static SubjectName email(String value) {
    return new SubjectName(NameKind.EMAIL, value);
  }

  /** For people: {@code dns:orders.example}. */
  @Override
  public String toString() {
    return kind.label() + ":" + value;
  }
}
