package dev.countersign.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bouncycastle.asn1.x509.CRLReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RevocationReasonTest {

  @ParameterizedTest
  @EnumSource
  void has_the_name_and_number_of_RFC_5280(RevocationReason reason) {
    assertThat(CRLReason.lookup(reason.code())).hasToString("CRLReason: " + reason.label());
    assertThat(RevocationReason.parse(reason.label())).isEqualTo(reason);
    assertThat(RevocationReason.ofCode(reason.code())).isEqualTo(reason);
  }

  @Test
  void lists_the_choices() {
    assertThatThrownBy(() -> RevocationReason.parse("stolen"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keyCompromise, cACompromise");
    assertThatThrownBy(() -> RevocationReason.ofCode(7))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
