package dev.countersign.server.policy.rules;

import static dev.countersign.server.policy.Asked.granted;
import static dev.countersign.server.policy.Asked.names;

import dev.countersign.pki.Names;
import dev.countersign.server.policy.Asked;
import org.junit.jupiter.api.Test;

class CarriesFewNamesTest {
  private final CarriesFewNames rule = new CarriesFewNames();
  private final Asked asked = new Asked();

  @Test
  void a_hundred_names_are_the_most() {
    String[] hundred = new String[Names.MOST];
    for (int i = 0; i < hundred.length; i++) {
      hundred[i] = "n" + i + ".example";
    }
    asked.wanted = names(hundred);
    granted(rule, asked); // one more is no Names at all: the rule is the second line
  }
}
