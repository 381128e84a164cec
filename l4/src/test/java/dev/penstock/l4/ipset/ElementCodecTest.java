package dev.penstock.l4.ipset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.NetlinkMessage;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElementCodecTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.96.0.1",
                "10.244.0.0/16",
                "fd00:244::/56",
                "10.96.0.1,tcp:80",
                "fd00:96::1,udp:53",
                "10.96.0.1,sctp:65535",
                "198.51.100.8,tcp:80,203.0.113.0/24",
                "198.51.100.8,tcp:80,198.51.100.8",
                "fd00:244::2,tcp:8080,fd00:244::2",
                "198.51.100.8,tcp:80 skbmark 0xa504003"
            })
    void whatIsWrittenIsReadBack(String element) {
        assertThat(ElementCodec.read(new Attributes(written(element)))).isEqualTo(element);
    }

    @Test
    void writesAnAddressAndPortAsTheKernelReadsThem() {
        byte[] bytes = new byte[written("10.96.0.1,tcp:80").remaining()];
        written("10.96.0.1,tcp:80").get(bytes);

        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "0c000180" + "080001400a600001" + "0600044000500000" + "0500070006000000");
    }

    private static ByteBuffer written(String element) {
        NetlinkMessage message = new NetlinkMessage("test", 0, 0);
        ElementCodec.write(message, element);
        return message.attributes();
    }
}
