package dev.penstock.controller.state;

import dev.penstock.model.ObjectRef;
import dev.penstock.model.Problem;
import dev.penstock.model.collect.ShardedMap;
import dev.penstock.model.service.ServiceName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All objects there are, by kind and name: an immutable value. A new state shares with the one it
 * was made from every object that did not change and nearly all of the maps that hold them, so that
 * whoever compares two states by identity pays for the change alone.
 */
public final class ClusterState {

    /** No objects. */
    public static final ClusterState EMPTY =
            new ClusterState(
                    ShardedMap.empty(),
                    ShardedMap.empty(),
                    ShardedMap.empty(),
                    ShardedMap.empty(),
                    ShardedMap.empty(),
                    ShardedMap.empty(),
                    ShardedMap.empty(),
                    ShardedMap.empty(),
                    List.of());

    private final ShardedMap<ObjectRef, IngressObject> ingresses;
    private final ShardedMap<String, IngressClassObject> ingressClasses;
    private final ShardedMap<ServiceName, ServiceObject> services;
    private final ShardedMap<ObjectRef, EndpointSliceObject> slices;
    private final ShardedMap<ServiceName, List<EndpointSliceObject>> slicesByService;
    private final ShardedMap<ObjectRef, SecretObject> secrets;
    private final ShardedMap<ObjectRef, ConfigMapObject> configMaps;
    private final ShardedMap<String, NodeObject> nodes;
    private final List<Problem> sourceProblems;

    private ClusterState(
            ShardedMap<ObjectRef, IngressObject> ingresses,
            ShardedMap<String, IngressClassObject> ingressClasses,
            ShardedMap<ServiceName, ServiceObject> services,
            ShardedMap<ObjectRef, EndpointSliceObject> slices,
            ShardedMap<ServiceName, List<EndpointSliceObject>> slicesByService,
            ShardedMap<ObjectRef, SecretObject> secrets,
            ShardedMap<ObjectRef, ConfigMapObject> configMaps,
            ShardedMap<String, NodeObject> nodes,
            List<Problem> sourceProblems) {
        this.ingresses = ingresses;
        this.ingressClasses = ingressClasses;
        this.services = services;
        this.slices = slices;
        this.slicesByService = slicesByService;
        this.secrets = secrets;
        this.configMaps = configMaps;
        this.nodes = nodes;
        this.sourceProblems = sourceProblems;
    }

    /** The Ingresses of every class, by reference. */
    public ShardedMap<ObjectRef, IngressObject> ingresses() {
        return ingresses;
    }

    /** The IngressClasses by name. */
    public ShardedMap<String, IngressClassObject> ingressClasses() {
        return ingressClasses;
    }

    /** The Services by name. */
    public ShardedMap<ServiceName, ServiceObject> services() {
        return services;
    }

    /** The EndpointSlices and Endpoints objects by reference. */
    public ShardedMap<ObjectRef, EndpointSliceObject> slices() {
        return slices;
    }

    /** The EndpointSlices and Endpoints objects of each Service, sorted by reference. */
    public ShardedMap<ServiceName, List<EndpointSliceObject>> slicesByService() {
        return slicesByService;
    }

    /** The Secrets by reference. */
    public ShardedMap<ObjectRef, SecretObject> secrets() {
        return secrets;
    }

    /** The Secret of a name, or null. */
    public @Nullable SecretObject secret(String namespace, String name) {
        return secrets.get(new ObjectRef(SecretObject.KIND, namespace, name));
    }

    /** The ConfigMaps by reference. */
    public ShardedMap<ObjectRef, ConfigMapObject> configMaps() {
        return configMaps;
    }

    /** The Nodes by name. */
    public ShardedMap<String, NodeObject> nodes() {
        return nodes;
    }

    /** What is wrong beside the objects: files or objects that could not be read at all. */
    public List<Problem> sourceProblems() {
        return sourceProblems;
    }

    /** The object of a reference, or null. */
    public @Nullable KubernetesObject object(ObjectRef ref) {
        return switch (ref.kind()) {
            case IngressObject.KIND -> ingresses.get(ref);
            case IngressClassObject.KIND -> ingressClasses.get(ref.name());
            case ServiceObject.KIND -> services.get(new ServiceName(ref.namespace(), ref.name()));
            case EndpointSliceObject.KIND, EndpointSliceObject.ENDPOINTS_KIND -> slices.get(ref);
            case SecretObject.KIND -> secrets.get(ref);
            case ConfigMapObject.KIND -> configMaps.get(ref);
            case NodeObject.KIND -> nodes.get(ref.name());
            default -> null;
        };
    }

    /** This state with one object added or replaced. */
    public ClusterState with(KubernetesObject object) {
        return change().put(object).build();
    }

    /** This state without one object. */
    public ClusterState without(ObjectRef ref) {
        return change().remove(ref).build();
    }

    /** Starts a new state that differs from this one. */
    public Builder change() {
        return new Builder(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClusterState that
                && ingresses.equals(that.ingresses)
                && ingressClasses.equals(that.ingressClasses)
                && services.equals(that.services)
                && slices.equals(that.slices)
                && secrets.equals(that.secrets)
                && configMaps.equals(that.configMaps)
                && nodes.equals(that.nodes)
                && sourceProblems.equals(that.sourceProblems);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                ingresses, ingressClasses, services, slices, secrets, configMaps, nodes);
    }

    /** Collects changes. Not for two threads. */
    public static final class Builder {

        private final ClusterState base;
        private final ShardedMap.Editor<ObjectRef, IngressObject> ingresses;
        private final ShardedMap.Editor<String, IngressClassObject> ingressClasses;
        private final ShardedMap.Editor<ServiceName, ServiceObject> services;
        private final ShardedMap.Editor<ObjectRef, EndpointSliceObject> slices;
        private final ShardedMap.Editor<ServiceName, List<EndpointSliceObject>> slicesByService;
        private final ShardedMap.Editor<ObjectRef, SecretObject> secrets;
        private final ShardedMap.Editor<ObjectRef, ConfigMapObject> configMaps;
        private final ShardedMap.Editor<String, NodeObject> nodes;
        private List<Problem> sourceProblems;

        private Builder(ClusterState base) {
            this.base = base;
            ingresses = base.ingresses.edit();
            ingressClasses = base.ingressClasses.edit();
            services = base.services.edit();
            slices = base.slices.edit();
            slicesByService = base.slicesByService.edit();
            secrets = base.secrets.edit();
            configMaps = base.configMaps.edit();
            nodes = base.nodes.edit();
            sourceProblems = base.sourceProblems;
        }

        /** Adds an object or replaces the one of its name; an equal one stays the same instance. */
        public Builder put(KubernetesObject object) {
            switch (object) {
                case IngressObject ingress -> ingresses.put(ingress.ref(), ingress);
                case IngressClassObject type -> ingressClasses.put(type.ref().name(), type);
                case ServiceObject service -> services.put(service.name(), service);
                case EndpointSliceObject slice -> putSlice(slice);
                case SecretObject secret -> secrets.put(secret.ref(), secret);
                case ConfigMapObject configMap -> configMaps.put(configMap.ref(), configMap);
                case NodeObject node -> nodes.put(node.ref().name(), node);
            }
            return this;
        }

        /** Removes an object, if it is there. */
        public Builder remove(ObjectRef ref) {
            switch (ref.kind()) {
                case IngressObject.KIND -> ingresses.remove(ref);
                case IngressClassObject.KIND -> ingressClasses.remove(ref.name());
                case ServiceObject.KIND ->
                        services.remove(new ServiceName(ref.namespace(), ref.name()));
                case EndpointSliceObject.KIND, EndpointSliceObject.ENDPOINTS_KIND ->
                        removeSlice(ref);
                case SecretObject.KIND -> secrets.remove(ref);
                case ConfigMapObject.KIND -> configMaps.remove(ref);
                case NodeObject.KIND -> nodes.remove(ref.name());
                default -> {
                    // A kind that is never kept.
                }
            }
            return this;
        }

        /** Replaces the problems that belong to no object of the state. */
        public Builder sourceProblems(List<Problem> problems) {
            sourceProblems =
                    problems.equals(sourceProblems) ? sourceProblems : List.copyOf(problems);
            return this;
        }

        /** The new state; the one it started from when nothing changed. */
        public ClusterState build() {
            boolean changed =
                    ingresses.isChanged()
                            || ingressClasses.isChanged()
                            || services.isChanged()
                            || slices.isChanged()
                            || secrets.isChanged()
                            || configMaps.isChanged()
                            || nodes.isChanged()
                            || !sourceProblems.equals(base.sourceProblems);
            return changed
                    ? new ClusterState(
                            ingresses.result(),
                            ingressClasses.result(),
                            services.result(),
                            slices.result(),
                            slicesByService.result(),
                            secrets.result(),
                            configMaps.result(),
                            nodes.result(),
                            sourceProblems)
                    : base;
        }

        private void putSlice(EndpointSliceObject slice) {
            EndpointSliceObject old = slices.get(slice.ref());
            if (slice.equals(old)) {
                return;
            }
            if (old != null) {
                removeSlice(old.ref());
            }
            slices.put(slice.ref(), slice);
            if (slice.service() != null) {
                List<EndpointSliceObject> all = new ArrayList<>(slicesOf(slice.service()));
                int at = Collections.binarySearch(all, slice, (a, b) -> a.ref().compareTo(b.ref()));
                all.add(-at - 1, slice);
                slicesByService.put(slice.service(), List.copyOf(all));
            }
        }

        private void removeSlice(ObjectRef ref) {
            EndpointSliceObject old = slices.get(ref);
            if (old == null) {
                return;
            }
            slices.remove(ref);
            if (old.service() != null) {
                List<EndpointSliceObject> rest = new ArrayList<>(slicesOf(old.service()));
                rest.remove(old);
                if (rest.isEmpty()) {
                    slicesByService.remove(old.service());
                } else {
                    slicesByService.put(old.service(), List.copyOf(rest));
                }
            }
        }

        private List<EndpointSliceObject> slicesOf(ServiceName service) {
            List<EndpointSliceObject> all = slicesByService.get(service);
            return all == null ? List.of() : all;
        }
    }
}
