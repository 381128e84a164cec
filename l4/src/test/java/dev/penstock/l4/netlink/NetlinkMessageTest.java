package dev.penstock.l4.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetlinkMessageTest {

    @Test
    void writesHeaderAttributesAndPaddingAsTheKernelReadsThem() {
        NetlinkMessage message =
                NetlinkMessage.generic("test", 0x1234, 5, 1)
                        .putU8(1, 0xab)
                        .putU16(2, 0x0102)
                        .putNetworkU16(3, 0x0102)
                        .putU32(4, 0x01020304)
                        .putNetworkU32(5, 0x01020304)
                        .putString(6, "lo")
                        .putFlag(7);

        assertThat(hex(message, 4, 9))
                .isEqualTo(
                        "48000000 3412 0500 09000000 00000000 05010000".replace(" ", "")
                                + "05000100ab000000"
                                + "0600020002010000"
                                + "0600030001020000"
                                + "0800040004030201"
                                + "0800050001020304"
                                + "070006006c6f0000"
                                + "04000700");
    }

    @Test
    void aNestHasTheLengthOfWhatIsInside() {
        NetlinkMessage message = new NetlinkMessage("test", 16, NetlinkMessage.CREATE);
        NetlinkMessage.Nest outer = message.nest(18);
        message.putString(1, "dummy");
        NetlinkMessage.Nest inner = message.nest(2);
        message.putU32(1, 7);
        inner.end();
        outer.end();

        assertThat(hex(message, 0, 1).substring(32))
                .isEqualTo(
                        "1c001280" + "0a00010064756d6d79000000" + "0c000280" + "0800010007000000");
    }

    @Test
    void growsForWhatIsAdded() {
        NetlinkMessage message = new NetlinkMessage("test", 16, 0);
        for (int i = 0; i < 1000; i++) {
            message.putU32(i, i);
        }

        Attributes attributes = attributesOf(message);

        assertThat(attributes.all()).hasSize(1000);
        assertThat(attributes.u32(999, 0)).isEqualTo(999);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        NetlinkMessage message =
                new NetlinkMessage("test", 16, 0)
                        .putU8(1, 200)
                        .putU16(2, 60000)
                        .putNetworkU16(3, 60000)
                        .putU32(4, -1)
                        .putNetworkU32(5, -2)
                        .putString(6, "name")
                        .put(7, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        NetlinkMessage.Nest nest = message.nest(8);
        message.putU32(1, 42);
        nest.end();

        Attributes attributes = attributesOf(message);

        assertThat(attributes.u8(1, 0)).isEqualTo(200);
        assertThat(attributes.u16(2, 0)).isEqualTo(60000);
        assertThat(attributes.networkU16(3, 0)).isEqualTo(60000);
        assertThat(attributes.u32(4, 0)).isEqualTo(-1);
        assertThat(attributes.networkU32(5, 0)).isEqualTo(-2);
        assertThat(attributes.string(6)).isEqualTo("name");
        assertThat(attributes.array(7)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(attributes.u64(7, 0)).isEqualTo(0x0807060504030201L);
        assertThat(attributes.nested(8).u32(1, 0)).isEqualTo(42);
    }

    @Test
    void whatIsMissingOrTooShortIsTheDefault() {
        Attributes attributes = attributesOf(new NetlinkMessage("test", 16, 0).putU8(1, 5));

        assertThat(attributes.u32(1, 77)).isEqualTo(77);
        assertThat(attributes.u8(2, 78)).isEqualTo(78);
        assertThat(attributes.string(2)).isEmpty();
        assertThat(attributes.nested(2).all()).isEmpty();
        assertThat(attributes.has(1)).isTrue();
        assertThat(attributes.has(2)).isFalse();
    }

    @Test
    void attributesThatEndBeforeTheirLengthAreSaidToBeGarbled() {
        for (String garbled : List.of("02000100", "ff000100aabbccdd", "00000000")) {
            Attributes attributes =
                    new Attributes(ByteBuffer.wrap(HexFormat.of().parseHex(garbled)));
            assertThatThrownBy(attributes::all)
                    .as(garbled)
                    .isInstanceOf(GarbledAnswerException.class);
        }
        assertThat(new Attributes(ByteBuffer.wrap(new byte[2])).all()).isEmpty();
    }

    private static Attributes attributesOf(NetlinkMessage message) {
        ByteBuffer bytes = written(message, 0, 1);
        return new Attributes(bytes.position(NetlinkMessage.HEADER_LENGTH));
    }

    private static String hex(NetlinkMessage message, int flags, int sequence) {
        return HexFormat.of().formatHex(written(message, flags, sequence).array());
    }

    private static ByteBuffer written(NetlinkMessage message, int flags, int sequence) {
        ByteBuffer bytes = ByteBuffer.allocate(message.length()).order(ByteOrder.LITTLE_ENDIAN);
        message.writeTo(bytes, flags, sequence);
        return bytes.flip();
    }
}
