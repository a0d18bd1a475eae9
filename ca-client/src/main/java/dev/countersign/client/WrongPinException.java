package dev.countersign.client;

import dev.countersign.pki.Pin;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** The server's chain does not lead to a root whose pin is in the enrolment string. */
public final class WrongPinException extends ClientException {
  private static final long serialVersionUID = 1L;

  private final String presentedRoot;
  private final transient Pin presentedPin;
  private final transient List<Pin> expectedPins;
  private final Instant stringMadeAt;

  WrongPinException(
      String host,
      String presentedRoot,
      Pin presentedPin,
      List<Pin> expectedPins,
      Instant stringMadeAt) {
    super(
        Kind.WRONG_SERVER,
        "The server at "
            + host
            + " is not the authority that the enrolment string names: it presented the root \""
            + presentedRoot
            + "\" with pin "
            + presentedPin
            + ", and the string, made at "
            + stringMadeAt
            + ", expects "
            + expectedPins.stream().map(Pin::toString).collect(Collectors.joining(" or "))
            + ". Nothing was sent. If the authority's root was replaced since, ask its operator for"
            + " a new string; if not, something between here and the authority is intercepting the"
            + " connection.");
    this.presentedRoot = presentedRoot;
    this.presentedPin = presentedPin;
    this.expectedPins = List.copyOf(expectedPins);
    this.stringMadeAt = stringMadeAt;
  }

  /** The subject of the topmost certificate that the server presented. */
  public String presentedRoot() {
    return presentedRoot;
  }

  public Pin presentedPin() {
    return presentedPin;
  }

  public List<Pin> expectedPins() {
    return expectedPins;
  }

  public Instant stringMadeAt() {
    return stringMadeAt;
  }
}
