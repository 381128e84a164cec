package dev.penstock.l4;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.address.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that connections can be opened to. Two are equal when their address and port are, so
 * that they may key connection pools; within one {@link BackendPort} an endpoint that stays is the
 * same instance from one set to the next.
 */
public final class LiveEndpoint {

    private final InetSocketAddress address;
    private final String authority;
    private final int hash;
    private final long stableHash;
    private final int weight;

    LiveEndpoint(InetAddress address, int port) {
        this(address, port, 1);
    }

    /**
     * An endpoint with a weight.
     *
     * @param weight its share against the others, for balancers that heed it; positive
     */
    public LiveEndpoint(InetAddress address, int port, int weight) {
        if (weight < 1) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: > 0)");
        }
        this.weight = weight;
        this.address = new InetSocketAddress(requireNonNull(address, "address"), port);
        this.authority = AddressText.authority(address.getHostAddress(), port);
        this.hash = this.address.hashCode();
        this.stableHash = SourceHash.mix(SourceHash.hash(address) ^ port);
    }

    /** Where to connect; resolved. */
    public InetSocketAddress address() {
        return address;
    }

    /** The address and port as in a URL's authority, for logs, metrics and explanations. */
    public String authority() {
        return authority;
    }

    /** Its share against the others; 1 unless told otherwise. */
    public int weight() {
        return weight;
    }

    /** A hash of the address and port that is the same in every process. */
    long stableHash() {
        return stableHash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof LiveEndpoint that
                        && hash == that.hash
                        && address.equals(that.address));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return authority;
    }
}
