package dev.countersign.client.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorPageTest {
  @Test
  void each_check_has_its_section_in_the_order_in_which_it_is_told() throws Exception {
    List<String> sections =
        Files.readString(Path.of("..", "docs", "doctor.md").toAbsolutePath().normalize())
            .lines()
            .filter(line -> line.startsWith("### "))
            .map(line -> line.substring(4))
            .toList();
    assertThat(sections).isEqualTo(Doctor.checks()).doesNotHaveDuplicates();
  }
}
