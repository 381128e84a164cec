package dev.penstock.controller.state;

import static java.util.Objects.requireNonNull;

import dev.penstock.model.address.IpFamily;
import java.util.List;

/**
 * What a Service of type LoadBalancer says about the addresses it wants.
 *
 * @param className {@code spec.loadBalancerClass}; empty for none
 * @param address {@code spec.loadBalancerIP} as written; empty for none
 * @param families {@code spec.ipFamilies}; empty where unknown, as in most manifests
 * @param familyPolicy {@code spec.ipFamilyPolicy}
 */
public record LoadBalancerSpec(
        String className, String address, List<IpFamily> families, FamilyPolicy familyPolicy) {

    /** The values of {@code spec.ipFamilyPolicy}. */
    public enum FamilyPolicy {
        SINGLE_STACK,
        PREFER_DUAL_STACK,
        REQUIRE_DUAL_STACK
    }

    /** Nothing was said. */
    public static final LoadBalancerSpec NONE =
            new LoadBalancerSpec("", "", List.of(), FamilyPolicy.SINGLE_STACK);

    public LoadBalancerSpec {
        requireNonNull(className, "className");
        requireNonNull(address, "address");
        families = List.copyOf(families);
        requireNonNull(familyPolicy, "familyPolicy");
    }
}
