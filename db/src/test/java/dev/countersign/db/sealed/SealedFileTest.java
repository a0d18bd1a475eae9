package dev.countersign.db.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.h2.engine.Constants;
import org.h2.mvstore.Chunk;
import org.h2.mvstore.FileStore;
import org.junit.jupiter.api.Test;

class SealedFileTest {

  private static final int BLOCK = 4096;

  private final MemoryFile disk = new MemoryFile();

  /** What is known here of H2's file is known of this release: read its store again before. */
  @Test
  void h2_is_the_release_that_the_seals_were_made_for() throws ReflectiveOperationException {
    assertThat(Constants.VERSION).isEqualTo("2.4.240");
    assertThat(constant(FileStore.class, "FORMAT_WRITE_MAX")).hasToString(Seal.FORMAT);
    assertThat(constant(FileStore.class, "BLOCK_SIZE")).isEqualTo(Seal.BLOCK);
    assertThat(constant(Chunk.class, "MAX_HEADER_LENGTH")).isEqualTo(ChunkText.HEADER_READ);
    assertThat(constant(Chunk.class, "FOOTER_LENGTH")).isEqualTo(ChunkText.FOOTER_READ);
  }

  private static Object constant(Class<?> of, String name) throws ReflectiveOperationException {
    Field field = of.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(null);
  }

  @Test
  void a_chunk_and_its_seal_cost_one_flush() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.force(true);
    int before = disk.flushes();
    file.write(chunk(2, 2), 5 * BLOCK);
    file.force(true);

    assertThat(disk.flushes() - before).isEqualTo(1);
    assertThat(newestOf(disk)).isEqualTo(2);
  }

  @Test
  void a_second_chunk_is_begun_only_when_the_first_is_flushed() throws IOException {
    SealedFile file = created();
    file.force(true);
    int before = disk.flushes();
    file.write(chunk(1, 3), 2 * BLOCK);
    assertThat(disk.flushes() - before).isZero();
    file.write(chunk(2, 3), 5 * BLOCK);

    assertThat(disk.flushes() - before).isEqualTo(1);
  }

  @Test
  void one_flipped_bit_of_the_newest_chunk_makes_the_one_before_the_newest() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile damaged = disk.copy();
    damaged.flip(6 * BLOCK + 77);

    assertThat(newestOf(disk)).isEqualTo(2);
    assertThat(newestOf(damaged)).isEqualTo(1);
  }

  @Test
  void a_damaged_seal_does_not_count() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile damaged = disk.copy();
    damaged.flip(BLOCK + 256 + 20);

    assertThat(newestOf(damaged)).isEqualTo(1);
  }

  @Test
  void a_file_without_a_whole_chunk_is_not_opened() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile damaged = disk.copy();
    damaged.flip(3 * BLOCK);
    damaged.flip(6 * BLOCK);

    assertThatThrownBy(() -> SealedFile.over(damaged))
        .hasMessageContaining("neither of the last two chunks is whole");
  }

  @Test
  void h2_does_not_see_what_is_newer_than_the_sealed_chunk() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile damaged = disk.copy();
    damaged.flip(6 * BLOCK);
    SealedFile opened = SealedFile.over(damaged);

    assertThat(read(opened, 5 * BLOCK, 1024)).isEqualTo(new byte[1024]);
    assertThat(read(opened, 8 * BLOCK - 128, 128)).isEqualTo(new byte[128]);
    assertThat(text(opened, 2 * BLOCK, 1024)).startsWith("chunk:1,");
    assertThat(text(opened, 5 * BLOCK - 128, 128)).startsWith("chunk:1,");
  }

  @Test
  void h2_sees_the_end_of_a_chunk_only_after_its_beginning() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    SealedFile opened = SealedFile.over(disk.copy());

    assertThat(read(opened, 5 * BLOCK - 128, 128)).isEqualTo(new byte[128]);
    assertThat(text(opened, 2 * BLOCK, 1024)).startsWith("chunk:1,");
    assertThat(text(opened, 5 * BLOCK - 128, 128)).startsWith("chunk:1,");
    assertThat(read(opened, 5 * BLOCK - 128, 128)).isEqualTo(new byte[128]);
    assertThat(text(opened, 8 * BLOCK - 128, 128)).startsWith("chunk:2,");
  }

  @Test
  void h2_writes_no_header_over_the_seals() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(header("block:2,chunk:1,clean:1,version:1,"), 0);

    assertThat(newestOf(disk)).isEqualTo(1);
  }

  @Test
  void an_old_chunk_is_not_moved() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);

    assertThatThrownBy(() -> file.write(chunk(1, 3), 8 * BLOCK)).hasMessageContaining("moved");
    assertThatThrownBy(() -> file.write(chunk(3, 3), 8 * BLOCK)).hasMessageContaining("earlier");
  }

  @Test
  void another_format_or_way_of_writing_is_not_guessed_at() throws IOException {
    assertThatThrownBy(() -> SealedFile.over(new MemoryFile()).write(header("format:4,"), 0))
        .hasMessageContaining("format 4");
    SealedFile file = created();
    assertThatThrownBy(() -> file.write(ByteBuffer.allocate(BLOCK), 2 * BLOCK))
        .hasMessageContaining("not known");
  }

  @Test
  void after_a_failed_flush_nothing_is_believed_any_more() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    disk.failAtTheNextFlush();

    assertThatThrownBy(() -> file.force(true)).hasMessage("the disk is gone");
    assertThatThrownBy(() -> file.force(true)).hasMessageContaining("earlier");
    assertThatThrownBy(() -> file.write(chunk(2, 3), 5 * BLOCK)).hasMessageContaining("earlier");
    assertThatCode(() -> file.read(ByteBuffer.allocate(10), 2 * BLOCK)).doesNotThrowAnyException();
  }

  @Test
  void the_file_is_cut_when_it_is_closed_and_not_before() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 5 * BLOCK);
    file.write(chunk(2, 3), 2 * BLOCK);
    file.truncate(5 * BLOCK);

    assertThat(file.size()).isEqualTo(5 * BLOCK);
    assertThat(disk.size()).isEqualTo(8 * BLOCK);
    file.write(chunk(3, 1), 5 * BLOCK);
    file.close();
    assertThat(disk.size()).isEqualTo(6 * BLOCK);
    assertThat(newestOf(disk)).isEqualTo(3);
  }

  @Test
  void h2_alone_could_read_the_headers() throws IOException {
    SealedFile file = created();
    file.write(chunk(0x1a, 3), 2 * BLOCK);

    String line = new String(bytes(disk, 0, 256), StandardCharsets.ISO_8859_1);
    assertThat(line)
        .startsWith("H:2,block:2,blockSize:1000,chunk:1a,created:abc,format:3,version:1a");
    assertThat(text(SealedFile.over(disk.copy()), BLOCK, 256)).isEqualTo(text(file, 0, 256));
  }

  private SealedFile created() throws IOException {
    SealedFile file = SealedFile.over(disk);
    file.write(header("format:3,"), 0);
    return file;
  }

  private static ByteBuffer header(String more) {
    ByteBuffer header = ByteBuffer.allocate(2 * BLOCK);
    header.put(("H:2,blockSize:1000,created:abc," + more + "fletcher:0\n").getBytes());
    return header.rewind();
  }

  private static ByteBuffer chunk(int version, int blocks) {
    String text = "chunk:" + Integer.toHexString(version) + ",len:" + blocks;
    byte[] bytes = new byte[blocks * BLOCK];
    Arrays.fill(bytes, (byte) version);
    put(bytes, 0, text + ",pages:1,version:" + Integer.toHexString(version) + "   \n");
    put(
        bytes,
        bytes.length - 128,
        text + ",version:" + Integer.toHexString(version) + ",fletcher:0\n");
    return ByteBuffer.wrap(bytes);
  }

  private static void put(byte[] bytes, int at, String text) {
    byte[] written = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(written, 0, bytes, at, written.length);
  }

  private static long newestOf(MemoryFile disk) throws IOException {
    String header = text(SealedFile.over(disk.copy()), 0, 256);
    return Long.parseLong(header.replaceAll("(?s).*version:([0-9a-f]+).*", "$1"), 16);
  }

  private static String text(SealedFile file, long position, int length) throws IOException {
    return new String(read(file, position, length), StandardCharsets.ISO_8859_1);
  }

  private static byte[] read(SealedFile file, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    file.read(bytes, position);
    return bytes.array();
  }

  private static byte[] bytes(MemoryFile file, long position, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    file.read(bytes, position);
    return bytes.array();
  }
}
