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

  private static final long BLOCK = 4096;

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
    damaged.flip(Blocks.place(6) + 77);

    assertThat(newestOf(disk)).isEqualTo(2);
    assertThat(newestOf(damaged)).isEqualTo(1);
  }

  @Test
  void a_damaged_seal_does_not_count() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile damaged = disk.copy();
    damaged.flip(BLOCK + 50);

    assertThat(newestOf(damaged)).isEqualTo(1);
  }

  @Test
  void a_file_without_a_whole_chunk_is_not_opened() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile damaged = disk.copy();
    damaged.flip(Blocks.place(3));
    damaged.flip(Blocks.place(6));

    assertThatThrownBy(() -> over(damaged))
        .hasMessageContaining("neither of the last two chunks is whole");
  }

  @Test
  void h2_does_not_see_what_is_newer_than_the_sealed_chunk() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile damaged = disk.copy();
    damaged.flip(Blocks.place(6));
    SealedFile opened = over(damaged);

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
    SealedFile opened = over(disk.copy());

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
    assertThatThrownBy(() -> over(new MemoryFile()).write(header("format:4,"), 0))
        .hasMessageContaining("format 4");
    SealedFile file = created();
    assertThatThrownBy(() -> file.write(ByteBuffer.allocate((int) BLOCK), 2 * BLOCK))
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
    assertThat(disk.size()).isEqualTo(Blocks.sizeUpTo(8));
    file.write(chunk(3, 1), 5 * BLOCK);
    file.close();
    assertThat(disk.size()).isEqualTo(Blocks.sizeUpTo(6));
    assertThat(newestOf(disk)).isEqualTo(3);
  }

  @Test
  void h2_alone_finds_nothing_in_it_that_it_knows() throws IOException {
    SealedFile file = created();
    file.write(chunk(0x1a, 3), 2 * BLOCK);
    file.write(chunk(0x1b, 3), 5 * BLOCK);

    for (int block = 0; block < 2; block++) {
      assertThat(ChunkText.firstLine(ByteBuffer.wrap(bytes(disk, block * BLOCK, 4096)))).isEmpty();
    }
    assertThat(text(file, 0, 256))
        .startsWith("H:2,block:5,blockSize:1000,chunk:1b,created:abc,format:3,version:1b,fletcher");
  }

  @Test
  void a_file_of_h2_alone_is_not_one_of_ours() {
    disk.write(header("block:2,chunk:1,format:3,version:1,"), 0);

    assertThatThrownBy(() -> over(disk)).isInstanceOf(ForeignFileException.class);
  }

  @Test
  void no_byte_of_a_block_that_was_changed_is_read_and_then_nothing_at_all() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 1200), 2 * BLOCK);
    file.write(chunk(2, 3), 1202 * BLOCK);
    for (int block : new int[] {2, 1025, 1026, 1201}) {
      for (long place : new long[] {Blocks.place(block) + 4000, Blocks.placeOfSum(block) + 3}) {
        MemoryFile damaged = disk.copy();
        damaged.flip(place);
        SealedFile opened = over(damaged);
        assertThat(read(opened, (block == 2 ? 3 : 2) * BLOCK + 200, 10)).containsOnly(1);
        assertThat(read(opened, 1204 * BLOCK + 1, 10)).containsOnly(2);

        assertThatThrownBy(() -> read(opened, block * BLOCK + 3000, 8))
            .isInstanceOf(DamagedBlockException.class)
            .hasMessageContaining("Block " + block + " of the disk")
            .hasMessageContaining("restore a backup");
        assertThatThrownBy(() -> read(opened, 1204 * BLOCK + 1, 10))
            .isInstanceOf(DamagedBlockException.class);
        assertThatThrownBy(() -> opened.write(chunk(3, 3), 1205 * BLOCK))
            .isInstanceOf(DamagedBlockException.class);
      }
    }
  }

  @Test
  void whatever_bit_is_flipped_a_block_is_read_as_it_was_written_or_not_at_all()
      throws IOException {
    SealedFile file = created();
    for (int version = 1; version < 9; version++) {
      file.write(chunk(version, 3), (3 * version - 1) * BLOCK);
    }
    for (long place = 0; place < disk.size(); place += place < 3 * BLOCK ? 5 : 97) {
      MemoryFile damaged = disk.copy();
      damaged.flip(place);
      SealedFile opened = over(damaged);
      for (int block = 2; block < 26; block++) {
        byte[] read;
        try {
          read = read(opened, block * BLOCK, BLOCK);
        } catch (DamagedBlockException e) {
          break; // nor is anything else
        }
        assertThat(read)
            .as("block %s with a bit flipped at %s", block, place)
            .isEqualTo(bytes(disk, Blocks.place(block), BLOCK));
      }
    }
  }

  @Test
  void a_block_in_the_place_of_another_does_not_pass_for_it() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    disk.write(ByteBuffer.wrap(bytes(disk, Blocks.place(5), BLOCK)), Blocks.place(3));

    assertThatThrownBy(() -> read(over(disk), 3 * BLOCK, 8))
        .isInstanceOf(DamagedBlockException.class);
  }

  @Test
  void what_is_read_over_the_bounds_of_groups_is_what_was_written() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 1000), 2 * BLOCK);
    file.write(chunk(2, 2100), 1002 * BLOCK);
    SealedFile opened = over(disk.copy());

    assertThat(opened.size()).isEqualTo(3102 * BLOCK);
    assertThat(disk.size()).isEqualTo(Blocks.sizeUpTo(3102));
    for (SealedFile each : new SealedFile[] {file, opened}) {
      assertThat(read(each, 1025 * BLOCK + 7, 1030 * BLOCK)).containsOnly(2);
      assertThat(read(each, 999 * BLOCK + 1, 8)).containsOnly(1);
    }
    ByteBuffer behind = ByteBuffer.allocate(8);
    assertThat(opened.read(behind, 3102 * BLOCK)).isEqualTo(-1);
  }

  @Test
  void places_and_sizes_agree() {
    for (long block : new long[] {2, 3, 1025, 1026, 1027, 2049, 2050, 2051, 1L << 31}) {
      long size = Blocks.sizeUpTo(block + 1);
      assertThat(Blocks.endOf(size)).isEqualTo(block + 1);
      assertThat(Blocks.endOf(size - 1)).isEqualTo(block);
      assertThat(Blocks.placeOfSum(block)).isLessThan(Blocks.place(block));
    }
    assertThat(Blocks.endOf(2 * BLOCK)).isEqualTo(2);
    assertThat(Blocks.endOf(3 * BLOCK)).isEqualTo(2);
    assertThat(Blocks.sizeUpTo(2)).isEqualTo(2 * BLOCK);
  }

  @Test
  void the_sums_of_the_newest_chunk_are_written_again_when_they_were_lost() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    file.write(chunk(2, 3), 5 * BLOCK);
    MemoryFile torn = disk.copy();
    torn.write(ByteBuffer.allocate(12), Blocks.placeOfSum(5));
    SealedFile opened = over(torn);
    assertThat(read(opened, 6 * BLOCK, 8)).containsOnly(2);
    int before = torn.flushes();
    opened.write(chunk(3, 3), 8 * BLOCK);

    assertThat(torn.flushes() - before).as("before the next one is begun").isEqualTo(1);
    opened.write(chunk(4, 3), 11 * BLOCK);
    assertThat(read(over(torn), 6 * BLOCK, 8)).containsOnly(2);
  }

  @Test
  void who_may_only_read_writes_no_sums() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    MemoryFile torn = disk.copy();
    torn.write(ByteBuffer.allocate(4), Blocks.placeOfSum(3));

    MemoryFile before = torn.copy();
    SealedFile opened = new SealedFile(torn, "the disk", false);
    opened.find();

    assertThat(read(opened, 3 * BLOCK, 8)).containsOnly(1);
    assertThat(bytes(torn, 0, torn.size())).isEqualTo(bytes(before, 0, before.size()));
  }

  @Test
  void who_may_only_read_does_not_cut_the_half_block_of_a_crash_off() throws IOException {
    SealedFile file = created();
    file.write(chunk(1, 3), 2 * BLOCK);
    disk.write(ByteBuffer.allocate((int) BLOCK / 2), disk.size());
    long size = disk.size();
    SealedFile read = new SealedFile(disk, "the disk", false);
    read.find();
    read.close();

    assertThat(disk.size()).isEqualTo(size);
    over(disk).close();
    assertThat(disk.size()).as("who may write does").isEqualTo(size - BLOCK / 2);
  }

  private SealedFile created() throws IOException {
    SealedFile file = over(disk);
    file.write(header("format:3,"), 0);
    return file;
  }

  private static SealedFile over(MemoryFile disk) throws IOException {
    SealedFile file = new SealedFile(disk, "the disk", true);
    file.find();
    return file;
  }

  private static ByteBuffer header(String more) {
    ByteBuffer header = ByteBuffer.allocate(2 * (int) BLOCK);
    header.put(("H:2,blockSize:1000,created:abc," + more + "fletcher:0\n").getBytes());
    return header.rewind();
  }

  private static ByteBuffer chunk(int version, int blocks) {
    String text = "chunk:" + Integer.toHexString(version) + ",len:" + Integer.toHexString(blocks);
    byte[] bytes = new byte[blocks * (int) BLOCK];
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
    String header = text(over(disk.copy()), 0, 256);
    return Long.parseLong(header.replaceAll("(?s).*version:([0-9a-f]+).*", "$1"), 16);
  }

  private static String text(SealedFile file, long position, int length) throws IOException {
    return new String(read(file, position, length), StandardCharsets.ISO_8859_1);
  }

  private static byte[] read(SealedFile file, long position, long length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    file.read(bytes, position);
    return bytes.array();
  }

  private static byte[] bytes(MemoryFile file, long position, long length) {
    ByteBuffer bytes = ByteBuffer.allocate((int) length);
    file.read(bytes, position);
    return bytes.array();
  }
}
