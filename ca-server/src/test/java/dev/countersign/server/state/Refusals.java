package dev.countersign.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.countersign.server.refusal.Refusal;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Says that an act is refused, for which reason. */
final class Refusals {

  private Refusals() {}

  /** Gives the sentence of the refusal. */
  static String refused(Refusal.Kind kind, ThrowingCallable act) {
    Throwable thrown = catchThrowable(act);
    assertThat(thrown).isInstanceOf(Refusal.class);
    assertThat(((Refusal) thrown).kind()).as(thrown.getMessage()).isEqualTo(kind);
    return ((Refusal) thrown).detail();
  }
}
