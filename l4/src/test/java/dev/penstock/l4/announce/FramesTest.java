package dev.penstock.l4.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.model.address.AddressText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FramesTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] OURS = HEX.parseHex("0200000000aa");

    private static final String ARP_REQUEST =
            "ffffffffffff 0200000000bb 0806 0001 0800 06 04 0001"
                    + "0200000000bb c0000201 000000000000 c000020a";

    /** From fe80::bb for 2001:db8::a, with the link address of who asks. */
    private static final String SOLICITATION =
            "3333ff00000a 0200000000bb 86dd 60000000 0020 3a ff"
                    + "fe8000000000000000000000000000bb ff0200000000000000000001ff00000a"
                    + "87 00 CCCC 00000000 20010db800000000000000000000000a 01 01 0200000000bb";

    /** From a host without an address, which tries 2001:db8::a. */
    private static final String PROBE =
            "3333ff00000a 0200000000bb 86dd 60000000 0018 3a ff"
                    + "00000000000000000000000000000000 ff0200000000000000000001ff00000a"
                    + "87 00 CCCC 00000000 20010db800000000000000000000000a";

    @Test
    void anArpRequestIsAnswered() {
        ArpPacket request = Objects.requireNonNull(ArpPacket.parse(frame(ARP_REQUEST)));

        assertThat(request.target()).isEqualTo(address("192.0.2.10"));
        assertThat(request.sender()).isEqualTo(address("192.0.2.1"));
        assertThat(text(request.reply(OURS)))
                .isEqualTo(
                        text(
                                frame(
                                        "0200000000bb 0200000000aa 0806 0001 0800 06 04 0002"
                                                + "0200000000aa c000020a 0200000000bb c0000201")));
    }

    @Test
    void anAddressIsToldOfInBothFormsOfArp() {
        InetAddress address = address("192.0.2.10");

        assertThat(text(ArpPacket.announcement(ArpPacket.REQUEST, address, OURS)))
                .isEqualTo(
                        text(
                                frame(
                                        "ffffffffffff 0200000000aa 0806 0001 0800 06 04 0001"
                                                + "0200000000aa c000020a 000000000000 c000020a")));
        assertThat(text(ArpPacket.announcement(ArpPacket.REPLY, address, OURS)))
                .isEqualTo(
                        text(
                                frame(
                                        "ffffffffffff 0200000000aa 0806 0001 0800 06 04 0002"
                                                + "0200000000aa c000020a 0200000000aa c000020a")));
    }

    @Test
    void aSolicitationIsAnswered() {
        NeighbourSolicitation asked =
                Objects.requireNonNull(NeighbourSolicitation.parse(summed(SOLICITATION)));

        assertThat(asked.target()).isEqualTo(address("2001:db8::a"));
        assertThat(text(NeighbourAdvertisement.answer(asked, OURS)))
                .isEqualTo(
                        text(
                                summed(
                                        "0200000000bb 0200000000aa 86dd 60000000 0020 3a ff"
                                                + "20010db800000000000000000000000a"
                                                + "fe8000000000000000000000000000bb"
                                                + "88 00 CCCC 60000000"
                                                + "20010db800000000000000000000000a"
                                                + "02 01 0200000000aa")));
    }

    @Test
    void whoTriesTheAddressIsAnsweredByWayOfAll() {
        NeighbourSolicitation asked =
                Objects.requireNonNull(NeighbourSolicitation.parse(summed(PROBE)));
        ByteBuffer told =
                NeighbourAdvertisement.announcement((Inet6Address) address("2001:db8::a"), OURS);

        assertThat(text(NeighbourAdvertisement.answer(asked, OURS))).isEqualTo(text(told));
        assertThat(text(told))
                .isEqualTo(
                        text(
                                summed(
                                        "333300000001 0200000000aa 86dd 60000000 0020 3a ff"
                                                + "20010db800000000000000000000000a"
                                                + "ff020000000000000000000000000001"
                                                + "88 00 CCCC 20000000"
                                                + "20010db800000000000000000000000a"
                                                + "02 01 0200000000aa")));
    }

    /** RFC 4861, section 7.1.1, rule by rule. */
    @Test
    void solicitationsThatNobodyMaySendAreDropped() {
        assertThat(parse(SOLICITATION.replace("3a ff", "3a fe"))).as("passed on").isNull();
        assertThat(parse(SOLICITATION.replace("87 00", "87 01"))).as("a code").isNull();
        assertThat(parse(SOLICITATION.replace("87 00", "88 00"))).as("another type").isNull();
        assertThat(parse(SOLICITATION.replace("01 01 0", "01 00 0"))).as("no length").isNull();
        assertThat(parse(SOLICITATION.replace("01 01 0", "01 02 0"))).as("too long").isNull();
        assertThat(parse(SOLICITATION.replace("0020 3a", "0010 3a"))).as("too short").isNull();
        assertThat(parse(SOLICITATION.replace("0020 3a", "0028 3a"))).as("cut off").isNull();
        assertThat(parse(SOLICITATION.replace("20010db8", "ff020db8"))).as("a group").isNull();
        assertThat(parse(PROBE.replace("01ff00000a", "01ff00000b"))).as("astray").isNull();
        ByteBuffer wrong = summed(SOLICITATION);
        wrong.put(wrong.limit() - 1, (byte) 0);
        assertThat(NeighbourSolicitation.parse(wrong)).as("a wrong sum").isNull();
    }

    @Test
    void whatIsNoArpForIpv4OnEthernetIsDropped() {
        for (String wrong :
                new String[] {
                    ARP_REQUEST.replace("0806", "0800"),
                    ARP_REQUEST.replace("0806 0001", "0806 0006"),
                    ARP_REQUEST.replace("0001 0800", "0001 86dd"),
                    ARP_REQUEST.replace("06 04", "08 04"),
                    ARP_REQUEST.replace("06 04 0001", "06 04 0003"),
                    ARP_REQUEST.replace("0200000000bb c0", "ffffffffffff c0"),
                    ARP_REQUEST.substring(0, ARP_REQUEST.length() - 2),
                }) {
            assertThat(ArpPacket.parse(frame(wrong))).as(wrong).isNull();
        }
    }

    /** Whatever comes, a parser answers with a packet or null, and reads nothing but the frame. */
    @Test
    void noFrameBreaksAParser() {
        Random random = new Random(7);
        byte[][] seeds = {bytes(ARP_REQUEST), sum(SOLICITATION), sum(PROBE)};
        for (int i = 0; i < 100_000; i++) {
            byte[] frame = seeds[i % seeds.length].clone();
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            ByteBuffer cut = ByteBuffer.wrap(frame, 0, random.nextInt(frame.length + 1));
            ArpPacket arp = ArpPacket.parse(cut);
            if (arp != null) {
                assertThat(arp.reply(OURS).remaining()).isEqualTo(42);
            }
            NeighbourSolicitation asked = NeighbourSolicitation.parse(cut);
            if (asked != null) {
                assertThat(NeighbourAdvertisement.answer(asked, OURS).remaining()).isEqualTo(86);
            }
        }
    }

    private static @Nullable NeighbourSolicitation parse(String hex) {
        return NeighbourSolicitation.parse(summed(hex));
    }

    private static InetAddress address(String text) {
        return Objects.requireNonNull(AddressText.parse(text));
    }

    private static ByteBuffer frame(String hex) {
        return ByteBuffer.wrap(bytes(hex));
    }

    private static byte[] bytes(String hex) {
        return HEX.parseHex(hex.replace(" ", ""));
    }

    /** The frame with its ICMPv6 checksum, counted anew in another way than the code does. */
    private static ByteBuffer summed(String hex) {
        return ByteBuffer.wrap(sum(hex));
    }

    private static byte[] sum(String hex) {
        byte[] frame = bytes(hex.replace("CCCC", "0000"));
        int icmp = 54;
        int sum = 58 + frame.length - icmp;
        for (int i = 22; i < frame.length; i++) {
            sum += (frame[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        sum = sum % 0xffff;
        int check = 0xffff - sum;
        frame[icmp + 2] = (byte) (check >>> 8);
        frame[icmp + 3] = (byte) check;
        return frame;
    }

    private static String text(ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(frame.position(), bytes);
        return HEX.formatHex(bytes);
    }
}
