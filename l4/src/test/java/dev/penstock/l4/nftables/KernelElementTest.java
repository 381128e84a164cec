package dev.penstock.l4.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.l4.netlink.Attributes;
import dev.penstock.l4.netlink.GarbledAnswerException;
import dev.penstock.l4.netlink.NetlinkMessage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KernelElementTest {

    /** 10.96.0.1 . tcp . 80 */
    private static final byte[] KEY = {10, 96, 0, 1, 6, 0, 0, 0, 0, 80, 0, 0};

    @Test
    void readsAKeyByItsFields() {
        assertThat(read(KEY)).isEqualTo(new KernelElement("10.96.0.1 . tcp . 80", ""));
    }

    @Test
    void aKeyThatIsTooShortIsGarbledAndNotAnother() {
        for (int length = 0; length < KEY.length; length++) {
            byte[] cut = Arrays.copyOf(KEY, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(GarbledAnswerException.class);
        }
    }

    private static KernelElement read(byte[] key) {
        NetlinkMessage message = new NetlinkMessage("test", 0, 0);
        NetlinkMessage.Nest nest = message.nest(1);
        message.put(1, key);
        nest.end();
        return KernelElement.of(
                Dialect.IP, Collection.REFUSED, new Attributes(message.attributes()));
    }
}
