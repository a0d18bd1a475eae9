package dev.countersign.server.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.pki.Certificate;
import dev.countersign.pki.KeyAlgorithm;
import dev.countersign.server.testing.InMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LinterTest {
  private final Linter linter = new Linter();
  private final Certificate issuer = InMemory.hierarchy(KeyAlgorithm.P256).issuing().certificate();

  @Test
  void passes_what_is_right_byte_for_byte() {
    byte[] tbs = DraftRecipe.leaf().build();
    LintedDraft draft = linter.passed(tbs, issuer);
    assertThat(draft.tbs()).isEqualTo(tbs);
    assertThat(draft.isFor(issuer)).isTrue();
    assertThat(draft.isFor(InMemory.hierarchy(KeyAlgorithm.P384).issuing().certificate()))
        .isFalse();
    assertThat(linter.passed(DraftRecipe.responder().build(), issuer)).isNotNull();
  }

  @Test
  void names_the_rule_that_is_broken() {
    DraftRecipe recipe = DraftRecipe.leaf();
    recipe.serial = DraftRecipe.hex("020101");
    assertThatThrownBy(() -> linter.passed(recipe.build(), issuer))
        .isInstanceOf(LintFailure.class)
        .hasMessageStartingWith("SerialNumberIsRandom: ");
  }

  @Test
  void refuses_what_is_no_TBSCertificate() {
    byte[] tbs = DraftRecipe.leaf().build();
    byte[] longer = Arrays.copyOf(tbs, tbs.length + 1);
    assertThatThrownBy(() -> linter.passed(longer, issuer)).isInstanceOf(LintFailure.class);
    assertThatThrownBy(() -> linter.passed(new byte[0], issuer)).isInstanceOf(LintFailure.class);
  }

  /** A rule that is written and not run would be worse than none. */
  @Test
  void runs_every_rule_that_there_is() {
    Path rules = Path.of("src/main/java/dev/countersign/server/lint/rules");
    assertThat(Linter.RULES.stream().map(rule -> rule.getClass().getSimpleName()))
        .containsExactlyInAnyOrderElementsOf(namesIn(rules));
    assertThat(namesIn(Path.of("src/test/java/dev/countersign/server/lint/rules")))
        .containsExactlyInAnyOrderElementsOf(
            namesIn(rules).stream().map(name -> name + "Test").toList());
  }

  private static List<String> namesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.equals("package-info"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
