package dev.penstock.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.proxy.message.MessageHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HPACK against the examples of RFC 7541 and against Netty's codec. */
class HpackTest {

    private static final int SEEDS = 40;

    private final HpackDecoder decoder = new HpackDecoder(4096);

    /** Appendix C.3, C.4, C.5 and C.6: what a connection sends, and the table's size behind it. */
    @Test
    void readsTheRequestsOfTheRfc() throws Exception {
        assertThat(decode("828684410f7777772e6578616d706c652e636f6d"))
                .containsExactly(
                        ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        assertThat(decoder.tableSize()).isEqualTo(57);
        assertThat(decode("828684be58086e6f2d6361636865"))
                .endsWith(":authority: www.example.com", "cache-control: no-cache");
        assertThat(decoder.tableSize()).isEqualTo(110);
        assertThat(decode("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: https",
                        ":path: /index.html",
                        ":authority: www.example.com",
                        "custom-key: custom-value");
        assertThat(decoder.tableSize()).isEqualTo(164);
    }

    @Test
    void readsTheHuffmanCodedRequestsOfTheRfc() throws Exception {
        assertThat(decode("828684418cf1e3c2e5f23a6ba0ab90f4ff"))
                .endsWith(":authority: www.example.com");
        assertThat(decode("828684be5886a8eb10649cbf")).endsWith("cache-control: no-cache");
        assertThat(decode("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"))
                .endsWith("custom-key: custom-value");
        assertThat(decoder.tableSize()).isEqualTo(164);
    }

    @Test
    void evictsAsTheResponsesOfTheRfcSay() throws Exception {
        HpackDecoder small = new HpackDecoder(256);
        assertThat(
                        decode(
                                small,
                                "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166"
                                        + "e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3"))
                .containsExactly(
                        ":status: 302",
                        "cache-control: private",
                        "date: Mon, 21 Oct 2013 20:13:21 GMT",
                        "location: https://www.example.com");
        assertThat(small.tableSize()).isEqualTo(222);
        assertThat(decode(small, "4883640effc1c0bf")).startsWith(":status: 307");
        assertThat(small.tableSize()).isEqualTo(222);
        assertThat(
                        decode(
                                small,
                                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab"
                                        + "77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab27"
                                        + "0fb5291f9587316065c003ed4ee5b1063d5007"))
                .contains(
                        "content-encoding: gzip",
                        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
        assertThat(small.tableSize()).isEqualTo(215);
    }

    @ParameterizedTest
    @CsvSource({
        "80, hpack_index",
        "be, hpack_index",
        "7f81, hpack_truncated",
        "ffffffffffff7f, hpack_integer",
        "ff80808080808080, hpack_integer",
        "3fe21f, hpack_size_update",
        "8220, hpack_late_size_update",
        "0005, hpack_truncated",
        "00056162, hpack_truncated",
        "4081, hpack_truncated",
        "408300ffff00, hpack_huffman", // padding of more than seven bits
        "40811800, hpack_huffman", // padding with zeros
        "4084ffffffff00, hpack_huffman" // EOS
    })
    void refusesWhatIsNotWellFormed(String block, String reason) {
        assertThatThrownBy(() -> decode(block))
                .isInstanceOfSatisfying(
                        ConnectionError.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.COMPRESSION_ERROR);
                            assertThat(e.reason()).isEqualTo(reason);
                        });
    }

    @Test
    void fieldLargerThanTheTableEmptiesIt() throws Exception {
        decode("400161017a");
        assertThat(decoder.tableSize()).isEqualTo(34);
        ByteBuf block = Unpooled.buffer().writeByte(0x40);
        Frames.text(block, "a");
        Frames.text(block, "z".repeat(5000));
        decode(decoder, HexFormat.of().formatHex(Frames.bytes(block)));
        assertThat(decoder.tableSize()).isZero();
    }

    @Test
    void nettyEncodesWhatWeDecode() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            DefaultHttp2HeadersEncoder encoder =
                    new DefaultHttp2HeadersEncoder(
                            Http2HeadersEncoder.NEVER_SENSITIVE, false, 16, random.nextInt(64));
            HpackDecoder ours = new HpackDecoder(4096);
            for (int message = 0; message < 50; message++) {
                List<String> fields = fields(random);
                Http2Headers headers = new DefaultHttp2Headers(false);
                for (String field : fields) {
                    int colon = field.indexOf(": ");
                    headers.add(field.substring(0, colon), field.substring(colon + 2));
                }
                ByteBuf block = Unpooled.buffer();
                encoder.encodeHeaders(1, headers, block);
                assertThat(decode(ours, HexFormat.of().formatHex(Frames.bytes(block))))
                        .as("seed %s message %s", seed, message)
                        .containsExactlyInAnyOrderElementsOf(fields);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 4096, 65_536})
    void nettyDecodesWhatWeEncode(int tableSize) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, 1 << 20);
            HpackEncoder encoder = new HpackEncoder();
            for (int message = 0; message < 50; message++) {
                if (message % 20 == 1) {
                    int next = message == 1 ? tableSize : random.nextInt(8192);
                    netty.configuration().maxHeaderTableSize(next);
                    encoder.peerTableSize(0); // shrinks in between
                    encoder.peerTableSize(next);
                }
                List<String> fields = fields(random);
                MessageHead head = new MessageHead();
                for (String field : fields) {
                    int colon = field.indexOf(": ");
                    head.addField(field.substring(0, colon), field.substring(colon + 2));
                }
                ByteBuf block = encode(encoder, head);
                List<String> decoded = new ArrayList<>();
                netty.decodeHeaders(1, block)
                        .forEach(e -> decoded.add(e.getKey() + ": " + e.getValue()));
                block.release();
                assertThat(decoded)
                        .as("seed %s message %s", seed, message)
                        .containsExactlyInAnyOrderElementsOf(fields);
            }
        }
    }

    @Test
    void repeatedFieldIsOneByteFromTheThirdTimeOn() {
        HpackEncoder encoder = new HpackEncoder();
        MessageHead head = new MessageHead();
        head.addField("x-powered-by", "penstock");
        encode(encoder, head).release();
        encode(encoder, head).release();
        ByteBuf third = encode(encoder, head);
        assertThat(third.readableBytes()).isEqualTo(1);
        third.release();
    }

    @Test
    void secretsAreInNoTable() {
        HpackEncoder encoder = new HpackEncoder();
        MessageHead head = new MessageHead();
        head.addField("authorization", "Basic eDp5");
        for (int i = 0; i < 4; i++) {
            ByteBuf block = encode(encoder, head);
            assertThat(block.getByte(0) & 0xf0).isEqualTo(0x10);
            block.release();
        }
    }

    private static ByteBuf encode(HpackEncoder encoder, MessageHead head) {
        encoder.begin();
        for (int i = 0; i < head.fieldCount(); i++) {
            encoder.field(
                    head.name(i),
                    head.bytes(),
                    head.nameStart(i),
                    head.nameLength(i),
                    head.valueStart(i),
                    head.valueLength(i));
        }
        return Unpooled.copiedBuffer(encoder.bytes(), 0, encoder.length());
    }

    /** Fields of few names and values, so that they repeat, some long. */
    private static List<String> fields(Random random) {
        List<String> fields = new ArrayList<>();
        String[] names = {
            "accept", "content-type", "x-a", "x-b", "cookie", "etag", "vary", "server", "x-longer"
        };
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            int length = random.nextInt(20) == 0 ? random.nextInt(5000) : random.nextInt(3) * 9;
            StringBuilder value = new StringBuilder();
            char base = (char) ('!' + random.nextInt(4));
            for (int j = 0; j < length; j++) {
                value.append((char) (base + j % 90));
            }
            fields.add(names[random.nextInt(names.length)] + ": " + value);
        }
        return fields;
    }

    private List<String> decode(String hex) throws ConnectionError {
        return decode(decoder, hex);
    }

    private static List<String> decode(HpackDecoder decoder, String hex) throws ConnectionError {
        byte[] block = HexFormat.of().parseHex(hex);
        List<String> fields = new ArrayList<>();
        decoder.decode(
                block,
                0,
                block.length,
                (_, name, nameStart, nameLength, value, valueStart, valueLength) ->
                        fields.add(
                                text(name, nameStart, nameLength)
                                        + ": "
                                        + text(value, valueStart, valueLength)));
        return fields;
    }

    private static String text(byte[] bytes, int start, int length) {
        return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }
}
