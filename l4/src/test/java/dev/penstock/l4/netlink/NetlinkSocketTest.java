package dev.penstock.l4.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Against the running kernel, with requests that need no privilege and change nothing. */
@EnabledOnOs(OS.LINUX)
class NetlinkSocketTest {

    private static final int GET_LINK = 18;
    private static final int DELETE_LINK = 17;
    private static final int LINK_NAME = 3;
    private static final int LINK_HEADER_LENGTH = 16;
    private static final byte[] NO_LINK = new byte[LINK_HEADER_LENGTH];

    @Test
    void findsAGenericFamily() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.GENERIC)) {
            assertThat(socket.genericFamily("nlctrl")).isEqualTo(16);
        }
    }

    @Test
    void aFamilyThatIsNotThereIsNamed() throws Exception {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.GENERIC)) {
            assertThatThrownBy(() -> socket.genericFamily("no-such"))
                    .isInstanceOfSatisfying(
                            ErrnoException.class,
                            e -> assertThat(e.errno()).isEqualTo(ErrnoException.ENOENT))
                    .hasMessage(
                            "cannot find the kernel's netlink family no-such:"
                                    + " No such file or directory");
        }
    }

    @Test
    void aDumpHasAllLinks() throws Exception {
        List<String> names = new ArrayList<>();
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            socket.dump(
                    new NetlinkMessage("list links", GET_LINK, 0).bytes(NO_LINK),
                    names::clear,
                    reply -> names.add(reply.attributes(LINK_HEADER_LENGTH).string(LINK_NAME)));
        }

        assertThat(names)
                .containsAll(
                        NetworkInterface.networkInterfaces()
                                .map(NetworkInterface::getName)
                                .toList());
    }

    @Test
    void oneObjectIsFound() throws Exception {
        List<String> names = new ArrayList<>();
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            socket.get(
                    new NetlinkMessage("find lo", GET_LINK, 0)
                            .bytes(NO_LINK)
                            .putString(LINK_NAME, "lo"),
                    reply -> names.add(reply.attributes(LINK_HEADER_LENGTH).string(LINK_NAME)));
        }

        assertThat(names).containsExactly("lo");
    }

    @Test
    void eachFailureOfManyRequestsNamesItsOperation() throws Exception {
        List<NetlinkMessage> requests =
                IntStream.range(0, 1000)
                        .mapToObj(i ->
                                new NetlinkMessage("delete link " + i, DELETE_LINK, 0)
                                        .bytes(NO_LINK)
                                        .putString(LINK_NAME, "no-such-" + i))
                        .toList();

        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            List<ErrnoException> failures = socket.execute(requests);

            // Without the privilege it is another error, for each as well.
            assertThat(failures).hasSize(1000);
            assertThat(failures.get(777)).hasMessageStartingWith("cannot delete link 777: ");
            assertThat(failures.get(777).errno()).isIn(ErrnoException.ENODEV, ErrnoException.EPERM);
        }
    }

    @Test
    void requestsThatSucceedAreAcknowledgedTogether() throws Exception {
        NetlinkMessage find =
                NetlinkMessage.generic("find nlctrl", 16, 3, 1).putString(2, "nlctrl");

        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.GENERIC)) {
            assertThat(socket.execute(List.of(find, find, find))).isEmpty();
            assertThat(socket.genericFamily("nlctrl")).isEqualTo(16);
        }
    }
}
