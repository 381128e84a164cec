package dev.penstock.l4.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Answers as no kernel should give: what is read of them ends, and stays within them. */
class GarbledAnswersTest {

    private static final int MUTATIONS = 20_000;

    @Test
    void anAnswerThatIsWholeIsReadToItsEnd() {
        assertThat(read(answers())).isEqualTo(3);
    }

    @Test
    void anAnswerThatIsCutOffAnywhereIsGarbledOrEndsBetweenMessages() {
        byte[] whole = answers();
        int ends = 0;
        for (int length = 1; length < whole.length; length++) {
            try {
                int _ = read(Arrays.copyOf(whole, length));
                ends++;
            } catch (GarbledAnswerException e) {
                assertThat(e).hasMessageMatching("an? [a-z ]+");
            }
        }
        // Behind the first and the second message.
        assertThat(ends).isEqualTo(2);
    }

    @Test
    void bytesThatAreOthersAreReadOrGarbled() {
        Random random = new Random(7);
        byte[] whole = answers();
        int garbled = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = whole.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(bytes)).isLessThanOrEqualTo(bytes.length / 16);
            } catch (GarbledAnswerException _) {
                garbled++;
            }
        }
        assertThat(garbled).isPositive();
    }

    @Test
    void anErrorWithoutANumberIsGarbled() {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        bytes.putInt(16).putShort((short) 2).putShort((short) 0x200).putInt(1).putInt(0);
        ReceivedMessages messages = new ReceivedMessages(bytes.flip());

        assertThat(messages.isAtMessage()).isTrue();
        assertThatThrownBy(messages::errno).isInstanceOf(GarbledAnswerException.class);
        assertThat(messages.errorText()).isEmpty();
    }

    /** Reads everything there is to read; returns how many messages there are. */
    private static int read(byte[] bytes) {
        ReceivedMessages messages =
                new ReceivedMessages(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
        int count = 0;
        while (messages.isAtMessage()) {
            if (messages.type() == 2) {
                int _ = messages.errno();
                String _ = messages.errorText();
            } else {
                read(new NetlinkReply(messages.type(), messages.payload()).attributes(4), 0);
            }
            messages.skip();
            count++;
        }
        return count;
    }

    private static void read(Attributes attributes, int depth) {
        for (Attributes.Attribute each : attributes.all()) {
            int _ = attributes.u32(each.type(), 0);
            long _ = attributes.u64(each.type(), 0);
            int _ = attributes.networkU16(each.type(), 0);
            String _ = attributes.string(each.type());
            if (each.type() == 3 && depth < 8) {
                read(attributes.nested(each.type()), depth + 1);
            }
        }
    }

    /** Two objects and an error, of 200 bytes or so. */
    private static byte[] answers() {
        ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 2; i++) {
            NetlinkMessage message =
                    new NetlinkMessage("test", 16, 0)
                            .bytes(new byte[] {2, 0, 0, 0})
                            .putString(1, "name")
                            .putNetworkU32(2, 42);
            NetlinkMessage.Nest outer = message.nest(3);
            NetlinkMessage.Nest inner = message.nest(3);
            message.putU16(1, 80).put(2, new byte[9]);
            inner.end();
            outer.end();
            message.writeTo(bytes, 0, 1);
        }
        int flags = 0x200;
        NetlinkMessage request = new NetlinkMessage("test", 16, 0).putU32(1, 1);
        ByteBuffer about = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        request.writeTo(about, 0, 1);
        byte[] payload = new byte[4 + about.position()];
        ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).putInt(-2).put(about.flip());
        new NetlinkMessage("test", 2, 0)
                .bytes(payload)
                .putString(1, "no such thing")
                .writeTo(bytes, flags, 1);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
