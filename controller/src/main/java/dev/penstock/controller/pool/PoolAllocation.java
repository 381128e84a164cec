package dev.penstock.controller.pool;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.penstock.controller.state.LoadBalancerSpec.FamilyPolicy;
import dev.penstock.controller.state.ObjectMeta;
import dev.penstock.controller.state.ServiceObject;
import dev.penstock.model.Problem;
import dev.penstock.model.ProblemReason;
import dev.penstock.model.address.AddressPool;
import dev.penstock.model.address.AddressText;
import dev.penstock.model.address.IpFamily;
import dev.penstock.model.service.ServiceName;
import dev.penstock.model.service.ServiceType;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of {@link PoolPlan#of}. */
final class PoolAllocation {

    /** The annotation that asks for certain addresses, without its prefix. */
    static final String ADDRESS_ANNOTATION = "load-balancer-ip";

    private static final String ANNOTATION_FIELD =
            "metadata.annotations[penstock.dev/" + ADDRESS_ANNOTATION + "]";
    private static final String SPEC_FIELD = "spec.loadBalancerIP";

    private final AddressPool pool;
    private final List<ServiceObject> ours = new ArrayList<>();
    private final Map<ServiceName, List<String>> held;

    /** Who has an address, in words; for those of the pool. */
    private final Map<String, String> owners = new HashMap<>();

    private final Map<ServiceName, List<String>> released = new HashMap<>();
    private final Map<ServiceName, Need> needs = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /** One Service's addresses on their way. */
    private static final class Need {

        final ServiceObject object;
        final List<IpFamily> families;
        final EnumMap<IpFamily, String> has = new EnumMap<>(IpFamily.class);
        final EnumMap<IpFamily, String> asked = new EnumMap<>(IpFamily.class);

        Need(ServiceObject object, List<IpFamily> families) {
            this.object = object;
            this.families = families;
        }

        List<String> addresses() {
            return families.stream().filter(has::containsKey).map(has::get).toList();
        }
    }

    PoolAllocation(
            PoolSettings settings,
            Collection<ServiceObject> services,
            Map<ServiceName, List<String>> held) {
        this.pool = settings.pool();
        this.held = held;
        List<ServiceObject> oldestFirst = new ArrayList<>(services);
        oldestFirst.sort(Comparator.comparing(ServiceObject::meta, ObjectMeta.OLDEST_FIRST));
        for (ServiceObject object : oldestFirst) {
            own(object.service().clusterIps(), "the cluster IP of " + object.name());
            own(object.service().nodeTraffic().externalIps(), "an external IP of " + object.name());
            if (settings.isOurs(object)) {
                ours.add(object);
            } else if (object.service().type() == ServiceType.LOAD_BALANCER) {
                own(object.statusAddresses(), "an address of " + object.name());
            } else {
                release(object);
            }
        }
    }

    PoolPlan run() {
        for (ServiceObject object : ours) {
            Need need = new Need(object, families(object));
            readRequest(need);
            needs.put(object.name(), need);
        }
        // What a status says goes before what only this instance has in mind.
        needs.values().forEach(need -> keep(need, need.object.statusAddresses()));
        needs.forEach((name, need) -> keep(need, held.getOrDefault(name, List.of())));
        needs.values().forEach(this::giveAsked);
        needs.values().forEach(this::giveAny);
        Map<ServiceName, List<String>> addresses = released;
        needs.forEach((name, need) -> addresses.put(name, need.addresses()));
        problems.sort(Comparator.comparing(Problem::object).thenComparing(Problem::message));
        return new PoolPlan(addresses, problems);
    }

    private void own(List<String> addresses, String owner) {
        for (String address : addresses) {
            String canonical = AddressText.canonical(address);
            if (canonical != null && pool.contains(canonical)) {
                owners.putIfAbsent(canonical, owner);
            }
        }
    }

    /** A Service of another type has no load balancer address: one of the pool was ours. */
    private void release(ServiceObject object) {
        List<String> others =
                object.statusAddresses().stream().filter(a -> !pool.contains(a)).toList();
        if (others.size() < object.statusAddresses().size()) {
            released.put(object.name(), others);
        }
    }

    /** The families a Service gets addresses of, in its order. */
    private List<IpFamily> families(ServiceObject object) {
        List<IpFamily> said = object.balancer().families();
        List<IpFamily> wanted =
                !said.isEmpty()
                        ? said
                        : object.service().clusterIps().stream()
                                .map(IpFamily::of)
                                .distinct()
                                .toList();
        FamilyPolicy policy = object.balancer().familyPolicy();
        if (wanted.isEmpty()) {
            IpFamily first = pool.has(IpFamily.IPV4) ? IpFamily.IPV4 : IpFamily.IPV6;
            wanted =
                    policy == FamilyPolicy.SINGLE_STACK
                            ? List.of(first)
                            : List.of(IpFamily.IPV4, IpFamily.IPV6);
        }
        boolean one =
                policy == FamilyPolicy.PREFER_DUAL_STACK && wanted.stream().anyMatch(pool::has);
        return one ? wanted.stream().filter(pool::has).toList() : wanted;
    }

    private void readRequest(Need need) {
        ServiceObject object = need.object;
        String annotation = object.service().annotations().get(ADDRESS_ANNOTATION);
        String field = annotation == null ? SPEC_FIELD : ANNOTATION_FIELD;
        String text = annotation == null ? object.balancer().address() : annotation;
        if (text.isBlank()) {
            return;
        }
        for (String part : text.split(",", -1)) {
            String address = AddressText.canonical(part.strip());
            if (address == null) {
                report(
                        need,
                        field,
                        annotation == null
                                ? ProblemReason.InvalidField
                                : ProblemReason.InvalidAnnotation,
                        "'" + part.strip() + "' is no IP address",
                        "it is not asked for");
            } else if (!need.families.contains(IpFamily.of(address))) {
                report(
                        need,
                        field,
                        ProblemReason.AddressUnavailable,
                        address + " is of an IP family that the Service does not have",
                        "it is not asked for");
            } else if (need.asked.putIfAbsent(IpFamily.of(address), address) != null) {
                report(
                        need,
                        field,
                        ProblemReason.AddressUnavailable,
                        address + " is a second address of its IP family",
                        "only the first is asked for");
            }
        }
    }

    /** Leaves a Service what it has of the pool, as far as it does not ask for another one. */
    private void keep(Need need, List<String> present) {
        for (IpFamily family : need.families) {
            String asked = need.asked.get(family);
            for (String text : present) {
                if (need.has.containsKey(family)) {
                    break;
                }
                String address = AddressText.canonical(text);
                if (address != null
                        && IpFamily.of(address) == family
                        && (asked == null || asked.equals(address))) {
                    boolean _ = give(need, address);
                }
            }
        }
    }

    private void giveAsked(Need need) {
        need.asked.forEach((family, address) -> {
            if (need.has.containsKey(family) || give(need, address)) {
                return;
            }
            String before = present(need, family);
            boolean kept = before != null && give(need, before);
            String owner = owners.get(address);
            report(
                    need,
                    need.object.service().annotations().containsKey(ADDRESS_ANNOTATION)
                            ? ANNOTATION_FIELD
                            : SPEC_FIELD,
                    ProblemReason.AddressUnavailable,
                    owner == null
                            ? address + " is not in the load balancer pool"
                            : address + " is taken: it is " + owner,
                    kept
                            ? "the Service keeps " + before
                            : "the Service has no %s load balancer address"
                                    .formatted(name(family)));
        });
    }

    private void giveAny(Need need) {
        for (IpFamily family : need.families) {
            if (need.has.containsKey(family) || need.asked.containsKey(family)) {
                continue;
            }
            String free = free(need.object.name(), family);
            if (free == null) {
                report(
                        need,
                        "",
                        ProblemReason.AddressPoolExhausted,
                        pool.has(family)
                                ? "the load balancer pool has no free %s address"
                                        .formatted(name(family))
                                : "the load balancer pool has no %s addresses"
                                        .formatted(name(family)),
                        pool.has(family)
                                ? "the Service waits until one is free"
                                : "the Service has none of that family");
            } else {
                boolean _ = give(need, free);
            }
        }
    }

    /** An address of the pool that a Service's status has, whatever it asks for; null for none. */
    private static @Nullable String present(Need need, IpFamily family) {
        for (String text : need.object.statusAddresses()) {
            String address = AddressText.canonical(text);
            if (address != null && IpFamily.of(address) == family) {
                return address;
            }
        }
        return null;
    }

    /** Gives an address if it is in the pool and free. */
    private boolean give(Need need, String address) {
        if (!pool.contains(address)) {
            return false;
        }
        String owner = "an address of " + need.object.name();
        if (owners.putIfAbsent(address, owner) != null) {
            return false;
        }
        need.has.put(IpFamily.of(address), address);
        return true;
    }

    /** The first free address from the place on that belongs to a Service's name. */
    private @Nullable String free(ServiceName name, IpFamily family) {
        BigInteger size = pool.size(family);
        if (size.signum() == 0) {
            return null;
        }
        BigInteger index = hash(name + "/" + name(family)).mod(size);
        // Among one more than are taken, one is free.
        BigInteger tries = size.min(BigInteger.valueOf(owners.size() + 1L));
        for (long i = 0; i < tries.longValueExact(); i++) {
            String address = pool.address(family, index);
            if (!owners.containsKey(address)) {
                return address;
            }
            index = index.add(BigInteger.ONE).mod(size);
        }
        return null;
    }

    private void report(
            Need need, String field, ProblemReason reason, String message, String consequence) {
        ObjectMeta meta = need.object.meta();
        problems.add(
                new Problem(meta.ref(), field, reason, message, consequence, meta.locationAt(0)));
    }

    private static String name(IpFamily family) {
        return family == IpFamily.IPV4 ? "IPv4" : "IPv6";
    }

    private static BigInteger hash(String text) {
        try {
            return new BigInteger(
                    1, MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
